import numpy as np
from scipy.interpolate import PchipInterpolator

from talpose_app.tracking.filters.gaps import fill_gaps, monotone_cubic


def test_the_curve_is_pchip_between_the_ends():
    at = np.array([0, 3, 4, 9, 15, 16])
    values = np.random.default_rng(2).normal(size=(6, 2)).cumsum(axis=0)
    wanted = np.arange(3, 16)
    np.testing.assert_allclose(
        monotone_cubic(at, values, wanted), PchipInterpolator(at, values)(wanted), atol=1e-12
    )


def test_two_points_are_joined_by_a_straight_line():
    line = monotone_cubic(np.array([2, 6]), np.array([[0.0, 4.0], [8.0, 0.0]]), np.array([3, 4, 5]))
    np.testing.assert_allclose(line, [[2, 3], [4, 2], [6, 1]])


def test_short_gaps_are_filled_and_long_ones_stay(make_block, wave):
    holed = wave.copy()
    holed[10:14] = holed[30:50] = np.nan
    after = fill_gaps(make_block(holed), 10, 0)
    assert np.abs(after.positions[10:14, 0] - wave[10:14]).max() < 1
    assert np.isnan(after.positions[30:50]).all()
    assert (after.confidence[10:14] < 0.5).all()
    assert not after.visibility[10:14].any()
    assert after.confidence[9, 0] == np.float32(0.9)


def test_nothing_is_guessed_beyond_the_ends_or_over_absence(make_block, wave):
    holed = wave.copy()
    holed[:5] = holed[20:27] = holed[75:] = np.nan
    after = fill_gaps(make_block(holed, {23: None}), 50, 0).positions[:, 0]
    assert np.isnan(after[[*range(5), *range(20, 27), *range(75, 80)]]).all()


def test_doubtful_frames_are_replaced_if_asked_but_never_labels(make_block, wave):
    wrong, confidence = wave.copy(), np.full(80, 0.9)
    wrong[20:24] += 30
    confidence[20:24] = 0.1
    exact = (1 / 3, 2 / 3)
    after = fill_gaps(make_block(wrong, {21: exact}, confidence), 10, 0.5)
    assert tuple(after.positions[21, 0]) == exact
    untouched = [*range(20), *range(24, 80)]
    np.testing.assert_array_equal(after.positions[untouched, 0], wrong.astype(np.float32)[untouched])
    assert np.abs(after.positions[[20, 22, 23], 0] - wrong[[20, 22, 23]]).min() > 1
    assert after.visibility.all()
