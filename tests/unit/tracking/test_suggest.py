import itertools

import numpy as np
import pytest

from talpose_app.tracking.suggest import expected_share, suggest

T = 60


def layout(labels, n_points=1):
    labeled = np.zeros((T, n_points), bool)
    for frame, point in labels:
        labeled[frame, point] = True
    return np.ones((T, n_points), bool), labeled


def test_the_middle_of_the_doubtful_gap_comes_first():
    predicted, labeled = layout([(0, 0), (20, 0), (59, 0)])
    confidence = np.full((T, 1), 1.0)
    confidence[21:59] = 0.4
    first = suggest(confidence, predicted, labeled)[0]
    assert first.point_idx == 0
    assert abs(first.frame_idx - 39) <= 2


def test_gain_is_the_doubt_within_reach():
    predicted, labeled = layout([(0, 0), (10, 0)])
    confidence = np.ones((T, 1))
    confidence[5] = 0.25
    first = suggest(confidence, predicted, labeled)[0]
    assert (first.frame_idx, first.gain) == (5, pytest.approx(0.75))


def test_neighbors_of_a_suggestion_are_not_suggested():
    predicted, labeled = layout([(0, 0), (59, 0)])
    frames = [one.frame_idx for one in suggest(np.full((T, 1), 0.3), predicted, labeled, 5)]
    assert len(frames) == 5
    assert min(abs(a - b) for i, a in enumerate(frames) for b in frames[:i]) > 3


def test_the_worse_point_comes_first_and_gains_fall():
    predicted, labeled = layout([(0, 0), (59, 0), (0, 1), (59, 1)], 2)
    confidence = np.stack((np.full(T, 0.9), np.full(T, 0.5)), axis=1)
    found = suggest(confidence, predicted, labeled)
    assert found[0].point_idx == 1
    assert all(one.gain >= other.gain - 1e-9 for one, other in itertools.pairwise(found))


def test_labeled_and_unpredicted_frames_are_never_suggested():
    predicted, labeled = layout([(t, 0) for t in range(0, T, 2)])
    predicted[31:] = False
    for one in suggest(np.zeros((T, 1)), predicted, labeled):
        assert predicted[one.frame_idx, 0]
        assert not labeled[one.frame_idx, 0]


def test_nothing_to_gain_nothing_suggested():
    predicted, labeled = layout([(0, 0)])
    assert suggest(np.ones((T, 1)), predicted, labeled) == []
    assert suggest(np.zeros((T, 0)), predicted[:, :0], labeled[:, :0]) == []


def test_the_gain_equals_a_plain_sum():
    rng = np.random.default_rng(0)
    predicted, labeled = layout([(3, 0), (30, 0), (50, 0)])
    confidence = rng.random((T, 1))
    first = suggest(confidence, predicted, labeled)[0]
    doubt = np.where(labeled, 0, 1 - confidence)[:, 0]
    near = np.flatnonzero(labeled[:, 0])
    reach = np.abs(near - first.frame_idx).min()
    weight = np.clip(1 - np.abs(np.arange(T) - first.frame_idx) / (reach + 1), 0, 1)
    assert first.gain == pytest.approx((doubt * weight).sum())


def test_labels_count_as_right():
    predicted, labeled = layout([(0, 0)])
    confidence = np.full((T, 1), 0.5)
    assert expected_share(confidence, predicted, labeled) == pytest.approx((0.5 * (T - 1) + 1) / T)
    assert np.isnan(expected_share(confidence[:0], predicted[:0], labeled[:0]))
