from dataclasses import replace

import numpy as np
import pytest

from talpose_app.engine import scales
from talpose_app.engine.evidence import THOROUGH_AND_QUICK, PathEvidence
from talpose_app.engine.scales import ScaledPaths, average_by_spread
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Merged
from tests.fixtures.moving import N_FRAMES, POINTS, every, label, table, truth

pytestmark = pytest.mark.engine


def lay(labels):
    return Anchors.from_labels(table(labels, POINTS), (0, N_FRAMES))


@pytest.fixture
def three_scales(monkeypatch):
    monkeypatch.setitem(scales._OTHER_SCALES, "residual", (0.5, 1.5))


def path(x, spread):
    shape = np.shape(spread)
    tracks = np.stack((np.full(shape, float(x)), np.zeros(shape)), axis=-1)
    return Merged(tracks, np.zeros(shape), np.zeros((*shape, 2)), np.asarray(spread, float))


@pytest.mark.usefixtures("three_scales")
def test_paths_pass_exactly_through_the_labels_at_all_scales(tiny_network, footage):
    labels = every(8)
    told = []
    found = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage)).merged(
        lay(labels), lambda stage, share: told.append((stage, share))
    )
    # Features of a tiny untrained network at half the size are as rough as can be.
    assert np.linalg.norm(found.tracks - truth(), axis=-1).max() < 2.0
    for one in labels:
        assert tuple(found.tracks[one.frame_idx, POINTS.index(one.point)]) == (one.x, one.y)
    for stage in ("features", "paths"):
        shares = [share for name, share in told if name == stage]
        assert shares == sorted(shares)
        assert shares[-1] > 2 / 3


@pytest.mark.usefixtures("three_scales")
def test_changed_labels_give_the_same_as_starting_afresh(tiny_network, footage):
    kept = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage))
    kept.merged(lay(every(8)), lambda *_: None)
    changed = lay([*every(8), label(0, 4, Visibility.OCCLUDED)])
    fresh = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage)).merged(
        changed, lambda *_: None
    )
    np.testing.assert_allclose(
        kept.merged(changed, lambda *_: None).tracks, fresh.tracks, atol=0.05, equal_nan=True
    )


@pytest.mark.usefixtures("three_scales")
def test_a_long_video_is_looked_at_in_one_resolution(tiny_network, footage, templates, layout):
    long = ScaledPaths(tiny_network, footage, 10**9, PathEvidence(footage)).merged(layout, lambda *_: None)
    alone = PathEvidence(footage, THOROUGH_AND_QUICK).merged(layout, templates, lambda _: None)
    expected = average_by_spread(alone, np.hypot(*footage.source.size))
    np.testing.assert_array_equal(long.tracks, expected.tracks)


def test_the_surer_path_counts_more():
    found = average_by_spread([path(0.0, [[1.0]]), path(10.0, [[3.0]])], 1e-9)
    assert found.tracks[0, 0, 0] == pytest.approx(10.0 / 10.0)
    assert found.spread[0, 0] > 3.0  # they contradict each other


def test_a_path_of_infinite_spread_does_not_count():
    found = average_by_spread([path(0.0, [[1.0]]), path(10.0, [[np.inf]])], 500.0)
    assert (found.tracks[0, 0, 0], found.spread[0, 0]) == (0.0, 1.0)


@pytest.mark.usefixtures("three_scales")
def test_far_from_labels_only_the_finer_paths_of_few_patches_count(tiny_network, footage, monkeypatch):
    averaged = []

    def noted(paths, diagonal):
        averaged.append(paths)
        return average_by_spread(paths, diagonal)

    monkeypatch.setattr(scales, "average_by_spread", noted)
    ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage)).merged(
        lay(every(20)), lambda *_: None
    )
    (paths,) = averaged
    # At the network's resolution one of few patches; below and above it of many, then of few.
    assert [bool(np.isinf(one.spread[10]).all()) for one in paths] == [False, True, True, True, False]
    assert not any(np.isinf(one.spread[21:]).any() for one in paths)


def test_agreeing_paths_come_out_as_they_are():
    one = path(1 / 3, [[0.7]])
    found = average_by_spread([one, replace(one, spread=np.array([[0.1]])), one], 500.0)
    assert found.tracks[0, 0, 0] == 1 / 3


def test_points_without_labels_have_no_path():
    nowhere = path(np.nan, [[np.nan]])
    assert np.isnan(average_by_spread([nowhere, nowhere], 500.0).tracks[..., 0]).all()
