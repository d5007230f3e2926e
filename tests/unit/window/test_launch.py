"""Which way the app is shown, and what the user is told. The pieces are real, windows and browsers not."""

import os
import signal
import threading
import urllib.request
from contextlib import contextmanager, nullcontext

import pytest

from talpose_app.errors import TalposeError
from talpose_app.paths import user_state_dir
from talpose_app.server.serve import listen, port_of
from talpose_app.session.workspace import Workspace
from talpose_app.window import launch
from talpose_app.window.ending import ended_by_signals
from talpose_app.window.launch import LaunchOptions, run_app
from talpose_app.window.probe import ProbeResult
from talpose_app.window.trust import Trust
from tests.fixtures.clients import PATIENCE_S, ScriptedEngine


@pytest.fixture(autouse=True)
def root_logger():
    """The root logger as it was, after the test."""
    import logging

    root, own = logging.getLogger(), logging.getLogger("talpose_app")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


@pytest.fixture
def workspace():
    opened = Workspace(ScriptedEngine())
    yield opened
    opened.close()


class _Recorder:
    """Stands where the user's browser would be: notes the address and does what the test says."""

    def __init__(self):
        self.address = ""
        self.does = lambda: None

    def __call__(self, address):
        self.address = address
        self.does()


def _end():
    os.kill(os.getpid(), signal.SIGTERM)


def test_serving_only_prints_one_line_with_an_address_that_works(workspace, capsys, monkeypatch):
    fetched = []

    class Waiting(threading.Event):
        """The moment in which the program would wait for its end."""

        def wait(self, timeout=None):
            line = capsys.readouterr().out
            assert line.startswith("talpose: serving at http://127.0.0.1:")
            assert line.count("\n") == 1
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with opener.open(line.split(" at ")[1].strip()) as answer:
                fetched.append(answer.read())
            return True

    monkeypatch.setattr(launch, "ended_by_signals", lambda wake: nullcontext(Waiting()))
    assert run_app(workspace, LaunchOptions(mode="none")) == 0
    assert b"<html" in fetched[0].lower()
    assert capsys.readouterr() == ("", "")


@contextmanager
def _signalled(wake):
    """A program that is told to end as soon as it serves."""
    with ended_by_signals(wake) as ended:
        _end()
        yield ended


def test_a_signal_ends_serving(workspace, monkeypatch):
    monkeypatch.setattr(launch, "ended_by_signals", _signalled)
    assert run_app(workspace, LaunchOptions(mode="none")) == 0


def test_a_path_is_opened_first_and_a_bad_one_starts_nothing(workspace, walk, tmp_path, capsys, monkeypatch):
    with pytest.raises(TalposeError):
        run_app(workspace, LaunchOptions(mode="none", path=tmp_path / "missing.mp4"))
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(launch, "ended_by_signals", _signalled)
    run_app(workspace, LaunchOptions(mode="none", path=walk))
    assert workspace.session.path == walk.with_name("walk.talpose.json")


def test_a_taken_port_is_said(workspace):
    with listen(0) as taken, pytest.raises(TalposeError, match="cannot be used"):
        run_app(workspace, LaunchOptions(mode="none", port=port_of(taken)))


@pytest.fixture
def browser(monkeypatch):
    recorder = _Recorder()
    monkeypatch.setattr(launch, "open_default_browser", recorder)
    monkeypatch.setattr(launch, "has_display", lambda environ: True)
    return recorder


def test_a_browser_that_does_not_come_is_said_and_serving_goes_on(workspace, browser, capsys, monkeypatch):
    monkeypatch.setattr(launch, "_BROWSER_TIMEOUT_S", 0.0)
    browser.does = _end
    assert run_app(workspace, LaunchOptions(mode="browser")) == 0
    out, err = capsys.readouterr()
    assert browser.address in out
    assert "No browser has opened the page" in err


def test_browser_mode_ends_when_the_page_is_gone(workspace, browser, monkeypatch):
    from websockets.sync.client import connect

    from talpose_app.protocol import messages as m
    from tests.fixtures.clients import PageClient

    monkeypatch.setattr(launch, "_DESERTED_S", 0.0)

    def visit():
        address, token = browser.address.split("/?token=")
        port = address.rsplit(":", 1)[1]
        headers = {"Cookie": f"talpose_{port}={token}"}
        with connect(f"ws://127.0.0.1:{port}/socket", additional_headers=headers) as socket:
            PageClient(socket).request(m.Done, m.Hello, version=m.VERSION)

    browser.does = lambda: threading.Thread(target=visit, daemon=True).start()
    assert run_app(workspace, LaunchOptions(mode="browser")) == 0


class _Probe:
    def start(self):
        pass


def test_a_window_that_cannot_open_says_why_and_falls_back(workspace, browser, capsys, monkeypatch):
    result = ProbeResult(is_ok=False, reason="A library is missing (libEGL.so.1).", hint="Install it: apt")
    monkeypatch.setattr(launch, "Probe", _Probe)
    monkeypatch.setattr(launch, "settle", lambda probe: result)
    monkeypatch.setattr(launch, "find_app_browser", lambda: None)
    monkeypatch.setattr(launch, "_BROWSER_TIMEOUT_S", 0.0)
    browser.does = _end
    assert run_app(workspace, LaunchOptions()) == 0
    err = capsys.readouterr().err
    assert "talpose: The window cannot open. A library is missing (libEGL.so.1). Install it: apt" in err
    assert "shown in a browser instead" in err


class _AppBrowser:
    made = None

    def __init__(self, program, address):
        self.closed = threading.Event()
        _AppBrowser.made = self

    def wait(self):
        self.closed.wait(PATIENCE_S)

    def close(self):
        self.closed.set()


def test_an_app_browser_that_does_not_connect_is_closed_again(workspace, browser, monkeypatch):
    monkeypatch.setattr(launch, "Probe", _Probe)
    monkeypatch.setattr(launch, "settle", lambda probe: ProbeResult(is_ok=False, reason="No."))
    monkeypatch.setattr(launch, "find_app_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(launch, "AppBrowser", _AppBrowser)
    monkeypatch.setattr(launch, "_BROWSER_TIMEOUT_S", 0.0)
    browser.does = _end
    assert run_app(workspace, LaunchOptions()) == 0
    assert _AppBrowser.made.closed.is_set()
    assert browser.address


class _Window:
    """A window that is closed as soon as a project has been opened in it."""

    native = None

    def __init__(self, title, address, on_drop, is_busy):
        assert not is_busy()
        self.titles = [title]
        self.on_drop = on_drop
        _Window.made = self

    def set_title(self, title):
        self.titles.append(title)

    def run(self):
        opened = threading.Event()
        self.set_title = lambda title: (self.titles.append(title), opened.set())
        self.on_drop(self.dropped)
        assert opened.wait(PATIENCE_S)


def test_a_file_dropped_on_the_window_is_opened_and_named_in_its_title(workspace, walk, monkeypatch):
    monkeypatch.setattr(launch, "AppWindow", _Window)
    _Window.dropped = walk
    assert run_app(workspace, LaunchOptions(use_probe=False)) == 0
    assert _Window.made.titles == ["TALPose", "walk - TALPose"]


def test_a_window_that_opened_before_is_not_tried_first(workspace, walk, monkeypatch):
    tried = []
    monkeypatch.setattr(launch, "AppWindow", _Window)
    monkeypatch.setattr(launch, "display_answers", lambda environ: True)
    monkeypatch.setattr(launch, "settle", lambda probe: tried.append(probe) or ProbeResult(is_ok=True))
    monkeypatch.setattr(launch, "Probe", _Probe)
    # Each start is a process of its own: it finds the environment as the first one did.
    monkeypatch.setattr(launch, "prepare_environment", lambda: None)
    _Window.dropped = walk
    note = Trust(user_state_dir() / "window_opened", os.environ)
    run_app(workspace, LaunchOptions())
    assert len(tried) == 1
    workspace.close()
    note.confirm()
    run_app(workspace, LaunchOptions())
    assert len(tried) == 1
    workspace.close()
    assert not note.holds(), "no page came this time"
    run_app(workspace, LaunchOptions())
    assert len(tried) == 2


def test_a_project_without_its_video_is_served_all_the_same_and_asks(workspace, walk, capsys, monkeypatch):
    project = workspace.open(walk).path
    workspace.close()
    walk.rename(walk.with_name("renamed.mp4"))
    monkeypatch.setattr(launch, "ended_by_signals", lambda wake: nullcontext(_set()))
    assert run_app(workspace, LaunchOptions(mode="none", path=project)) == 0
    assert workspace.wanted is not None
    captured = capsys.readouterr()
    assert captured.out.startswith("talpose: serving at ")
    assert captured.err == "talpose: The project's video walk.mp4 is missing. The page asks where it is.\n"


def _set():
    event = threading.Event()
    event.set()
    return event
