import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from talpose_app.errors import ProjectVideoError, VideoError
from talpose_app.model.edits import ChangeLabels, LabelChange
from talpose_app.model.label import Label
from talpose_app.session.project_video import (
    check_acceptable,
    find_moved_video,
    notice_of_moved_video,
    notice_of_replaced_video,
    open_project_video,
    open_video_like,
)
from talpose_app.session.session import Session
from tests.fixtures.projects import NOSE
from tests.fixtures.videos import Recipe, encode


def stamped(session, frame_idx):
    time_s = session.reader.index.time_s(frame_idx)
    label = Label(NOSE, frame_idx, 3.0, 4.0, time_s=time_s)
    return ChangeLabels((LabelChange(NOSE, frame_idx, label),))


@pytest.fixture
def reopened(session, shared_engine, open_sessions):
    """Gives the project opened again after the video was made anew."""

    def reopen(video, recipe):
        session.apply("Set label", stamped(session, 30))
        session.apply("Set label", stamped(session, 0))
        session.close()
        encode(video, recipe)
        return open_sessions(Session.open(session.path, shared_engine))

    return reopen


def test_the_labels_own_video_needs_no_word(session):
    session.apply("Set label", stamped(session, 30))
    assert notice_of_replaced_video(session.project, session.reader) is None


def test_a_video_encoded_anew_with_the_same_times_is_a_warning(reopened, video):
    again = reopened(video, Recipe(n_frames=40, gop=5))
    notice = notice_of_replaced_video(again.project, again.reader)
    assert notice.level == "warning"
    assert notice.message == (
        "fox.mp4 is not the file that the labels were made on: its content differs. It is the same recording "
        "encoded anew, or another one of the same length. "
        "Its frames have the times of all 2 labels, as any at this rate would."
    )
    assert "talpose relink PROJECT VIDEO --accept" in notice.hint
    check_acceptable(again.project, again.reader)


def test_a_video_whose_frames_lie_at_other_times_is_an_error_that_names_the_first(reopened, video):
    again = reopened(video, Recipe(n_frames=40, pts=lambda idx: idx + (idx > 20)))
    notice = notice_of_replaced_video(again.project, again.reader)
    assert notice.level == "error"
    assert "1 of 2 labels" in notice.message
    assert "Frame 30 was at 1.200 s and is now at 1.240 s" in notice.message
    with pytest.raises(VideoError, match="1 of the labels lie on frames of other times"):
        check_acceptable(again.project, again.reader)


def test_a_video_of_another_length_is_refused(reopened, video):
    again = reopened(video, Recipe(n_frames=30))
    with pytest.raises(VideoError, match="30 frames"):
        open_project_video(again.project.video)


def test_what_cannot_be_read_is_not_the_projects_video(session, video):
    session.close()
    video.write_text("no video")
    with pytest.raises(ProjectVideoError) as caught:
        open_project_video(session.project.video)
    assert caught.value.place == video


def test_a_file_that_cannot_be_the_video_is_refused_by_its_own_name(session, tmp_path):
    other = tmp_path / "other.mp4"
    encode(other, Recipe(n_frames=40, size=(64, 64)))
    with pytest.raises(VideoError, match=r"other\.mp4 is not the video .* 64x64") as caught:
        open_video_like(session.project.video, other)
    assert not isinstance(caught.value, ProjectVideoError)


@pytest.fixture
def gone(session, tmp_path):
    """The labels' video as it was in a folder that is not there any more."""
    session.close()
    return replace(session.project.video, path=str(tmp_path / "elsewhere" / "day_1" / "fox.mp4"))


@pytest.mark.parametrize("place", ["fox.mp4", "day_1/fox.mp4", "elsewhere/day_1/fox.mp4"])
def test_a_moved_video_is_found_near_the_project(gone, video, tmp_path, place):
    folder = tmp_path / "project"
    found = folder / place
    found.parent.mkdir(parents=True)
    video.rename(found)
    assert find_moved_video(gone, folder) == found


def test_only_a_file_of_the_same_name_and_content_is_the_moved_video(gone, video, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(video, folder / "renamed.mp4")
    encode(folder / "fox.mp4", Recipe(n_frames=40, gop=5))
    assert find_moved_video(gone, folder) is None


def test_a_video_that_is_where_it_was_is_not_looked_for(session, video, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(video, folder / "fox.mp4")
    assert find_moved_video(session.project.video, folder) is None
    encode(video, Recipe(n_frames=40, gop=5))
    assert find_moved_video(session.project.video, folder) == folder / "fox.mp4"


def test_the_notice_says_where_it_was_and_where_it_is(tmp_path):
    gone, folder = Path("/no/such/fox.mp4"), tmp_path
    beside = notice_of_moved_video(gone, folder / "fox.mp4", folder)
    assert beside.message == (
        "fox.mp4 is no longer at /no/such/fox.mp4; the one that was labeled was found beside the project."
    )
    below = notice_of_moved_video(gone, folder / "day_1" / "fox.mp4", folder)
    assert below.message.endswith("was found in day_1 beside the project.")
    (folder / "other.mp4").write_bytes(b"")
    other = notice_of_moved_video(folder / "other.mp4", folder / "day_1" / "fox.mp4", folder)
    assert other.message.startswith(f"{folder / 'other.mp4'} is another video;")


def test_a_path_of_endless_folders_is_looked_for_in_a_few_places(gone, video, tmp_path):
    deep = replace(gone, path="/" + "a/" * 200_000 + "fox.mp4")
    assert find_moved_video(deep, tmp_path) == video


def test_what_is_no_file_is_not_read(gone, video, tmp_path):
    pipe = tmp_path / "pipe"
    pipe.mkdir()
    os.mkfifo(pipe / "fox.mp4")
    assert find_moved_video(replace(gone, path=str(pipe / "fox.mp4")), tmp_path) == video
