import itertools

import numpy as np
import pytest

from talpose_app.tracking.suggest import expected_share, suggest, worth_of_frames

T = 60


def layout(labels, n_points=1, n_frames=T):
    labeled = np.zeros((n_frames, n_points), bool)
    for frame, point in labels:
        labeled[frame, point] = True
    return np.ones((n_frames, n_points), bool), labeled


def frames_of(found):
    """Each frame once, in the order of the list."""
    return list(dict.fromkeys(one.frame_idx for one in found))


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


def test_the_worse_point_of_a_frame_comes_first():
    predicted, labeled = layout([(0, 0), (59, 0), (0, 1), (59, 1)], 2)
    confidence = np.stack((np.full(T, 0.9), np.full(T, 0.5)), axis=1)
    found = suggest(confidence, predicted, labeled)
    assert [one.point_idx for one in found[:2]] == [1, 0]
    assert found[0].frame_idx == found[1].frame_idx


def test_frames_are_ranked_by_what_all_their_points_gain():
    predicted, labeled = layout([(0, 0), (30, 0), (59, 0)], 5)
    confidence = np.ones((T, 5))
    confidence[15, 0] = 0.0  # One point lost for sure,
    confidence[45, 1:] = 0.6  # four in some doubt.
    assert frames_of(suggest(confidence, predicted, labeled))[:2] == [45, 15]
    gains = [sum(x.gain for x in places) for _, places in itertools.groupby(
        suggest(confidence, predicted, labeled), key=lambda one: one.frame_idx
    )]  # fmt: skip
    assert gains == sorted(gains, reverse=True)


def test_a_frame_that_has_a_label_was_looked_at():
    predicted, labeled = layout([(0, 0), (0, 1), (30, 0), (59, 0), (59, 1)], 2)
    confidence = np.ones((T, 2))
    confidence[1:59, 1] = 0.4
    first, second = sorted(frames_of(suggest(confidence, predicted, labeled))[:2])
    assert abs(first - 15) <= 2
    assert abs(second - 45) <= 2
    assert worth_of_frames(confidence, predicted, labeled)[30] == 0.0


def test_a_long_gap_is_halved_before_neighbors_of_labels_are_named():
    predicted, labeled = layout([(20, 0), (260, 0)], n_frames=300)
    confidence = np.full((300, 1), 0.5)
    confidence[260:] = 0.2
    assert abs(suggest(confidence, predicted, labeled)[0].frame_idx - 140) <= 25


def test_a_frame_names_few_points_and_the_list_goes_on():
    predicted, labeled = layout([(0, point) for point in range(48)], 48)
    found = suggest(np.full((T, 48), 0.5), predicted, labeled, 30)
    assert len(found) == 30
    assert len(frames_of(found)) == 5


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
    predicted, labeled = layout([(3, 0), (30, 0), (50, 0)], 2)
    confidence = rng.random((T, 2))
    worth = worth_of_frames(confidence, predicted, labeled)
    frame = int(worth.argmax())
    looked_at = np.flatnonzero(labeled.any(axis=1))
    doubt = 1 - confidence
    doubt[looked_at] = 0
    reach = np.abs(looked_at - frame).min()
    weight = np.clip(1 - np.abs(np.arange(T) - frame) / (reach + 1), 0, 1)
    assert worth[frame] == pytest.approx((doubt * weight[:, None]).sum())
    found = suggest(confidence, predicted, labeled)[:2]
    assert [one.frame_idx for one in found] == [frame, frame]
    assert sum(one.gain for one in found) == pytest.approx(worth[frame])


def test_labels_count_as_right():
    predicted, labeled = layout([(0, 0)])
    confidence = np.full((T, 1), 0.5)
    assert expected_share(confidence, predicted, labeled) == pytest.approx((0.5 * (T - 1) + 1) / T)
    assert np.isnan(expected_share(confidence[:0], predicted[:0], labeled[:0]))
