"""The program in processes of its own: exit codes, pipes, Ctrl+C, and what it loads."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from talpose_app.cli.projects import open_project
from tests.fixtures.command_line import ROOT, spawn_talpose, start_talpose
from tests.fixtures.line_worker import STEP_WAIT


def test_exit_codes(small_project, tmp_path):
    assert spawn_talpose("export", small_project, "--format", "csv", "-o", tmp_path / "a.csv").code == 0
    assert spawn_talpose("track", tmp_path / "no.talpose.json").code == 1
    assert spawn_talpose("track", small_project, "--device", "abacus").code == 2


def test_a_pipe_gets_json_only(small_project):
    ran = spawn_talpose("refine", small_project, "--steps", 3, "--json").done()
    assert [line["step"] for line in ran.lines] == [1, 2, 3]
    assert ran.err == ""


def test_lines_arrive_while_the_run_goes_on(small_project):
    process = start_talpose("refine", small_project, "--steps", 1000, "--json", env={STEP_WAIT: "0.05"})
    assert json.loads(process.stdout.readline())["step"] == 1
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupting_keeps_what_is_whole(small_project, name):
    if not hasattr(signal, name):
        pytest.skip(f"this system has no {name}")
    number = getattr(signal, name)
    process = start_talpose("refine", small_project, "--steps", 1000, "--json", env={STEP_WAIT: "0.02"})
    process.stdout.readline()
    process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "stopped" in err
    assert ("interrupted" if name == "SIGINT" else name) in err
    assert "Traceback" not in err
    with open_project(small_project, read_only=True) as session:
        (run,) = session.project.runs
        assert 2 <= len(run.losses) < 1000
        assert len(session.project.tracks) == 2


def test_a_closed_pipe_ends_the_run_quietly_and_keeps_it(small_project):
    process = start_talpose("refine", small_project, "--steps", 1000, "--json", env={STEP_WAIT: "0.02"})
    with process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert process.returncode == 141
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    with open_project(small_project, read_only=True) as session:
        assert len(session.project.tracks) == 2


def test_a_closing_terminal_takes_neither_run_nor_output_streams_down(small_project):
    """SIGHUP reaches the engine too, a second signal follows, and stderr takes nothing any more."""
    process = start_talpose(
        "refine", small_project, "--steps", 1000, "--json",
        env={STEP_WAIT: "0.02"}, start_new_session=True,
    )  # fmt: skip
    with process:
        process.stdout.readline()
        process.stderr.close()
        os.killpg(process.pid, signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        process.stdout.read()
        process.wait(timeout=60)
    assert process.returncode == 128 + signal.SIGHUP
    with open_project(small_project, read_only=True) as session:
        assert len(session.project.tracks) == 2


def test_a_full_device_is_told_in_one_line(small_project, tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    words = ("export", small_project, "--format", "csv", "-o", tmp_path / "out.csv")
    with full.open("w") as device:
        process = start_talpose(*words, stdout=device)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert err == "talpose: error: The output could not be written: No space left on device.\n"
        process = start_talpose("track", tmp_path / "none", stderr=device)
        process.communicate(timeout=60)
        assert process.returncode == 1


_INTERRUPTED = (
    "import os, signal, sys\n"
    "class Finder:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name == 'click':\n"
    "            os.kill(os.getpid(), signal.SIGINT)\n"
    "sys.meta_path.insert(0, Finder())\n"
    "sys.argv = ['talpose', '--version']\n"
    "from talpose_app.__main__ import main\n"
    "main()\n"
)


def test_an_interruption_while_modules_are_loaded_leaves_no_traceback():
    ran = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (ran.returncode, ran.stdout) == (130, "")
    assert ran.stderr == "talpose: interrupted.\n"


def test_a_failing_engine_is_one_line(small_project):
    ran = spawn_talpose("track", small_project, "--tracker", "broken")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "talpose: error: The tracker is broken. Choose another.\n"


def test_an_engine_that_cannot_start_is_one_line_and_its_traceback_is_for_debug(small_project):
    ran = spawn_talpose("track", small_project, worker="tests.fixtures.nowhere:serve")
    assert ran.code == 1
    assert ran.err.startswith("talpose: error: ")
    assert ran.err.count("\n") == 1
    ran = spawn_talpose("track", small_project, "--debug", worker="tests.fixtures.nowhere:serve")
    assert "ModuleNotFoundError" in ran.err
    assert "Traceback" in ran.err


def test_export_to_stdout_can_be_piped(small_project):
    process = start_talpose("export", small_project, "--format", "csv", "-o", "/dev/stdout")
    out, _ = process.communicate(timeout=60)
    assert out.splitlines()[0] == "frame,individual,keypoint,x,y,visibility,confidence,source"


_LOADED = (
    "import json, sys\n"
    "from talpose_app.cli.app import run\n"
    "code = run(json.loads(sys.argv[1]))\n"
    "sys.stderr.write(json.dumps([code, sorted(sys.modules)]))\n"
)


def _loaded_by(*words):
    program = [sys.executable, "-c", _LOADED, json.dumps([str(word) for word in words])]
    ran = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=True)
    code, modules = json.loads(ran.stderr[ran.stderr.index("[") :])
    assert code == 0
    return set(modules)


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["track", "--help"],
        ["label", "{project}", "--keypoint", "left", "--frame", "2", "--at", "1", "2"],
        ["export", "{project}", "--format", "csv", "-o", "{project}.csv"],
        ["models", "list"],
    ],
    ids=lambda words: words[0],
)
def test_torch_and_cv2_are_not_loaded(words, small_project):
    modules = _loaded_by(*(word.format(project=small_project) for word in words))
    assert not {"torch", "cv2", "webview", "starlette"} & modules


def test_new_does_not_load_torch(small_clip):
    assert "torch" not in _loaded_by("new", small_clip)


def test_help_loads_nothing_heavy():
    assert not {"numpy", "av", "msgspec", "multiprocessing.pool"} & _loaded_by("--help")
