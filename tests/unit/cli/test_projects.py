from contextlib import ExitStack

import pytest

from talpose_app.cli import projects
from talpose_app.cli.projects import create_project, find_individual, find_points, open_project
from talpose_app.errors import ProjectLockedError, TalposeError
from talpose_app.model.label import PointId
from tests.fixtures.videos import Recipe, encode


def test_a_project_is_released_when_the_block_ends(small_project):
    with open_project(small_project):
        pass
    with open_project(small_project) as session:
        assert not session.is_read_only


def test_a_project_is_released_after_an_error(small_project):
    with pytest.raises(ZeroDivisionError), open_project(small_project):
        _ = 1 / 0
    with open_project(small_project):
        pass


def test_two_writers_are_not_let_in(small_project, monkeypatch):
    monkeypatch.setattr(projects, "_LOCK_TIMEOUT_S", 0.0)
    with open_project(small_project), pytest.raises(TalposeError), open_project(small_project):
        pass


def test_a_command_waits_for_the_one_before_it_and_says_so(small_project, monkeypatch, capsys):
    monkeypatch.setattr(projects, "_SILENT_S", 0.0)
    with ExitStack() as holder:
        holder.enter_context(open_project(small_project))
        # The other command ends while this one waits.
        monkeypatch.setattr(projects.time, "sleep", lambda _: holder.close())
        with open_project(small_project) as session:
            assert not session.is_read_only
    said = capsys.readouterr().err
    assert said.startswith("talpose: waiting: The project is open already")
    assert said.count("\n") == 1


@pytest.fixture
def commands(small_project, small_truth, tmp_path):
    """Every kind of command that opens a project."""
    names = ("--format", "talpose-labels")
    return [
        ("export", small_project, "--format", "json", "-o", tmp_path / "out.json", "--json"),
        ("label", small_project, "--keypoint", "left", "--frame", 1, "--absent", "--json"),
        ("import", small_truth, *names, "--project", small_project, "--json"),
        ("track", small_project, "--json"),
        ("filter", small_project, "--method", "median", "--json"),
        ("evaluate", small_project, "--truth", small_truth, "--json"),
        ("refine", small_project, "--steps", 1, "--json"),
    ]


def test_a_damaged_file_is_told_by_whatever_command_opens_it(talpose, commands, small_project):
    whole = small_project.read_bytes()
    for command in commands:
        small_project.write_bytes(whole[: len(whole) // 2])
        ran = talpose(*command)
        assert ran.err.count("recovered from squares.talpose.backup-1.json") == 1, command[0]
        assert all(isinstance(line, dict) for line in ran.lines)


def test_a_video_that_was_encoded_anew_is_told_by_every_command(talpose, commands, small_clip):
    with small_clip.open("ab") as stream:
        stream.write(bytes(64))
    for command in commands:
        ran = talpose(*command).done()
        assert ran.err.count("its content differs") == 1, command[0]
        assert all(isinstance(line, dict) for line in ran.lines)


def test_another_video_is_told_where_it_does_not_matter_and_refused_where_it_does(
    talpose, commands, small_clip
):
    talpose("track", commands[0][1]).done()
    encode(small_clip, Recipe(n_frames=9))
    for command in commands:
        ran = talpose(*command)
        assert "is not the video the labels were made on" in ran.err
        assert ran.err.count("\n") == 1
        assert ran.code == (0 if command[0] in ("export", "filter", "evaluate") else 1), command[0]


def test_a_lost_project_file_is_made_again_from_what_is_left(talpose, small_project, tmp_path):
    talpose("label", small_project, "--keypoint", "left", "--frame", 1, "--at", 1, 2).done()
    small_project.unlink()
    ran = talpose("label", small_project, "--keypoint", "left", "--frame", 2, "--at", 1, 2).done()
    assert "squares.talpose.json is missing" in ran.err
    assert "recovered" in ran.err
    assert small_project.is_file()
    with open_project(small_project) as session:
        assert {1, 2} <= set(session.project.keyframes())
    out = tmp_path / "out.csv"
    assert talpose("export", small_project, "--format", "csv", "-o", out).done().err == ""


def test_a_link_leads_to_the_project_itself(talpose, small_project, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "linked.talpose.json"
    link.symlink_to(small_project)
    talpose("label", link, "--keypoint", "left", "--frame", 1, "--at", 1, 2).done()
    assert link.is_symlink()
    assert list(folder.iterdir()) == [link]
    monkeypatch.setattr(projects, "_LOCK_TIMEOUT_S", 0.0)
    with open_project(small_project) as session:
        assert 1 in session.project.keyframes()
        with pytest.raises(ProjectLockedError), open_project(link):
            pass


def test_nothing_is_made_in_a_folder_that_is_not_there(tmp_path, small_clip):
    with (
        pytest.raises(TalposeError, match=r"folder .*nodir does not exist"),
        create_project(tmp_path / "nodir" / "p.talpose.json", small_clip),
    ):
        pass


def test_nothing_is_made_for_a_missing_video(tmp_path):
    with (
        pytest.raises(TalposeError, match="There is no video"),
        create_project(tmp_path / "p", tmp_path / "v"),
    ):
        pass


def test_names_lead_to_individuals_and_points(labeled_project):
    assert find_individual(labeled_project, None).name == "individual_1"
    assert find_individual(labeled_project, "individual_1").individual_id == 1
    with pytest.raises(TalposeError, match="individual_1"):
        find_individual(labeled_project, "cub")
    assert find_points(labeled_project, ("nose", "nose")) == (PointId(1, 1),)
    assert find_points(labeled_project, None) is None


def test_hints_name_only_what_a_command_can_do(talpose, small_project, small_clip, monkeypatch):
    monkeypatch.setattr(projects, "_LOCK_TIMEOUT_S", 0.0)
    place = ("label", small_project, "--keypoint", "left", "--frame", 1, "--absent")
    with open_project(small_project):
        assert "read-only" not in talpose(*place).err
    small_clip.unlink()
    said = talpose("track", small_project).err
    assert f"Put the file back at {small_clip}, or say where it is: talpose relink PROJECT VIDEO" in said


def test_a_video_found_beside_the_project_is_told_once_and_used(talpose, small_project, small_clip, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    talpose("relink", small_project, small_clip.rename(away / "moved.mp4")).done()
    (away / "moved.mp4").rename(tmp_path / "moved.mp4")
    first = talpose("track", small_project, "--json").done()
    assert first.err.count("was found beside the project") == 1
    assert talpose("track", small_project, "--json").done().err == ""
