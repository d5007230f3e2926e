"""What anything that is a PointTracker promises; run on the real engine with a tiny network."""

import numpy as np
import pytest

from talpose_app.model.label import PointId, Visibility
from talpose_app.tracking.tracker import RefineOptions, RunStopped
from tests.fixtures.moving import N_FRAMES, POINTS, Control, every, label, request, table, truth

pytestmark = pytest.mark.engine


@pytest.fixture
def tracker(tiny_checkpoint):
    from talpose_app.engine import trackers

    trackers._load.cache_clear()  # It would go on with what other tests have found.
    return trackers.load_tracker(str(tiny_checkpoint), "cpu")


def track(tracker, moving_video, labels, **changes):
    return list(tracker.track(request(moving_video, labels, **changes), Control()))


def refine(tracker, moving_video, labels, n_steps=3, control=None, **changes):
    asked = request(moving_video, labels, **changes)
    return list(tracker.refine(asked, RefineOptions(n_steps), control or Control()))


def error(update, points=(0, 1, 2)):
    distance = np.linalg.norm(update.positions - truth(), axis=-1)
    return distance[:, list(points)]


def test_it_says_what_it_is(tracker, tiny_checkpoint):
    assert tracker.name == str(tiny_checkpoint)
    assert len(tracker.weights_sha256) == 64
    assert tracker.device == "cpu"


def test_tracks_have_the_shapes_and_types_of_the_port(tracker, moving_video):
    last = track(tracker, moving_video, table(every(8)))[-1]
    assert last.positions.shape == (N_FRAMES, 3, 2)
    assert last.positions.dtype == np.float32
    assert last.visibility.shape == last.confidence.shape == (N_FRAMES, 3)
    assert last.visibility.dtype == np.bool_
    assert last.confidence.dtype == np.float32
    assert np.isfinite(last.positions).all()
    assert ((last.confidence >= 0) & (last.confidence <= 1)).all()
    assert (last.step, last.n_steps, last.loss, last.is_best) == (1, 1, None, True)


def test_known_motion_is_followed(tracker, moving_video):
    assert error(track(tracker, moving_video, table(every(8)))[0]).max() < 0.5


def test_labels_are_not_changed(tracker, moving_video):
    labels = table(every(8))
    before = labels.positions.copy()
    refine(tracker, moving_video, labels, n_steps=1)
    np.testing.assert_array_equal(labels.positions, before)


def test_tracks_pass_through_the_labels(tracker, moving_video):
    labels = table(every(8))
    for update in refine(tracker, moving_video, labels, n_steps=2):
        at_labels = update.positions[labels.frame_idx, labels.point_idx]
        np.testing.assert_array_equal(at_labels, labels.positions.astype(np.float32))


def test_the_same_request_gives_the_same_tracks(tracker, moving_video):
    first, second = (refine(tracker, moving_video, table(every(8)), n_steps=2) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
        assert one.loss == other.loss


def test_refine_yields_one_update_a_step_after_the_start(tracker, moving_video):
    updates = refine(tracker, moving_video, table(every(6)), n_steps=4)
    assert [update.step for update in updates] == [0, 1, 2, 3, 4]
    assert all(np.isfinite(update.loss) for update in updates)
    assert updates[0].is_best


def test_a_span_is_predicted_from_labels_around_it(tracker, moving_video):
    labels = table([label(0, 2), label(0, 20)], POINTS[:1])
    last = track(tracker, moving_video, labels, span=(8, 12))[0]
    assert last.span == (8, 12)
    assert last.positions.shape == (4, 1, 2)
    assert np.linalg.norm(last.positions[:, 0] - truth()[8:12, 0], axis=-1).max() < 0.5


def test_one_label_leads_both_ways(tracker, moving_video):
    first = track(tracker, moving_video, table([label(1, 12)], POINTS[1:2]))[0]
    assert np.isfinite(first.positions).all()
    assert np.linalg.norm(first.positions[:, 0] - truth()[:, 1], axis=-1).max() < 1.0
    refined = refine(tracker, moving_video, table([label(1, 12)], POINTS[1:2]), n_steps=2)
    assert len(refined) == 3


def test_one_frame_can_be_asked_for(tracker, moving_video):
    last = track(tracker, moving_video, table([label(0, 5)], POINTS[:1]), span=(5, 6))[-1]
    assert last.positions.shape == (1, 1, 2)


def test_points_without_labels_are_not_predicted(tracker, moving_video):
    labels = table(every(8, points=(0,)), (*POINTS[:1], PointId(9, 9)))
    last = track(tracker, moving_video, labels)[-1]
    assert np.isfinite(last.positions[:, 0]).all()
    assert np.isnan(last.positions[:, 1]).all()
    assert not last.visibility[:, 1].any()
    assert not last.confidence[:, 1].any()


def test_no_label_at_all_predicts_nothing(tracker, moving_video):
    assert np.isnan(track(tracker, moving_video, table([]))[-1].positions).all()
    assert len(refine(tracker, moving_video, table([]), n_steps=2)) == 3


def test_an_occluded_label_holds_the_position_and_is_not_seen(tracker, moving_video):
    labels = table([label(0, 0), label(0, 10, Visibility.OCCLUDED), label(0, 23)], POINTS[:1])
    last = track(tracker, moving_video, labels)[-1]
    np.testing.assert_array_equal(last.positions[10, 0], labels.positions[1].astype(np.float32))
    assert not last.visibility[10, 0]
    assert last.visibility[0, 0]


def test_an_absent_label_ends_the_track(tracker, moving_video):
    labels = table([label(0, 0), label(0, 8, Visibility.ABSENT), label(0, 16)], POINTS[:1])
    last = track(tracker, moving_video, labels)[-1]
    is_predicted = np.isfinite(last.positions[:, 0, 0])
    assert is_predicted[:8].all()
    assert not is_predicted[8:16].any()
    assert is_predicted[16:].all()


@pytest.mark.parametrize("stop_at", [1, 3, 30])
def test_a_stop_is_honored_wherever_it_comes(tracker, moving_video, stop_at):
    asked = request(moving_video, table(every(8)))
    with pytest.raises(RunStopped):
        list(tracker.refine(asked, RefineOptions(50), Control(stop_at=stop_at)))


def test_labels_amended_during_a_refinement_count_from_the_next_step(tracker, moving_video):
    sparse, dense = table([label(0, 0), label(0, 23)], POINTS[:1]), table(every(6, points=(0,)), POINTS[:1])
    control = Control()
    updates = tracker.refine(request(moving_video, sparse), RefineOptions(4), control)
    steps = [next(updates), next(updates)]
    control.amend_at = {control.n_looks + 1: dense}
    steps += list(updates)
    moved = dense.positions[2].astype(np.float32)
    assert (steps[1].positions[12, 0] != moved).any()
    np.testing.assert_array_equal(steps[-1].positions[12, 0], moved)
    assert sorted({update.step for update in steps}) == list(range(5))


def test_labels_amended_during_tracking_are_tracked_again(tracker, moving_video):
    sparse, dense = table([label(0, 0), label(0, 23)], POINTS[:1]), table(every(6, points=(0,)), POINTS[:1])
    updates = list(tracker.track(request(moving_video, sparse), Control(amend_at={4: dense})))
    np.testing.assert_array_equal(updates[-1].positions[12, 0], dense.positions[2].astype(np.float32))


def test_a_missing_video_is_an_error_in_words(tracker, tmp_path):
    from talpose_app.errors import VideoError

    with pytest.raises(VideoError):
        list(tracker.track(request(tmp_path / "none.mp4", table(every(8))), Control()))


def test_the_published_method_answers_over_the_same_port(tracker, moving_video):
    asked = request(moving_video, table(every(8)))
    updates = list(tracker.refine(asked, RefineOptions(2, method="published"), Control()))
    assert [update.step for update in updates] == [1, 2]
    assert np.isfinite(updates[-1].positions).all()


def test_an_unknown_method_is_refused(tracker, moving_video):
    from talpose_app.errors import UsageError

    with pytest.raises(UsageError, match="no refinement"):
        next(tracker.refine(request(moving_video, table([])), RefineOptions(1, method="magic"), Control()))
