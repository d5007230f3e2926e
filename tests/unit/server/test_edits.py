"""From the wire to the model: each command as the edit it means, or a refusal in words."""

import pytest

from talpose_app.errors import EditError
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Track
from talpose_app.model.video import VideoInfo
from talpose_app.protocol import messages as m
from talpose_app.server import edits

NOSE, TAIL = PointId(1, 1), PointId(1, 2)
VIDEO = VideoInfo("/v.mp4", 64, 48, 6, (1, 25), 25.0, 0.24, "h264", "x:1", is_variable_rate=False)


@pytest.fixture
def project():
    labels = {NOSE: {0: Label(NOSE, 0, 1.0, 2.0)}, TAIL: {1: Label(TAIL, 1, 3.0, 4.0)}}
    skeleton = Skeleton().with_keypoint("nose").with_keypoint("tail")
    return Project(VIDEO, skeleton, labels=labels, made={NOSE: Track.empty(6), TAIL: Track.empty(6)})


def _time_of(frame_idx):
    return frame_idx / 25


def _state(frame_idx=3, x=10.1, y=20.2, visibility="visible", keypoint_id=1):
    return m.LabelState(
        individual_id=1, keypoint_id=keypoint_id, frame_idx=frame_idx, x=x, y=y, visibility=visibility
    )


def _set(project, *states):
    return edits.set_labels(m.SetLabels(id=1, labels=list(states)), _time_of).apply(project)[0]


def test_set_labels_keeps_positions_and_notes_the_time(project):
    label = _set(project, _state(x=0.1 + 0.2)).label(NOSE, 3)
    assert label == Label(NOSE, 3, 0.1 + 0.2, 20.2, Visibility.VISIBLE, 3 / 25)


def test_an_absent_label_loses_its_position(project):
    label = _set(project, _state(visibility="absent")).label(NOSE, 3)
    assert label is not None
    assert not label.has_position


@pytest.mark.parametrize(
    "states",
    [
        [],
        [_state(x=None)],
        [_state(visibility="occluded", y=None)],
        [_state(), _state(x=1.0)],
        [_state(frame_idx=6)],
        [_state(frame_idx=-1)],
        [_state(keypoint_id=9)],
    ],
)
def test_labels_that_cannot_be_are_refused(project, states):
    with pytest.raises(EditError):
        _set(project, *states)


def test_delete_labels_passes_over_empty_places(project):
    places = [m.LabelPlace(individual_id=1, keypoint_id=k, frame_idx=0) for k in (1, 2, 1)]
    after, _ = edits.delete_labels(m.DeleteLabels(id=1, places=places), project).apply(project)
    assert list(after.labels) == [TAIL]
    with pytest.raises(EditError, match="no label"):
        edits.delete_labels(m.DeleteLabels(id=1, places=places), after)


@pytest.mark.parametrize(
    ("given", "named"), [("ear", "ear"), ("  ear ", "ear"), ("", "point_1"), ("čumák", "čumák")]
)
def test_add_keypoint(project, given, named):
    after, _ = edits.add_keypoint(m.AddKeypoint(id=1, name=given), project.skeleton).apply(project)
    assert [k.name for k in after.skeleton.keypoints] == ["nose", "tail", named]


def test_free_names_count_on():
    skeleton = Skeleton().with_keypoint("point_1").with_keypoint("point_3")
    added = edits.add_keypoint(m.AddKeypoint(id=1), skeleton).skeleton
    assert added.keypoints[-1].name == "point_2"


@pytest.mark.parametrize(
    "command",
    [
        m.AddKeypoint(id=1, name="nose"),
        m.AddKeypoint(id=1, name="n" * 121),
        m.AddKeypoint(id=1, name="two\nlines"),
        m.AddKeypoint(id=1, color="red"),
        m.AddKeypoint(id=1, color="#12345"),
        m.AddKeypoint(id=1, color="#123456; }"),
    ],
)
def test_keypoints_that_cannot_be_are_refused(project, command):
    with pytest.raises(EditError):
        edits.add_keypoint(command, project.skeleton)


def test_change_keypoint(project):
    command = m.ChangeKeypoint(id=1, keypoint_id=2, name=" rump ", color="#0a0B0c")
    changed = edits.change_keypoint(command, project.skeleton).skeleton.keypoint(2)
    assert (changed.name, changed.color) == ("rump", "#0a0B0c")
    for refused in (
        m.ChangeKeypoint(id=1, keypoint_id=2, name="nose"),
        m.ChangeKeypoint(id=1, keypoint_id=2, name="  "),
        m.ChangeKeypoint(id=1, keypoint_id=9, name="x"),
    ):
        with pytest.raises(EditError):
            edits.change_keypoint(refused, project.skeleton)


def test_remove_reorder_and_join_keypoints(project):
    after, _ = edits.remove_keypoint(m.DeleteKeypoint(id=1, keypoint_id=1), project).apply(project)
    assert (list(after.labels), list(after.tracks)) == ([TAIL], [TAIL])
    turned = edits.reorder_keypoints(m.ReorderKeypoints(id=1, keypoint_ids=[2, 1]), project.skeleton)
    assert [k.name for k in turned.skeleton.keypoints] == ["tail", "nose"]
    joined = edits.set_edges(m.SetEdges(id=1, edges=[(1, 2)]), project.skeleton)
    assert joined.skeleton.edges == ((1, 2),)


def test_add_individual(project):
    after, _ = edits.add_individual(m.AddIndividual(id=1), project).apply(project)
    assert after.individuals[-1] == Individual(2, "individual_2")
    with pytest.raises(EditError, match="already"):
        edits.add_individual(m.AddIndividual(id=1, name="individual_1"), project)


def test_clear_tracks_leaves_labels(project):
    one = [m.PointRef(individual_id=1, keypoint_id=1), m.PointRef(individual_id=1, keypoint_id=7)]
    after, _ = edits.clear_tracks(m.ClearTracks(id=1, points=one), project).apply(project)
    assert (list(after.tracks), after.labels) == ([TAIL], project.labels)
    empty, _ = edits.clear_tracks(m.ClearTracks(id=1), after).apply(after)
    assert not empty.tracks
    with pytest.raises(EditError, match="no tracks"):
        edits.clear_tracks(m.ClearTracks(id=1), empty)


def test_points_are_named_once():
    refs = [m.PointRef(individual_id=1, keypoint_id=k) for k in (2, 1, 2)]
    assert edits.points_of(refs) == [TAIL, NOSE]
