"""Every edit leads there and back; one that does not fit changes nothing."""

from dataclasses import replace

import pytest

from talpose_app.errors import EditError
from talpose_app.model.edits import (
    Batch,
    ChangeIndividuals,
    ChangeLabels,
    ChangeRuns,
    ChangeSkeleton,
    ChangeTracks,
    ChangeVideo,
    LabelChange,
    delete_keypoint,
)
from talpose_app.model.label import Label, PointId, absent_label
from talpose_app.model.project import Individual
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info


def there_and_back(project, edit):
    after, inverse = edit.apply(project)
    back, forward = inverse.apply(after)
    assert back == project
    assert forward.apply(back)[0] == after
    return after


def set_label(point, frame_idx, x=1.0):
    return LabelChange(point, frame_idx, Label(point, frame_idx, x, 2.0))


def test_a_label_is_set_moved_and_deleted(labeled_project):
    changes = (set_label(NOSE, 3), set_label(NOSE, 5, x=9.0), LabelChange(TAIL, 2, None))
    after = there_and_back(labeled_project, ChangeLabels(changes))
    assert sorted(after.labels[NOSE]) == [2, 3, 5, 9]
    assert after.label(NOSE, 5).x == 9.0
    assert TAIL not in after.labels


def test_the_project_before_is_left_alone(labeled_project):
    before = dict(labeled_project.labels[NOSE])
    ChangeLabels((set_label(NOSE, 3),)).apply(labeled_project)
    assert labeled_project.labels[NOSE] == before


def test_two_changes_of_one_label_lead_back_in_turn(labeled_project):
    there_and_back(labeled_project, ChangeLabels((set_label(NOSE, 2), set_label(NOSE, 2, x=3.0))))


def test_deleting_what_is_not_there_is_harmless(labeled_project):
    assert there_and_back(labeled_project, ChangeLabels((LabelChange(NOSE, 0, None),))) == labeled_project


@pytest.mark.parametrize(
    "change",
    [
        set_label(PointId(1, 9), 0),
        set_label(PointId(9, 1), 0),
        set_label(NOSE, 20),
        LabelChange(NOSE, -1, None),
        LabelChange(NOSE, 4, absent_label(NOSE, 5)),
        LabelChange(NOSE, 4, absent_label(TAIL, 4)),
    ],
)
def test_a_label_must_fit_the_project(labeled_project, change):
    with pytest.raises(EditError):
        ChangeLabels((set_label(NOSE, 3), change)).apply(labeled_project)


def test_keypoints_in_use_cannot_vanish(labeled_project):
    with pytest.raises(EditError, match="still has labels"):
        ChangeSkeleton(Skeleton()).apply(labeled_project)
    there_and_back(labeled_project, ChangeSkeleton(labeled_project.skeleton.with_keypoint("ear")))


def test_individuals_in_use_cannot_vanish(labeled_project):
    with pytest.raises(EditError, match="cannot be removed"):
        ChangeIndividuals((Individual(2, "b"),)).apply(labeled_project)
    with pytest.raises(EditError, match="at least one"):
        ChangeIndividuals(()).apply(labeled_project)
    there_and_back(labeled_project, ChangeIndividuals((Individual(1, "a"), Individual(2, "b"))))


def test_tracks_are_set_and_removed(labeled_project):
    changes = ((NOSE, None), (TAIL, straight_track(20, 0, 20)))
    after = there_and_back(labeled_project, ChangeTracks(changes))
    assert set(after.tracks) == {TAIL}
    assert after.labels is labeled_project.labels


@pytest.mark.parametrize(
    "change", [(PointId(1, 9), None), (NOSE, straight_track(19, 0, 19))], ids=["point", "length"]
)
def test_tracks_must_fit_the_project(labeled_project, change):
    with pytest.raises(EditError):
        ChangeTracks((change,)).apply(labeled_project)


def test_runs_are_replaced(labeled_project):
    assert there_and_back(labeled_project, ChangeRuns(())).runs == ()


def test_another_file_of_the_video_needs_the_same_frames(labeled_project):
    there_and_back(labeled_project, ChangeVideo(replace(video_info(), fingerprint="other")))
    with pytest.raises(EditError, match="21 frames"):
        ChangeVideo(video_info(21)).apply(labeled_project)


def test_no_edit_says_where_the_video_is(labeled_project):
    taken = replace(video_info(), path="/elsewhere.mp4", fingerprint="other")
    after, inverse = ChangeVideo(taken).apply(labeled_project)
    assert after.video == replace(taken, path=labeled_project.video.path)
    moved = replace(after, video=replace(after.video, path="/moved.mp4"))
    back, _ = inverse.apply(moved)
    assert back.video == replace(labeled_project.video, path="/moved.mp4")


def test_a_batch_is_all_or_nothing(labeled_project):
    edits = (ChangeLabels((set_label(NOSE, 3),)), ChangeTracks(((NOSE, None),)))
    there_and_back(labeled_project, Batch(edits))
    with pytest.raises(EditError):
        Batch((*edits, ChangeLabels((set_label(NOSE, 99),)))).apply(labeled_project)


def test_deleting_a_keypoint_takes_its_labels_and_tracks(labeled_project):
    after = there_and_back(labeled_project, delete_keypoint(labeled_project, NOSE.keypoint_id))
    assert (set(after.labels), set(after.tracks)) == ({TAIL}, set())
    assert [k.name for k in after.skeleton.keypoints] == ["tail, tip"]
