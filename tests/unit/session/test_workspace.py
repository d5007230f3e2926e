"""Opening one project after another, from a project, a video or the sample."""

import shutil
from pathlib import Path

import pytest

from talpose_app.errors import ProjectLockedError, ProjectVideoError, UsageError, VideoError
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.label import PointId
from talpose_app.model.run import RunKind
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from talpose_app.session.workspace import (
    SAMPLE_VIDEO,
    SessionClosed,
    SessionOpened,
    VideoWanted,
    WantedVideo,
    Workspace,
)
from talpose_app.store.disk_errors import NotWritableError
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import set_label
from tests.fixtures.videos import Recipe, encode


@pytest.fixture
def workspace(shared_engine):
    made = Workspace(shared_engine)
    made.heard = []
    made.subscribe(made.heard.append)
    yield made
    made.close()


def test_a_video_makes_its_project_and_finds_it_again(workspace, video):
    session = workspace.open(video)
    assert session.path == video.with_name("fox.talpose.json")
    assert workspace.session is session
    workspace.close()
    assert workspace.session is None
    assert workspace.open(video).path == session.path
    assert [type(event) for event in workspace.heard] == [SessionOpened, SessionClosed, SessionOpened]


def test_opening_another_closes_the_first(workspace, video, tmp_path):
    first = workspace.open(video)
    second = workspace.open(shutil.copy(video, tmp_path / "hen.mp4"))
    assert workspace.session is second
    Session.open(first.path, None).close()
    assert [recent.name for recent in workspace.recent()] == ["hen", "fox"]


def test_opening_what_is_open_already_keeps_it(workspace, video):
    session = workspace.open(video)
    assert workspace.open(session.path) is session


def test_opening_again_checks_a_video_replaced_meanwhile(workspace, video):
    session = workspace.open(video)
    told = []
    workspace.subscribe(told.append)
    encode(video, Recipe("again", n_frames=40, gop=5))
    with pytest.raises(VideoError, match="replaced while it was open"):
        session.reader.frame(0)
    assert workspace.open(video) is session
    assert session.reader.frame(0).shape[2] == 3
    (opened,) = told
    assert "encoded anew" in opened.notices[0].message
    encode(video, Recipe("shorter", n_frames=30))
    with pytest.raises(VideoError, match="30 frames"):
        workspace.open(video)
    assert workspace.session is session


def test_a_failure_leaves_the_open_project_open(workspace, video, tmp_path):
    session = workspace.open(video)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    with pytest.raises(VideoError):
        workspace.open(bad)
    with pytest.raises(UsageError, match="no file"):
        workspace.open(tmp_path / "missing.mp4")
    assert workspace.session is session
    assert not (tmp_path / "bad.talpose.json").exists()


def test_a_project_open_elsewhere_is_shown_read_only_and_can_be_taken_over(workspace, session):
    mine = workspace.open(session.path)
    assert mine.is_read_only
    (notice,) = workspace.heard[-1].notices
    assert "open already" in notice.message
    with pytest.raises(ProjectLockedError):
        workspace.take_over()
    assert workspace.session is mine
    session.apply("Set label", set_label(NOSE, 3, 1.0, 2.0))
    session.close()
    taken = workspace.take_over()
    assert not taken.is_read_only
    assert taken.project.label(NOSE, 3).x == 1.0
    assert workspace.take_over() is taken


def test_a_project_where_the_user_may_not_write_is_shown_read_only(workspace, session, monkeypatch):
    session.close()

    def forbidden(path):
        raise NotWritableError(f"{path} cannot be written.")

    monkeypatch.setattr("talpose_app.store.store.ProjectLock.acquire", forbidden)
    assert workspace.open(session.path).is_read_only
    (notice,) = workspace.heard[-1].notices
    assert "copy it" in notice.hint


def test_there_is_nothing_to_take_over_at_the_start(workspace):
    with pytest.raises(UsageError, match="No project is open"):
        workspace.take_over()


def test_what_was_damaged_is_told_at_opening(workspace, session):
    session.close()
    session.path.write_text("damaged")
    workspace.open(session.path)
    (notice,) = workspace.heard[-1].notices
    assert notice.level == "warning"
    assert "recovered from" in notice.message


@pytest.mark.parametrize("opens_video", [True, False])
def test_a_lost_project_file_is_recovered_rather_than_begun_anew(workspace, video, opens_video):
    session = workspace.open(video)
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    session.save()
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("tail")))
    workspace.close()
    session.path.unlink()
    again = workspace.open(video if opens_video else session.path)
    assert [k.name for k in again.project.skeleton.keypoints] == ["nose", "tail"]
    assert "recovered" in workspace.heard[-1].notices[0].message


def test_a_link_to_what_is_open_already_keeps_it(workspace, video, tmp_path):
    session = workspace.open(video)
    link = tmp_path / "link.talpose.json"
    link.symlink_to(session.path)
    assert workspace.open(link) is session


def test_the_sample_is_the_users_own_project(workspace, tiny_video, tmp_path, monkeypatch, talpose_home):
    monkeypatch.setattr("talpose_app.paths.sample_videos_dir", lambda: tmp_path)
    with pytest.raises(UsageError, match="sample video"):
        workspace.open_sample()
    shutil.copy(tiny_video, tmp_path / SAMPLE_VIDEO)
    session = workspace.open_sample()
    assert session.path == talpose_home / "state" / "projects" / "walking_fox.talpose.json"
    assert session.project.video.path == str(tmp_path / SAMPLE_VIDEO)


def test_the_sample_is_found_where_the_program_is_now(workspace, tiny_video, tmp_path, monkeypatch):
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
        monkeypatch.setattr("talpose_app.paths.sample_videos_dir", lambda place=place: place)
        shutil.copy(tiny_video, place / SAMPLE_VIDEO)
        workspace.open_sample()
        workspace.close()
        (place / SAMPLE_VIDEO).unlink()
    shutil.copy(tiny_video, places[1] / SAMPLE_VIDEO)
    session = workspace.open_sample()
    assert session.reader.info.path == str(places[1] / SAMPLE_VIDEO)
    assert session.notices() == []


@pytest.fixture
def moved(workspace, video, tmp_path):
    """A closed project and its video, which lies in another folder under another name now."""
    project = workspace.open(video).path
    workspace.close()
    folder = tmp_path / "videos"
    folder.mkdir()
    return project, video.rename(folder / "renamed.mp4")


def _ask(workspace, project):
    with pytest.raises(ProjectVideoError):
        workspace.open(project)


def test_a_project_waits_for_its_video_and_is_opened_with_it(workspace, moved, video):
    project, renamed = moved
    _ask(workspace, project)
    reason = "The project's video fox.mp4 is missing."
    assert workspace.wanted == WantedVideo(project, video, reason)
    assert workspace.heard[-1] == VideoWanted(workspace.wanted)
    session = workspace.find_video(project, renamed)
    assert workspace.session is session
    assert session.project.video.path == str(renamed)
    assert session.undo_title is None
    assert workspace.heard[-2:] == [VideoWanted(None), SessionOpened(session)]
    workspace.close()
    assert workspace.open(project).reader.info.path == str(renamed)


def test_a_file_that_is_not_the_video_leaves_the_project_waiting(workspace, moved, tmp_path):
    project, _ = moved
    _ask(workspace, project)
    wanted = workspace.wanted
    encode(tmp_path / "other.mp4", Recipe("other", n_frames=7))
    (tmp_path / "none.mp4").write_text("no video")
    for name in ("other.mp4", "none.mp4", "nothing.mp4"):
        with pytest.raises(VideoError):
            workspace.find_video(project, tmp_path / name)
        assert workspace.wanted is wanted
    assert workspace.session is None
    Session.open(project, None).close()


def test_whoever_gives_up_leaves_what_is_open(workspace, moved, tiny_video, tmp_path):
    project, renamed = moved
    session = workspace.open(shutil.copy(tiny_video, tmp_path / "hen.mp4"))
    _ask(workspace, project)
    workspace.give_up_video(project)
    assert workspace.wanted is None
    assert workspace.session is session
    workspace.give_up_video(project)
    assert workspace.heard[-1] == VideoWanted(None)
    with pytest.raises(UsageError, match="No project waits"):
        workspace.find_video(project, renamed)


def test_a_file_chosen_for_one_project_is_not_taken_for_another(workspace, moved, tiny_video, tmp_path):
    project, renamed = moved
    hen = Path(shutil.copy(tiny_video, tmp_path / "hen.mp4"))
    other = workspace.open(hen).path
    workspace.close()
    hen.unlink()
    _ask(workspace, project)
    _ask(workspace, other)
    wanted = workspace.wanted
    with pytest.raises(UsageError, match=r"fox\.talpose\.json does not wait .* hen\.talpose\.json does"):
        workspace.find_video(project, renamed)
    with pytest.raises(UsageError, match="does not wait"):
        workspace.give_up_video(project)
    assert (workspace.wanted, workspace.session) == (wanted, None)
    workspace.give_up_video(other)
    assert workspace.wanted is None


def test_an_open_project_is_given_no_other_video_during_a_run(video, tmp_path):
    engine = ScriptedEngine()
    workspace = Workspace(engine)
    session = workspace.open(video)
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    session.apply(
        "Set label", set_label(PointId(1, session.project.skeleton.keypoints[0].keypoint_id), 3, 1.0, 2.0)
    )
    right = Path(shutil.copy(video, tmp_path / "right.mp4"))
    session.start_run(RunOptions(RunKind.TRACK))
    encode(video, Recipe("shorter", n_frames=30))
    _ask(workspace, session.path)
    with pytest.raises(UsageError, match="under way"):
        workspace.find_video(session.path, right)
    assert workspace.wanted is not None
    engine.finish()
    assert workspace.find_video(session.path, right).reader.info.path == str(right)
    workspace.close()


def test_opening_another_project_gives_up_too(workspace, moved, tiny_video, tmp_path):
    _ask(workspace, moved[0])
    workspace.open(shutil.copy(tiny_video, tmp_path / "hen.mp4"))
    assert workspace.wanted is None


def test_a_video_that_is_not_the_labels_can_be_answered_by_another(workspace, moved, video):
    project, renamed = moved
    encode(video, Recipe("shorter", n_frames=30))
    _ask(workspace, project)
    assert "is not the video the labels were made on" in workspace.wanted.reason
    assert workspace.find_video(project, renamed).notices() == []


def test_an_open_project_whose_video_became_another_is_given_the_right_one(workspace, video, tmp_path):
    session = workspace.open(video)
    right = tmp_path / "right.mp4"
    shutil.copy(video, right)
    encode(video, Recipe("shorter", n_frames=30))
    _ask(workspace, session.path)
    assert workspace.find_video(session.path, right) is session
    assert session.reader.info.path == str(right)
    assert session.undo_title is None


def test_a_project_open_elsewhere_is_shown_with_the_video_that_was_found(workspace, session, video, tmp_path):
    renamed = video.rename(tmp_path / "renamed.mp4")
    encode(tmp_path / "other.mp4", Recipe("other", n_frames=7))
    _ask(workspace, session.path)
    with pytest.raises(VideoError) as caught:
        workspace.find_video(session.path, tmp_path / "other.mp4")
    assert "relink" not in caught.value.hint
    shown = workspace.find_video(session.path, renamed)
    assert shown.is_read_only
    assert shown.reader.info.path == str(renamed)
    session.close()
    with pytest.raises(ProjectVideoError):
        workspace.take_over()
    assert not workspace.find_video(session.path, renamed).is_read_only
