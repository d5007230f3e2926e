"""The window's wiring to pywebview; that it really opens is shown in tests/e2e."""

import logging
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import webview
import webview.platforms

from talpose_app.window import window as module
from talpose_app.window.window import AppWindow


def ignore(path):
    """Files that are dropped are none of these tests' business."""


def idle():
    """No run is under way."""
    return False


@pytest.fixture
def started(monkeypatch):
    """What pywebview was started with; the loop ends at once."""
    calls = []
    monkeypatch.setattr(webview, "start", lambda **options: calls.append(options))
    yield calls
    webview.windows.clear()


def test_it_shows_the_address_with_qt_and_keeps_nothing(started, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    window = AppWindow("walk - TALPose", "http://127.0.0.1:1/?token=t", ignore, idle)
    window.run()
    assert (window.native.title, window.native.original_url) == (
        "walk - TALPose",
        "http://127.0.0.1:1/?token=t",
    )
    icon = started[0].pop("icon")
    assert Path(icon).read_bytes().startswith(b"\x89PNG")
    (words,) = started[0].pop("localization").values()
    assert "run is under way" in words
    assert started == [{"gui": "qt", "private_mode": True}]


def test_pages_cannot_read_files_and_messages_go_to_the_log(started):
    AppWindow("t", "http://127.0.0.1:1/", ignore, idle)
    assert webview.settings["ALLOW_FILE_URLS"] is False
    assert logging.getLogger("pywebview").handlers == []


def test_the_page_gets_no_bridge_into_python(started, monkeypatch):
    """What pywebview would inject waits for the page for ever when the window is closed meanwhile."""
    platform = SimpleNamespace(inject_pywebview=None)
    monkeypatch.setitem(sys.modules, "webview.platforms.qt", platform)
    monkeypatch.setattr(webview.platforms, "qt", platform, raising=False)
    monkeypatch.setattr(module, "watch_drops", lambda view, on_drop: None)
    monkeypatch.setattr("sys.platform", "linux")
    window = AppWindow("t", "http://127.0.0.1:1/", ignore, idle)
    window.native.native = SimpleNamespace(webview=object())
    window._before_show()
    assert platform.inject_pywebview("qtwebengine", window.native) is None


def test_sigterm_closes_the_window_and_is_given_back(started, monkeypatch):
    window = AppWindow("t", "http://127.0.0.1:1/", ignore, idle)
    closed = threading.Event()
    monkeypatch.setattr(window, "close", closed.set)

    def loop(**options):
        handler = signal.getsignal(signal.SIGTERM)
        assert callable(handler)
        handler(signal.SIGTERM, None)

    monkeypatch.setattr(window, "_start", loop)
    before = signal.getsignal(signal.SIGTERM)
    window.run()
    assert signal.getsignal(signal.SIGTERM) is before
    assert closed.wait(10)


def test_closing_during_a_run_is_asked_about_and_otherwise_not(started):
    is_busy = True
    window = AppWindow("t", "http://127.0.0.1:1/", ignore, lambda: is_busy)
    assert window.native.events.closing.set() is not True
    assert window.native.confirm_close is True
    is_busy = False
    window.native.events.closing.set()
    assert window.native.confirm_close is False


def test_a_signal_closes_without_asking(started, monkeypatch):
    window = AppWindow("t", "http://127.0.0.1:1/", ignore, lambda: True)
    monkeypatch.setattr(module, "_CLOSING_S", 0.01)
    wishes = []

    def destroy():
        """The first wish is not heard: the question is open."""
        window.native.events.closing.set()
        wishes.append(window.native.confirm_close)
        if len(wishes) > 1:
            window.native.events.closed.set()

    monkeypatch.setattr(window.native, "destroy", destroy)
    window.close()
    assert wishes == [False, False]
