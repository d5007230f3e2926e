"""One open project: edits, history, saving, video."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from talpose_app.errors import EditError, ProjectError, ProjectLockedError, UsageError, VideoError
from talpose_app.model.edits import (
    ChangeIndividuals,
    ChangeLabels,
    ChangeTracks,
    LabelChange,
    delete_keypoint,
)
from talpose_app.model.label import Label
from talpose_app.model.project import Individual
from talpose_app.model.run import RunKind
from talpose_app.session.events import Noticed, ProjectChanged, SaveChanged
from talpose_app.session.filtering import FilterOptions
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.projects import NOSE, TAIL, straight_track
from tests.fixtures.sessions import N_FRAMES, Recorder, set_label
from tests.fixtures.videos import Recipe, encode


def test_a_new_project_opens_with_its_video(session, video):
    assert session.path == video.with_name("fox.talpose.json")
    assert session.project.video.path == str(video)
    assert session.reader.info == session.project.video
    assert session.recovery.is_clean
    assert session.notices() == []
    assert session.save_state.state == "saved"


def test_an_existing_project_is_not_replaced(session, video, shared_engine):
    session.close()
    before = session.path.read_bytes()
    with pytest.raises(ProjectError, match="exists already"):
        Session.create(session.path, video, shared_engine)
    assert session.path.read_bytes() == before


def test_an_edit_counts_up_and_is_told(session):
    heard, before = Recorder(session), session.project
    revision = session.apply("Move label", set_label(NOSE, 0, 1.5, 2.5))
    assert revision == session.revision == 5
    (event,) = heard.of(ProjectChanged)
    assert (event.before, event.after, event.title, event.revision) == (
        before,
        session.project,
        "Move label",
        revision,
    )
    assert session.undo_title == "Move label"


def test_undo_and_redo_count_up_and_lead_back_and_forth(session):
    before = session.project
    session.apply("Move label", set_label(NOSE, 0, 1.5, 2.5))
    after = session.project
    assert session.undo() == 6
    assert session.project == before
    assert session.redo_title == "Move label"
    assert session.redo() == 7
    assert session.project == after


def test_nothing_to_undo_says_so(session):
    for _ in range(session.revision):
        session.undo()
    with pytest.raises(EditError, match="nothing to undo"):
        session.undo()


def test_nothing_to_redo_says_so(session):
    with pytest.raises(EditError, match="nothing to redo"):
        session.redo()


def test_an_edit_that_does_not_fit_changes_nothing(session):
    heard, before, revision = Recorder(session), session.project, session.revision
    with pytest.raises(EditError):
        session.apply("Set label", set_label(NOSE, 9999, 1.0, 2.0))
    assert (session.project, session.revision, heard.events) == (before, revision, [])


def test_everything_is_there_after_reopening(session, shared_engine, open_sessions):
    session.apply("Delete keypoint", delete_keypoint(session.project, TAIL.keypoint_id))
    session.undo()
    project, revision = session.project, session.revision
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert (again.project, again.revision) == (project, revision)
    assert (again.undo_title, again.redo_title) == ("Set label", "Delete keypoint")
    again.redo()
    assert TAIL.keypoint_id not in again.project.skeleton


def test_a_crash_loses_nothing(session, shared_engine, open_sessions, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in tmp_path.glob("fox.*"):
        if path.suffix != ".lock":
            shutil.copy(path, copy)
    again = open_sessions(Session.open(copy / "fox.talpose.json", shared_engine))
    assert again.revision == session.revision
    assert again.project.labels == session.project.labels
    assert again.recovery.n_replayed == 4


def test_a_second_window_is_refused_or_reads_only(session, shared_engine, open_sessions):
    with pytest.raises(ProjectLockedError) as caught:
        Session.open(session.path, shared_engine)
    assert "process" in caught.value.message
    assert "only be read" in caught.value.hint
    second = open_sessions(Session.open(session.path, shared_engine, read_only=True))
    assert second.project == session.project
    assert second.save_state.state == "read_only"
    with pytest.raises(ProjectError, match="read-only"):
        second.apply("Set label", set_label(NOSE, 0, 1.0, 2.0))
    second.set_view({"zoom": 2.0})
    second.save()


def test_view_settings_are_kept_without_history(session, shared_engine, open_sessions):
    session.set_view({"zoom": 1.5, "theme": "dark", "tail": None})
    assert session.undo_title == "Set label"
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.view == {"zoom": 1.5, "theme": "dark", "tail": None}


def test_save_writes_the_snapshot(session):
    session.save()
    assert '"frame_idx":20' in session.path.read_text()


def test_another_programs_version_is_kept_when_saving(session):
    heard = Recorder(session)
    session.path.write_text("{}")
    session.save()
    (notice,) = heard.of(Noticed)
    assert "fox.talpose.conflict-1.json" in notice.hint
    assert session.path.with_name("fox.talpose.conflict-1.json").read_text() == "{}"
    assert '"frame_idx":20' in session.path.read_text()


def test_a_deleted_journal_is_written_anew(session, shared_engine, open_sessions):
    heard = Recorder(session)
    session.path.with_name("fox.talpose.journal").unlink()
    session.apply("Move label", set_label(NOSE, 0, 1.5, 2.5))
    assert len(heard.of(Noticed)) == 1
    project = session.project
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.project == project
    for _ in range(5):
        again.undo()


def test_a_removed_folder_refuses_the_edit_and_says_so(video, shared_engine, open_sessions, tmp_path):
    folder = tmp_path / "drive"
    folder.mkdir()
    session = open_sessions(Session.create(folder / "a.talpose.json", video, shared_engine))
    heard = Recorder(session)
    away = folder.rename(tmp_path / "unplugged")
    with pytest.raises(ProjectError) as caught:
        session.apply("Add", ChangeIndividuals((Individual(1, "one"),)))
    assert "folder is gone" in caught.value.hint
    assert session.project.individuals[0].name == "individual_1"
    assert session.revision == 0
    assert heard.of(SaveChanged)[-1].state.state == "error"
    away.rename(folder)
    assert session.apply("Add", ChangeIndividuals((Individual(1, "one"),))) == 1
    assert session.save_state.state == "saved"


def test_a_missing_video_is_named(session, video, shared_engine, open_sessions):
    session.close()
    video.unlink()
    again = open_sessions(Session.open(session.path, shared_engine))
    with pytest.raises(VideoError, match=r"fox\.mp4 is missing"):
        _ = again.reader


def test_another_video_under_the_same_name_is_refused(session, video, shared_engine, open_sessions):
    session.close()
    encode(video, Recipe("shorter", n_frames=30))
    again = open_sessions(Session.open(session.path, shared_engine))
    with pytest.raises(VideoError, match="not the video the labels were made on"):
        _ = again.reader


def test_a_video_encoded_anew_is_noticed(session, video, shared_engine, open_sessions):
    session.close()
    encode(video, Recipe("again", n_frames=40, gop=5))
    again = open_sessions(Session.open(session.path, shared_engine))
    (notice,) = again.notices()
    assert "encoded anew" in notice.message


def test_no_run_starts_on_a_video_replaced_meanwhile(session, video):
    assert session.reader.info.n_frames == N_FRAMES
    encode(video, Recipe("again", n_frames=40, gop=5))
    with pytest.raises(VideoError, match="replaced while it was open"):
        session.start_run(RunOptions(RunKind.TRACK, "fake"))
    assert session.run is None


def test_a_run_on_a_video_encoded_anew_goes_by_what_the_file_holds(session, video, open_sessions):
    session.close()
    encode(video, Recipe("again", n_frames=40, gop=5))
    engine = ScriptedEngine()
    again = open_sessions(Session.open(session.path, engine))
    assert again.reader.info.fingerprint != again.project.video.fingerprint
    again.start_run(RunOptions(RunKind.TRACK))
    assert engine.job.request.fingerprint == again.reader.info.fingerprint


def test_project_and_video_move_together(session, video, shared_engine, open_sessions, tmp_path):
    session.close()
    new_home = tmp_path / "elsewhere"
    new_home.mkdir()
    for path in tmp_path.glob("fox.*"):
        path.rename(new_home / path.name)
    again = open_sessions(Session.open(new_home / "fox.talpose.json", shared_engine))
    assert again.project.video.path == str(new_home / "fox.mp4")


def test_a_moved_video_can_be_pointed_at_and_that_is_no_step(session, video, shared_engine, open_sessions):
    revision, title = session.revision, session.undo_title
    moved = video.rename(video.with_name("renamed.mp4"))
    session.relocate_video(moved)
    assert session.reader.info.path == session.project.video.path == str(moved)
    assert session.notices() == []
    assert (session.revision, session.undo_title) == (revision, title)
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.stored_place == again.reader.info.path == str(moved)
    assert again.notices() == []


@pytest.mark.parametrize("accept", [False, True])
def test_no_undo_or_redo_shows_another_video_than_the_one_pointed_at(session, video, accept):
    other = video.with_name("other.mp4")
    encode(other, Recipe("other", n_frames=40, gop=5))
    session.relocate_video(other, accept=accept)
    last = video.rename(video.with_name("last.mp4"))
    session.relocate_video(last)
    n_steps = session.revision
    for step in [session.undo] * n_steps + [session.redo] * n_steps:
        step()
        assert session.project.video.path == session.reader.info.path == str(last)


def test_no_video_is_pointed_at_during_a_run(session, video, open_sessions):
    session.close()
    engine = ScriptedEngine()
    again = open_sessions(Session.open(session.path, engine))
    moved = Path(shutil.copy(video, video.with_name("moved.mp4")))
    again.start_run(RunOptions(RunKind.TRACK))
    before = again.project
    with pytest.raises(UsageError, match="under way"):
        again.relocate_video(moved)
    assert again.project is before
    assert again.reader.info.path == str(video)
    engine.finish()
    again.relocate_video(moved)
    assert again.reader.info.path == str(moved)


def stamped_label(session, frame_idx):
    label = Label(NOSE, frame_idx, 3.0, 4.0, time_s=session.reader.index.time_s(frame_idx))
    return ChangeLabels((LabelChange(NOSE, frame_idx, label),))


def test_another_content_that_is_pointed_at_is_told_at_every_opening_until_it_is_accepted(
    session, video, shared_engine, open_sessions
):
    session.apply("Set label", stamped_label(session, 30))
    before = session.project
    anew = video.with_name("anew.mp4")
    encode(anew, Recipe("anew", n_frames=40, gop=5))
    session.relocate_video(anew)
    (notice,) = session.notices()
    assert (notice.level, "its content differs" in notice.message) == ("warning", True)
    assert session.project.labels is before.labels
    for _ in range(2):
        session.close()
        session = open_sessions(Session.open(session.path, shared_engine))
        assert session.notices() == [notice]
    session.relocate_video(anew, accept=True)
    assert (session.notices(), session.undo_title) == ([], "Accept video")
    assert session.project.video == session.reader.info
    session.undo()
    assert session.notices() == [notice]
    assert session.project.video == replace(before.video, path=str(anew))


def test_a_video_of_other_times_that_is_pointed_at_is_told_at_every_opening(
    session, video, shared_engine, open_sessions
):
    session.apply("Set label", stamped_label(session, 30))
    late = video.with_name("late.mp4")
    encode(late, Recipe("late", n_frames=40, pts=lambda idx: idx + (idx > 20)))
    session.relocate_video(late)
    (notice,) = session.notices()
    assert (notice.level, "late.mp4 was replaced" in notice.message) == ("error", True)
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.notices() == [notice]
    assert again.reader.info.path == str(late)
    with pytest.raises(VideoError, match="cannot be accepted"):
        again.relocate_video(late, accept=True)
    assert again.notices() == [notice]


def test_what_cannot_be_the_video_is_not_pointed_at(session, video, tmp_path):
    other = tmp_path / "other.mp4"
    encode(other, Recipe("other", n_frames=30))
    before, revision = session.project, session.revision
    with pytest.raises(VideoError, match="30 frames"):
        session.relocate_video(other)
    assert (session.project, session.revision) == (before, revision)
    assert session.reader.info.path == str(video)


def test_a_video_carried_beside_the_project_is_found_told_and_remembered(
    session, shared_engine, open_sessions, tmp_path
):
    away = tmp_path / "away"
    away.mkdir()
    session.relocate_video(Path(shutil.copy(session.project.video.path, away / "wolf.mp4")))
    session.close()
    (away / "wolf.mp4").rename(tmp_path / "wolf.mp4")
    looked = open_sessions(Session.open(session.path, shared_engine, read_only=True))
    (notice,) = looked.notices()
    assert (notice.level, "found beside the project" in notice.message) == ("info", True)
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.notices() == [notice]
    assert again.reader.info.path == again.project.video.path == str(tmp_path / "wolf.mp4")
    assert (again.revision, again.project.labels) == (session.revision, session.project.labels)
    again.close()
    assert open_sessions(Session.open(session.path, shared_engine)).notices() == []


def test_a_filter_is_one_step_and_survives_a_restart(session, shared_engine, open_sessions):
    spiked = straight_track(N_FRAMES, 0, N_FRAMES)
    positions = spiked.positions.copy()
    positions[30] += 50
    spiked = replace(spiked, positions=positions)
    session.apply("Import", ChangeTracks(((TAIL, spiked),)))
    before = session.project
    previewed = session.preview_filter(FilterOptions("outliers"))
    assert session.project is before
    filtered = session.apply_filter(FilterOptions("outliers"))
    assert filtered.is_changed.nonzero()[0].tolist() == previewed.is_changed.nonzero()[0].tolist() == [30]
    after, revision = session.project, session.revision
    assert after.labels is before.labels
    session.apply_filter(FilterOptions("gaps"))
    assert session.revision == revision
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert again.project == after
    assert again.undo_title == "Filter: Reject outliers"
    again.undo()
    assert again.project == before


def test_closing_twice_is_harmless_and_a_closed_session_takes_nothing(session):
    session.close()
    session.close()
    with pytest.raises(ProjectError, match="closed"):
        session.apply("Set label", set_label(NOSE, 0, 1.0, 2.0))


def shown_bits(session):
    track = session.project.tracks[NOSE]
    return track.positions.tobytes(), track.visibility.tobytes(), track.confidence.tobytes()


def test_a_label_bends_its_track_and_undo_brings_back_both_bit_for_bit(session, shared_engine, open_sessions):
    session.apply("Import", ChangeTracks(((NOSE, straight_track(N_FRAMES, 0, N_FRAMES)),)))
    before, states = session.project, [shown_bits(session)]
    for number in range(3):
        session.apply("Move label", set_label(NOSE, 8, 30.0 + number, 40.1))
        states.append(shown_bits(session))
    assert len(set(states)) == 4
    assert session.project.tracks[NOSE].positions[8].tolist() == np.float32([32.0, 40.1]).tolist()
    assert (session.project.tracks[NOSE].positions[9] > before.tracks[NOSE].positions[9]).all()
    session.close()
    again = open_sessions(Session.open(session.path, shared_engine))
    assert shown_bits(again) == states[3]
    for state in states[2::-1]:
        again.undo()
        assert shown_bits(again) == state
    assert again.project.labels == before.labels


def test_ten_nudges_bend_as_one_drag_does(session):
    session.apply("Import", ChangeTracks(((NOSE, straight_track(N_FRAMES, 0, N_FRAMES)),)))
    for number in range(10):
        session.apply("Move label", set_label(NOSE, 8, 20.0 + number, 40.0))
    nudged = shown_bits(session)
    session.apply("Delete label", ChangeLabels((LabelChange(NOSE, 8, None),)))
    session.apply("Move label", set_label(NOSE, 8, 29.0, 40.0))
    assert shown_bits(session) == nudged


def test_a_label_costs_the_journal_no_track(session):
    session.apply("Import", ChangeTracks(((NOSE, straight_track(N_FRAMES, 0, N_FRAMES)),)))
    journal = session.path.with_name("fox.talpose.journal")
    before = journal.stat().st_size
    session.apply("Move label", set_label(NOSE, 8, 30.0, 40.0))
    assert journal.stat().st_size - before < 1000


def test_a_filter_goes_on_from_what_is_shown_and_takes_the_bend_in(session):
    session.apply("Import", ChangeTracks(((NOSE, straight_track(N_FRAMES, 0, N_FRAMES)),)))
    session.apply("Move label", set_label(NOSE, 8, 30.0, 40.0))
    shown = session.project.tracks[NOSE]
    filtered = session.apply_filter(FilterOptions("savgol", {"window": 5}, span=(9, 12)))
    assert np.flatnonzero(filtered.is_changed).tolist() == [9, 10, 11]
    outside = [*range(9), *range(12, N_FRAMES)]
    after = session.project.tracks[NOSE]
    np.testing.assert_array_equal(after.positions[outside], shown.positions[outside])
    np.testing.assert_array_equal(after.positions[9:12], filtered.positions[9:12, 0])
    session.undo()
    assert session.project.tracks[NOSE] == shown
