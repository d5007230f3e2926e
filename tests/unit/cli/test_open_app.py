import pytest

from talpose_app.errors import TalposeError
from talpose_app.window import launch


@pytest.fixture
def launched(monkeypatch):
    """The options of each launch; none opens anything."""
    calls = []

    def run_app(workspace, options):
        calls.append(options)
        return 0

    monkeypatch.setattr(launch, "run_app", run_app)
    return calls


def test_without_arguments_the_start_screen_opens_in_a_window(talpose, launched):
    talpose().done()
    (options,) = launched
    assert (options.mode, options.path, options.port, options.debug) == ("window", None, 0, False)


def test_options_reach_the_app(talpose, launched, small_clip):
    words = ("--no-window", "--port", 8123, "--device", "cpu", "--tracker", "talpose-small", "--debug")
    talpose(small_clip, *words).done()
    (options,) = launched
    assert (options.mode, options.path, options.port) == ("none", small_clip, 8123)
    assert (options.device, options.tracker, options.debug) == ("cpu", "talpose-small", True)


def test_browser_and_no_window_exclude_each_other(talpose, launched):
    talpose("--browser").done()
    assert launched[0].mode == "browser"
    assert talpose("--browser", "--no-window").code == 2


def test_a_missing_file_is_told_before_anything_starts(talpose, launched):
    ran = talpose("no-such-file.mp4")
    assert ran.code == 1
    assert "no-such-file.mp4" in ran.err
    assert launched == []


def test_a_lost_project_whose_backup_is_there_is_opened(talpose, launched, small_project):
    small_project.unlink()
    talpose(small_project).done()
    assert launched[0].path == small_project


def test_the_apps_exit_code_and_errors_are_passed_on(talpose, monkeypatch):
    monkeypatch.setattr(launch, "run_app", lambda workspace, options: 3)
    assert talpose().code == 3

    def fail(workspace, options):
        raise TalposeError("The port is taken.", hint="Choose another.")

    monkeypatch.setattr(launch, "run_app", fail)
    assert talpose().err == "talpose: error: The port is taken. Choose another.\n"
