import numpy as np
import pytest

from talpose_app.errors import UsageError
from talpose_app.tracking.filters.registry import FILTERS, filter_named


@pytest.mark.parametrize("spec", FILTERS, ids=lambda spec: spec.name)
def test_every_filter_leaves_labels_and_shapes_alone(spec, make_block, wave, noise):
    exact = {12: (1 / 3, 0.1 + 0.2), 30: None, 55: (150.0, 1e-3)}
    path = wave + 5 * noise
    path[60:64] = np.nan
    block = make_block(path, exact, np.random.default_rng(0).uniform(0, 1, 80))
    before = block.positions.copy()
    after = spec.run(block, {})
    assert after.positions.shape == before.shape
    for frame in (12, 55):
        assert tuple(after.positions[frame, 0]) == exact[frame]
    np.testing.assert_array_equal(after.positions[30], before[30])
    np.testing.assert_array_equal(block.positions, before)


@pytest.mark.parametrize("spec", FILTERS, ids=lambda spec: spec.name)
def test_every_filter_takes_its_defaults_and_a_track_of_one_frame(spec, make_block):
    values = {parameter.name: parameter.default for parameter in spec.parameters}
    assert spec.checked({}) == values
    np.testing.assert_array_equal(spec.run(make_block([[3.0, 4.0]]), {}).positions, [[[3.0, 4.0]]])
    assert np.isnan(spec.run(make_block(np.full((5, 2), np.nan)), {}).positions).all()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("median", {"window": 4}),
        ("median", {"window": 1}),
        ("median", {"window": 5.5}),
        ("median", {"order": 2}),
        ("savgol", {"window": 5, "order": 5}),
        ("kalman", {"noise": 0}),
        ("gaps", {"min_confidence": 1.5}),
        ("outliers", {"threshold": float("nan")}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_way_out(name, values):
    with pytest.raises(UsageError):
        filter_named(name).checked(values)


def test_whole_numbers_come_out_whole():
    assert filter_named("savgol").checked({"window": 9.0}) == {"window": 9, "order": 3}
    assert isinstance(filter_named("savgol").checked({"window": 9.0})["window"], int)


def test_an_unknown_filter_is_told_with_those_there_are():
    with pytest.raises(UsageError, match="kalman"):
        filter_named("magic")
