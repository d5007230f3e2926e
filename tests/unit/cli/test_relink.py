from dataclasses import replace

import pytest

from talpose_app.cli.projects import open_project
from tests.fixtures.videos import Recipe, encode


@pytest.fixture
def moved(small_project, small_clip, tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    return small_clip.rename(folder / "renamed.mp4")


def _state(path):
    with open_project(path, read_only=True, video="replaced") as session:
        return session.project, session.undo_title


def test_a_moved_video_is_linked_again_and_that_is_no_step(talpose, small_project, small_clip, moved):
    before, title = _state(small_project)
    ran = talpose("relink", small_project, moved, "--json").done()
    (did,) = ran.lines
    assert did == {
        "video": str(moved), "before": str(small_clip), "is_same_file": True, "is_changed": True,
        "is_accepted": False, "revision": 1,
    }  # fmt: skip
    assert ran.err == ""
    after = _state(small_project)
    assert after == (replace(before, video=replace(before.video, path=str(moved))), title)
    talpose("track", small_project).done()


def test_what_it_did_is_said_in_words(talpose, small_project, small_clip, moved):
    said = talpose("relink", small_project, moved).done().out
    assert said == f"squares.talpose.json now uses {moved}; before it was {small_clip}.\n"
    said = talpose("relink", small_project, moved).done().out
    assert said == f"squares.talpose.json uses {moved} already; nothing was changed.\n"


def test_a_video_found_by_itself_is_not_called_unchanged(talpose, small_project, small_clip, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    there = small_clip.rename(away / "clip.mp4")
    talpose("relink", small_project, there).done()
    found = there.rename(tmp_path / "clip.mp4")
    said = talpose("relink", small_project, found).done().out
    assert said == (
        f"squares.talpose.json uses {found}: it was found there, and that is stored now; "
        f"before it was {there}.\n"
    )
    assert "nothing was changed" in talpose("relink", small_project, found).done().out


OTHER = "renamed.mp4 is not the file that the labels were made on: its content differs."


def test_another_content_is_told_every_time_until_it_is_accepted(talpose, small_project, small_clip, moved):
    with moved.open("ab") as stream:
        stream.write(bytes(64))
    ran = talpose("relink", small_project, moved, "--json").done()
    assert ran.err.count(OTHER) == 1
    assert ran.lines[0]["is_same_file"] is False
    for _ in range(2):
        assert talpose("track", small_project).done().err.count(OTHER) == 1
    ran = talpose("relink", small_project, moved, "--accept").done()
    assert ran.err == ""
    assert ran.out == (
        f"squares.talpose.json uses {moved} already. Its content is that of the labels' video from now on.\n"
    )
    assert OTHER not in talpose("track", small_project).done().err


def test_what_is_accepted_can_be_undone(talpose, small_project, moved):
    before, _ = _state(small_project)
    with moved.open("ab") as stream:
        stream.write(bytes(64))
    (did,) = talpose("relink", small_project, moved, "--accept", "--json").done().lines
    assert (did["is_changed"], did["is_accepted"], did["is_same_file"]) == (True, True, False)
    with open_project(small_project) as session:
        assert session.undo_title == "Accept video"
        session.undo()
        assert session.project.video == replace(before.video, path=str(moved))


@pytest.mark.parametrize("is_missing", [True, False])
def test_what_cannot_be_the_video_is_refused_with_a_way_out(
    talpose, small_project, small_clip, moved, tmp_path, is_missing
):
    before = _state(small_project)
    other = tmp_path / "other.mp4"
    encode(other, Recipe(n_frames=9))
    if not is_missing:
        encode(small_clip, Recipe(n_frames=9))
    ran = talpose("relink", small_project, other)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "other.mp4 is not the video the labels were made on: it has 9 frames" in ran.err
    assert "Choose the file the labels were made on." in ran.err
    assert "There is no video" in talpose("relink", small_project, tmp_path / "no.mp4").err
    assert "There is no project" in talpose("relink", tmp_path / "no.talpose.json", moved).err
    assert _state(small_project) == before
