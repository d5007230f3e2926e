import math

import numpy as np
import pytest

from talpose_app.tracking import scoring

SIZE = (512, 128)  # scaled to 256 x 256: x halves, y doubles


def grid(*points, n_frames=1):
    return np.broadcast_to(np.array(points, float), (n_frames, len(points), 2)).copy()


def everywhere(truth):
    return np.ones(truth.shape[:2], bool)


def test_delta_avg_scales_each_axis_by_its_own_side():
    truth = grid((100, 50), (100, 50))
    tracks = grid((100 + 3, 50), (100, 50 + 3))  # 1.5 px and 6 px once scaled
    expected = np.mean([0, 0.5, 0.5, 1, 1])
    assert scoring.delta_avg(tracks, truth, everywhere(truth), SIZE) == pytest.approx(expected)


def test_a_distance_equal_to_the_threshold_is_not_closer():
    truth = grid((100, 50))
    tracks = grid((100 + 2, 50))  # exactly 1 px once scaled
    assert scoring.delta_avg(tracks, truth, everywhere(truth), SIZE) == pytest.approx(4 / 5)


def test_perfect_tracks_score_one_and_missing_ones_zero():
    truth = grid((10, 20), (30, 40), n_frames=3)
    assert scoring.delta_avg(truth, truth, everywhere(truth), SIZE) == 1.0
    missing = np.full_like(truth, np.nan)
    result = scoring.score(missing, truth, everywhere(truth), SIZE)
    assert (result.n, result.n_missing, result.delta_avg) == (6, 6, 0.0)
    assert math.isinf(result.median_px)
    assert math.isnan(result.mean_px)


def test_labeled_occluded_and_unknown_points_are_left_out():
    truth = grid((10, 20), n_frames=4)
    truth[3] = np.nan
    visible = np.array([[True], [False], [True], [True]])
    labeled = np.array([[True], [False], [False], [False]])
    assert scoring.scored_mask(truth, visible, labeled).ravel().tolist() == [False, False, True, False]


def test_score_is_in_pixels_of_the_video():
    truth = grid((0, 0), (0, 0), (0, 0), (0, 0))
    tracks = grid((3, 4), (0, 1.5), (0, 0), (np.nan, 0))
    result = scoring.score(tracks, truth, everywhere(truth), SIZE)
    assert result.median_px == pytest.approx((1.5 + 5) / 2)
    assert result.mean_px == pytest.approx(6.5 / 3)
    assert result.pck == (0.25, 0.5, 0.5, 0.75, 0.75)
    assert (result.n, result.n_missing) == (4, 1)


def test_nothing_to_score_is_not_a_number():
    truth = grid((1, 2))
    result = scoring.score(truth, truth, np.zeros((1, 1), bool), SIZE)
    assert result.n == 0
    assert math.isnan(result.delta_avg)
    assert math.isnan(result.median_px)
