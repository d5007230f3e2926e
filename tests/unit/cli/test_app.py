import sys

import pytest

from talpose_app.cli import app
from talpose_app.cli.command import PassedOnError
from talpose_app.cli.signals import EndedBySignal
from talpose_app.errors import TalposeError


def test_version_and_help_end_well(talpose):
    from talpose_app import __version__

    assert talpose("--version").out == f"talpose {__version__}\n"
    listed = talpose("--help").done().out
    assert all(f"\n  {name} " in listed for name in app.program.commands)


@pytest.mark.parametrize("name", sorted(app.program.commands))
def test_every_command_has_help(talpose, name):
    out = talpose(name, "--help").done().out
    assert out.startswith(f"Usage: talpose {name}")


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["track"],
        ["track", "p.talpose.json", "--device", "abacus"],
        ["track", "p.talpose.json", "--span", "9"],
        ["label", "p", "--keypoint", "nose", "--frame", "1"],
        ["label", "p", "--keypoint", "nose", "--frame", "1", "--at", "1", "2", "--absent"],
        ["label", "p", "--keypoint", "nose", "--frame", "1", "--occluded", "--absent"],
        ["export", "p", "--format", "abacus", "-o", "x"],
        ["models", "nonsense"],
        ["trak"],
    ],
)
def test_a_wrong_command_line_is_one_line_and_code_two(talpose, words):
    ran = talpose(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("talpose: error: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["track", "no.talpose.json"],
        ["new", "no.mp4"],
        ["no.mp4"],
        ["check", "no.mp4"],
        ["evaluate", "no.talpose.json", "--truth", "no.json"],
        ["import", "no.json", "--format", "talpose-labels", "--project", "no.talpose.json"],
    ],
)
def test_an_error_is_one_line_and_code_one(talpose, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = talpose(*words)
    assert ran.code == 1
    assert ran.err.startswith("talpose: error: ")
    assert ran.err.count("\n") == 1


def test_tracebacks_appear_only_with_debug(talpose):
    assert "Traceback" not in talpose("new", "no.mp4").err
    assert "Traceback" in talpose("new", "no.mp4", "--debug").err
    assert "Traceback" in talpose("--debug", "new", "no.mp4").err


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "talpose: interrupted."),
        (TalposeError("It is\nbroken.", hint="Mend it."), 1, "talpose: error: It is broken. Mend it."),
        (EndedBySignal(15), 143, "talpose: ended by SIGTERM."),
        (PassedOnError(EndedBySignal(1)), 129, "talpose: ended by SIGHUP."),
        (PassedOnError(BrokenPipeError()), 141, ""),
        (OSError(28, "No space left"), 1, "talpose: error: The output could not be written: No space left."),
        (OSError(13, "Permission denied", "/a"), 1, "talpose: error: /a: Permission denied."),
        (ValueError("what"), 1, "talpose: error: unexpected ValueError: what."),
    ],
)
def test_every_error_has_its_code(monkeypatch, capsys, error, code, says):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(app.program, "main", fail)
    assert app.run(["track"]) == code
    assert capsys.readouterr().err.startswith(says)


def test_a_group_alone_shows_its_help_as_help(talpose):
    ran = talpose("models")
    assert ran.code == 2
    assert "error" not in ran.err
    assert "\n  verify" in ran.err


@pytest.mark.parametrize("words", [("export",), ("track",), ("new",), ("check",), ("models", "add"), ()])
def test_a_name_that_is_no_text_is_told(talpose, words):
    ran = talpose(*words, "fox\udcff.mp4", *(("--format", "csv", "-o", "x") if words == ("export",) else ()))
    assert ran.code == 1
    assert "holds bytes that are no text" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_whose_name_is_no_text_is_told(talpose, small_clip, tmp_path, monkeypatch):
    folder = tmp_path / "d\udcff"
    folder.mkdir()
    small_clip.rename(folder / "v.mp4")
    monkeypatch.chdir(folder)
    for words in (("check", "v.mp4", "--json"), ("new", "v.mp4")):
        assert "holds bytes that are no text" in talpose(*words).err
    assert [entry.name for entry in folder.iterdir()] == ["v.mp4"]


def test_a_folder_of_the_programs_own_that_cannot_be_is_told(talpose, small_clip, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("TALPOSE_HOME", str(blocked))
    ran = talpose("models", "list")
    assert ran.code == 1
    assert "TALPOSE_HOME must name a folder" in ran.err
    assert "unexpected" not in ran.err
    assert "unexpected" not in talpose("new", small_clip).err
    assert "unexpected" not in talpose("doctor").err
