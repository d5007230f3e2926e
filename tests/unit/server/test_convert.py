"""From the model to the wire: nothing rounded, only what changed."""

import logging
import math
from dataclasses import replace

import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.model.edits import ChangeLabels, ChangeTracks, LabelChange, delete_keypoint
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.run import Run, RunKind
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Provenance, Track
from talpose_app.model.video import VideoInfo
from talpose_app.protocol import messages as m
from talpose_app.server import convert
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RunUpdate

N_FRAMES = 6
NOSE, TAIL = PointId(1, 1), PointId(1, 2)
VIDEO = VideoInfo("/v.mp4", 64, 48, N_FRAMES, (1, 25), 25.0, 0.24, "h264", "x:1", is_variable_rate=False)
SKELETON = Skeleton().with_keypoint("nose").with_keypoint("tail").with_edges(((1, 2),))


def _label(point, frame_idx, x=1.5, y=2.5):
    return Label(point, frame_idx, x, y)


def _track(value):
    return Track(
        np.full((N_FRAMES, 2), value, np.float32),
        np.ones(N_FRAMES, bool),
        np.full(N_FRAMES, 0.5, np.float32),
        (Provenance(0, N_FRAMES, 1),),
    )


@pytest.fixture
def project():
    labels = {NOSE: {0: _label(NOSE, 0), 2: absent_label(NOSE, 2)}, TAIL: {1: _label(TAIL, 1)}}
    return Project(VIDEO, SKELETON, labels=labels, made={NOSE: _track(1.0), TAIL: _track(2.0)})


def _diff(before, after):
    return convert.project_changed(before, after, revision=3, title="t", undo_title="u", redo_title=None)


def _values(block):
    return np.frombuffer(block.data, f"<{block.dtype}").reshape(block.shape)


@pytest.mark.parametrize("dtype", ["f4", "f8", "u1"])
def test_block_is_little_endian_in_c_order(dtype):
    values = np.arange(6).reshape(2, 3)
    packed = convert.block(np.asfortranarray(values).astype(">f8"), dtype)
    assert packed.shape == (2, 3)
    assert np.array_equal(_values(packed), values)


def test_label_positions_are_the_very_same_numbers():
    label = Label(NOSE, 0, 0.1 + 0.2, math.nextafter(100.0, 0.0), Visibility.OCCLUDED)
    state = convert.label_state(label)
    assert (state.x, state.y, state.visibility) == (label.x, label.y, "occluded")


def test_absent_labels_have_no_position():
    state = convert.label_state(absent_label(NOSE, 4))
    assert (state.x, state.y, state.visibility) == (None, None, "absent")


def test_nothing_changed_is_an_empty_message(project):
    changed = _diff(project, project)
    assert changed == m.ProjectChanged(
        revision=3, title="t", labels_set=[], labels_deleted=[], skeleton=None, individuals=None,
        tracks_set=[], tracks_deleted=[], runs=None, undo_title="u", redo_title=None,
    )  # fmt: skip


def test_only_the_labels_an_edit_touched_are_sent(project):
    moved = _label(NOSE, 0, 9.0)
    edit = ChangeLabels((LabelChange(NOSE, 0, moved), LabelChange(TAIL, 1, None)))
    changed = _diff(project, edit.apply(project)[0])
    assert changed.labels_set == [convert.label_state(moved)]
    assert changed.labels_deleted == [m.LabelPlace(individual_id=1, keypoint_id=2, frame_idx=1)]
    assert changed.tracks_set == []


def test_only_the_tracks_that_changed_are_sent(project):
    edit = ChangeTracks(((NOSE, _track(7.0)), (TAIL, None)))
    changed = _diff(project, edit.apply(project)[0])
    (sent,) = changed.tracks_set
    assert (sent.individual_id, sent.keypoint_id, sent.spans) == (1, 1, [(0, N_FRAMES, 1)])
    assert np.array_equal(_values(sent.positions), np.full((N_FRAMES, 2), 7.0))
    assert _values(sent.visibility).tolist() == [1] * N_FRAMES
    assert _values(sent.confidence).tolist() == [0.5] * N_FRAMES
    assert changed.tracks_deleted == [m.PointRef(individual_id=1, keypoint_id=2)]


def test_a_deleted_keypoint_takes_labels_tracks_and_edges_along_and_undo_brings_them_back(project):
    after, inverse = delete_keypoint(project, 2).apply(project)
    changed = _diff(project, after)
    assert changed.skeleton is not None
    assert ([k.name for k in changed.skeleton.keypoints], changed.skeleton.edges) == (["nose"], [])
    assert len(changed.labels_deleted) == len(changed.tracks_deleted) == 1
    back = _diff(after, inverse.apply(after)[0])
    assert len(back.labels_set) == len(back.tracks_set) == 1


def test_runs_and_individuals_are_sent_whole_when_they_change(project):
    run = Run(
        1, RunKind.REFINE, "talpose-small", "ab", (), 2, "cpu", "2026-01-01T00:00:00Z", 1.5, (0.5, 0.25)
    )
    individuals = (*project.individuals, Individual(2, "second"))
    changed = _diff(project, replace(project, runs=(run,), individuals=individuals))
    assert changed.runs is not None
    assert (changed.runs[0].kind, changed.runs[0].losses) == ("refine", [0.5, 0.25])
    assert changed.individuals is not None
    assert [i.name for i in changed.individuals] == ["individual_1", "second"]


def _with_error(project, labels):
    """The project with a run that measured the nose's error on these labels."""
    found = LabelTable.from_labels((NOSE,), labels).fingerprint(0)
    error = ErrorSummary(3, 2.0, 7.0)
    summary = HeldOutSummary(error, (PointError(NOSE, error, found),))
    run = Run(1, RunKind.REFINE, "x", "ab", (), 2, "cpu", "2026-01-01T00:00:00Z", 1.5, (), summary)
    return replace(project, runs=(run,))


def test_a_run_tells_each_points_error(project):
    measured = _with_error(project, project.labels[NOSE].values())
    told = convert.run_records(measured)[0].held_out
    assert told is not None
    assert not told.is_stale
    (point,) = told.points
    assert (point.individual_id, point.keypoint_id) == NOSE
    assert (point.n, point.median_px, point.p90_px) == (3, 2.0, 7.0)
    assert "3 hidden labels" in told.sentence
    bare = replace(measured, runs=(replace(measured.runs[0], held_out=None),))
    assert convert.run_records(bare)[0].held_out is None


def test_runs_are_told_again_when_an_error_goes_stale_and_when_it_holds_again(project):
    measured = _with_error(project, project.labels[NOSE].values())
    added = LabelChange(NOSE, 5, Label(NOSE, 5, 1.0, 2.0))
    after, back = ChangeLabels((added,)).apply(measured)
    for before, now, is_stale in ((measured, after, True), (after, back.apply(after)[0], False)):
        (told,) = _diff(before, now).runs
        assert (told.held_out.is_stale, told.held_out.points[0].is_stale) == (is_stale, is_stale)
    assert "before labels of this point were changed" in convert.run_records(after)[0].held_out.sentence
    again, _ = ChangeLabels((LabelChange(NOSE, 4, Label(NOSE, 4, 1.0, 2.0)),)).apply(after)
    assert _diff(after, again).runs is None
    other, _ = ChangeLabels((LabelChange(TAIL, 5, Label(TAIL, 5, 1.0, 2.0)),)).apply(measured)
    assert _diff(measured, other).runs is None


def _update(loss=0.5):
    return RunUpdate(
        step=3, n_steps=9, loss=loss, seconds=0.5, span=(2, 5),
        positions=np.arange(12, dtype=np.float32).reshape(3, 2, 2),
        visibility=np.ones((3, 2), bool), confidence=np.ones((3, 2), np.float32), is_best=False,
    )  # fmt: skip


def test_an_update_names_the_points_it_covers():
    sent = convert.track_update(4, _update(), [TAIL, NOSE])
    assert [p.keypoint_id for p in sent.points] == [2, 1]
    assert (sent.run_id, sent.step, sent.start, sent.is_best) == (4, 3, 2, False)
    assert np.array_equal(_values(sent.positions), np.arange(12).reshape(3, 2, 2))


@pytest.mark.parametrize("loss", [None, math.nan, math.inf])
def test_a_loss_that_is_no_number_is_none(loss):
    assert convert.track_update(1, _update(loss), [NOSE, TAIL]).loss is None


def test_an_error_keeps_its_code_sentence_and_way_out():
    state = convert.error_state(VideoError("The video is gone.", hint="Look for it."))
    assert state == m.ErrorState(code="video", message="The video is gone.", hint="Look for it.")


def test_an_unforeseen_fault_is_logged_and_tells_no_internals(caplog):
    try:
        {}["secret detail"]
    except KeyError:
        with caplog.at_level(logging.ERROR):
            state = convert.unforeseen("opening")
    assert state.code == "internal"
    assert "secret" not in state.message + state.hint
    assert "secret detail" in caplog.text
