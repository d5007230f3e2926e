"""Runs on the fake engine: streamed, steered, kept as one step, and labels bit for bit the same."""

import os
import signal
import struct
import threading

import numpy as np
import pytest

from talpose_app.errors import ProjectError, UsageError
from talpose_app.model.edits import ChangeTracks, delete_keypoint
from talpose_app.model.run import RunKind
from talpose_app.model.track import Provenance
from talpose_app.session.events import ProjectChanged, RunChanged, TracksStreamed
from talpose_app.session.filtering import FilterOptions
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from tests.fixtures.projects import NOSE, TAIL, straight_track
from tests.fixtures.sessions import N_FRAMES, Recorder, set_label

PATIENCE_S = 30


def track(**options) -> RunOptions:
    return RunOptions(RunKind.TRACK, **{"tracker": "fake", **options})


def refine(**options) -> RunOptions:
    return RunOptions(RunKind.REFINE, **{"tracker": "fake", "n_steps": 3, **options})


def label_bits(session: Session) -> list[tuple]:
    return [
        (x.point, x.frame_idx, struct.pack("<dd", x.x, x.y), x.visibility)
        for x in session.project.all_labels()
    ]


def finished(session: Session):
    status = session.wait_for_run(PATIENCE_S)
    assert not status.is_active
    return status


class UpdateCounter:
    """Lets a test wait until so many updates were streamed."""

    def __init__(self, session: Session) -> None:
        self._count = 0
        self._changed = threading.Condition()
        session.subscribe(self._hear)

    def _hear(self, event) -> None:
        if isinstance(event, TracksStreamed):
            with self._changed:
                self._count += 1
                self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._count >= count, PATIENCE_S)


def test_a_run_streams_every_step_and_becomes_one_undoable_step(session):
    before, labels = session.project, label_bits(session)
    heard = Recorder(session)
    session.start_run(refine())
    status = finished(session)
    assert (status.state, status.step, status.best_step, status.losses) == ("done", 3, 3, (1.0, 0.5, 1 / 3))
    assert [event.update.step for event in heard.of(TracksStreamed)] == [1, 2, 3]
    assert heard.of(TracksStreamed)[0].points == (NOSE, TAIL)
    (changed,) = heard.of(ProjectChanged)
    assert changed.title == session.undo_title == "Refine"
    tail = session.project.made[TAIL]
    np.testing.assert_array_equal(tail.positions[:, 0], np.arange(N_FRAMES, dtype=np.float32) + 13)
    assert tail.provenance == (Provenance(0, N_FRAMES, 1),)
    assert session.project.runs[0].losses == status.losses
    assert label_bits(session) == labels
    session.undo()
    assert session.project == before


def test_the_project_changes_only_at_the_end(session):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    assert session.project.tracks == {}
    session.stop_run()
    status = finished(session)
    assert (status.state, status.was_stopped) == ("done", True)
    assert set(session.project.tracks) == {NOSE, TAIL}


def test_the_best_step_is_kept_not_the_last(session):
    session.start_run(refine(tracker="fake:worse", n_steps=5))
    assert finished(session).best_step == 2
    assert session.project.made[NOSE].positions[0, 0] == 2.0


def test_a_correction_reaches_the_run_under_way(session):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    revision = session.apply("Move label", set_label(NOSE, 5, 1.0, 2.0))
    updates.wait_for(2)
    session.undo()
    updates.wait_for(3)
    session.stop_run()
    finished(session)
    assert session.project.made[NOSE].positions[0, 1] == 2.0
    assert session.project.runs[0].labels_revision == revision + 1


def test_points_and_frames_outside_the_run_keep_their_tracks(session):
    old_nose, old_tail = straight_track(N_FRAMES, 0, N_FRAMES), straight_track(N_FRAMES, 3, 7)
    session.apply("Import", ChangeTracks(((NOSE, old_nose), (TAIL, old_tail))))
    before = session.project.tracks[NOSE]
    assert before != old_nose
    session.start_run(track(points=(NOSE,), span=(10, 20)))
    finished(session)
    nose = session.project.tracks[NOSE]
    assert session.project.made[TAIL] is old_tail
    np.testing.assert_array_equal(nose.positions[:10], before.positions[:10])
    np.testing.assert_array_equal(nose.positions[20:], before.positions[20:])
    assert nose.positions[10, 0] == 11.0
    assert [(span.start, span.stop) for span in nose.provenance] == [(0, 10), (10, 20), (20, N_FRAMES)]


def test_reverting_a_run_under_way_leaves_no_trace(session):
    before, revision, updates = session.project, session.revision, UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    session.revert_run()
    status = finished(session)
    assert (status.state, status.was_reverted) == ("done", True)
    assert (session.project, session.revision) == (before, revision)
    session.start_run(track())
    assert finished(session).state == "done"


def test_reverting_a_finished_run_undoes_it(session):
    before = session.project
    session.start_run(track())
    finished(session)
    session.revert_run()
    assert session.project == before
    assert session.run.was_reverted
    assert session.redo_title == "Track"
    with pytest.raises(UsageError, match="no run to take back"):
        session.revert_run()


def test_reverting_after_more_labels_keeps_them(session):
    session.start_run(track())
    finished(session)
    session.apply("Set label", set_label(NOSE, 7, 1.0, 2.0))
    labels = label_bits(session)
    session.revert_run()
    assert (session.project.tracks, session.project.runs) == ({}, ())
    assert label_bits(session) == labels


def test_reverting_is_refused_when_other_tracks_came_since(session):
    session.start_run(track())
    finished(session)
    session.apply("Import", ChangeTracks(((NOSE, straight_track(N_FRAMES, 0, N_FRAMES, run_id=9)),)))
    with pytest.raises(UsageError, match="changed since"):
        session.revert_run()


def test_reverting_is_refused_when_a_part_was_filtered_since(session):
    session.start_run(track())
    finished(session)
    filtered = session.apply_filter(FilterOptions("savgol", {"window": 5}, span=(15, 25)))
    assert filtered.is_changed.any()
    with pytest.raises(UsageError, match="changed since"):
        session.revert_run()


def test_a_filter_waits_for_the_run_to_end(session):
    session.start_run(track())
    finished(session)
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    with pytest.raises(UsageError, match="under way"):
        session.apply_filter(FilterOptions("median"))
    session.stop_run()
    finished(session)


def test_an_engine_crash_keeps_the_partial_best_and_the_app_goes_on(session):
    labels = label_bits(session)
    session.start_run(refine(tracker="fake:kill", n_steps=9))
    status = finished(session)
    assert (status.state, status.error.code) == ("failed", "engine")
    assert "step 2 are kept" in status.error.message
    assert session.project.made[NOSE].positions[0, 0] == 2.0
    assert label_bits(session) == labels
    session.start_run(track())
    assert finished(session).state == "done"


def test_a_killed_engine_without_any_step_changes_nothing(session, shared_engine):
    revision = session.revision
    session.start_run(track(tracker="fake:silent"))
    assert finished(session).state == "done"
    assert session.revision == revision


def test_an_error_of_the_tracker_reaches_the_status(session):
    session.start_run(track(tracker="fake:fail"))
    error = finished(session).error
    assert error.code == "tracker"
    assert error.hint == "Choose another tracker."


def test_killing_the_engine_from_outside_is_told(session, shared_engine):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    os.kill(shared_engine.pid, signal.SIGKILL)
    assert finished(session).state == "failed"


def test_pause_and_resume_are_shown_and_order_is_kept(session):
    heard, updates = Recorder(session), UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    session.pause_run()
    session.resume_run()
    session.stop_run()
    finished(session)
    states = [status.state for status in heard.statuses()]
    assert [s for i, s in enumerate(states) if i == 0 or s != states[i - 1]] == [
        "starting",
        "running",
        "paused",
        "running",
        "stopping",
        "done",
    ]
    assert isinstance(heard.events[-1], RunChanged)


def test_a_keypoint_deleted_meanwhile_is_left_out(session):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    session.apply("Delete keypoint", delete_keypoint(session.project, TAIL.keypoint_id))
    session.stop_run()
    finished(session)
    assert set(session.project.tracks) == {NOSE}


def test_one_run_at_a_time(session):
    session.start_run(track(tracker="fake:hold"))
    with pytest.raises(UsageError, match="under way"):
        session.start_run(track())
    session.revert_run()


def test_closing_keeps_the_best_of_the_run_under_way(session, shared_engine, open_sessions):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert set(again.project.tracks) == {NOSE, TAIL}
    assert again.undo_title == "Track"


def test_a_run_survives_a_restart_with_its_undo(session, shared_engine, open_sessions):
    before = session.project
    session.start_run(refine())
    finished(session)
    after = session.project
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.project == after
    again.undo()
    assert again.project == before
    again.redo()
    assert again.project == after


def test_tracks_the_disk_refuses_are_kept_and_saved_later(session, tmp_path):
    updates = UpdateCounter(session)
    session.start_run(track(tracker="fake:hold"))
    updates.wait_for(1)
    folder = session.path.parent
    away = folder.rename(folder.with_name("unplugged"))
    session.stop_run()
    status = finished(session)
    assert status.state == "failed"
    assert "not saved yet" in status.error.message
    assert session.project.tracks == {}
    with pytest.raises(ProjectError):
        session.save()
    away.rename(folder)
    session.save()
    assert set(session.project.tracks) == {NOSE, TAIL}
    assert session.run.state == "done"


def test_waiting_without_a_run_returns_at_once(session):
    assert session.wait_for_run() is None
    session.stop_run()
    session.pause_run()
    session.resume_run()
