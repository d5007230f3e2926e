"""Where a video's project lies."""

import json

import pytest

from talpose_app import paths
from talpose_app.session.places import project_place, user_projects_dir


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "run.mp4"
    path.touch()
    return path


def test_beside_the_video(video):
    assert project_place(video) == video.with_name("run.talpose.json")


@pytest.mark.parametrize("named", ["run.mp4", "../moved/run.mp4"])
def test_an_existing_project_of_the_video_is_taken(video, named):
    place = video.with_name("run.talpose.json")
    place.write_text(json.dumps({"video": {"path": named, "absolute_path": "/elsewhere/run.mp4"}}))
    assert project_place(video) == place


def test_the_project_of_another_video_of_the_same_stem_is_not_taken(video):
    place = video.with_name("run.talpose.json")
    place.write_text(
        json.dumps({"video": {"path": "run.avi", "absolute_path": str(video.with_suffix(".avi"))}})
    )
    assert project_place(video) == video.with_name("run.mp4.talpose.json")


def test_a_damaged_project_is_taken_so_that_opening_it_tells(video):
    place = video.with_name("run.talpose.json")
    place.write_text("damaged")
    assert project_place(video) == place


def test_in_the_users_folder_where_the_videos_cannot_be_written(video, monkeypatch):
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    place = project_place(video)
    assert place.parent == user_projects_dir() == paths.user_state_dir() / "projects"
    assert place.name.startswith("run-")
    other = video.parent / "other"
    other.mkdir()
    assert project_place(other / "run.mp4") != place
