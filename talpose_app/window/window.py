"""The real window: pywebview on the main thread."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from talpose_app.paths import web_dir
from talpose_app.window.drops import OnDrop, watch_drops

if TYPE_CHECKING:
    import webview

_SIZE = (1280, 800)
_MIN_SIZE = (800, 560)
#: Shown until the page has painted; the page's own dark ground.
_BACKGROUND = "#16181d"
#: For title and task bars; systems that take it from the program ignore it.
_ICON = web_dir() / "icons" / "mark.png"
#: How long a wish to close may take to be heard, seconds.
_CLOSING_S = 0.5
#: Asked, with two buttons, when the window is to be closed during a run.
_ASKED_DURING_A_RUN = (
    "A run is under way. It ends with TALPose; its best tracks so far are kept. Close TALPose?"
)


class AppWindow:
    """One window that shows one address. Made and shown on the main thread.

    Args:
        title: Of the window.
        url: What it shows.
        on_drop: Gets files dropped on it.
        is_busy: Whether a run is under way: then the user is asked before the window closes.
    """

    def __init__(self, title: str, url: str, on_drop: OnDrop, is_busy: Callable[[], bool]) -> None:
        import webview

        _quiet_pywebview()
        webview.settings["ALLOW_FILE_URLS"] = False
        window = webview.create_window(
            title,
            url,
            width=_SIZE[0],
            height=_SIZE[1],
            min_size=_MIN_SIZE,
            background_color=_BACKGROUND,
            text_select=True,
        )
        assert window is not None
        self.native: webview.Window = window
        self._start = webview.start
        self._on_drop, self._is_busy = on_drop, is_busy
        self._is_ending = False
        self._watcher: object = None
        window.events.before_show += self._before_show
        window.events.closing += self._before_closing

    def run(self) -> None:
        """Show the window; returns when it is closed, by the user or by SIGINT or SIGTERM."""
        previous = signal.signal(signal.SIGTERM, self._on_terminate)
        try:
            self._start(
                gui="qt" if sys.platform.startswith("linux") else None,
                private_mode=True,
                icon=str(_ICON),
                localization={"global.quitConfirmation": _ASKED_DURING_A_RUN},
            )
        finally:
            signal.signal(signal.SIGTERM, previous)

    def close(self) -> None:
        """Close the window without asking, from any other thread; an open question counts as answered."""
        self._is_ending = True
        self.native.destroy()
        # While the question is open Qt takes no second wish to close: it is repeated until it counts.
        while not self.native.events.closed.wait(_CLOSING_S):
            self.native.destroy()

    def set_title(self, title: str) -> None:
        """Change the title, from any other thread."""
        self.native.set_title(title)

    def _before_show(self) -> None:
        """Runs on the main thread, where Qt wants its filters to be made."""
        view = getattr(self.native.native, "webview", None)
        if view is not None and sys.platform.startswith("linux"):
            _leave_page_alone()
            self._watcher = watch_drops(view, self._on_drop)

    def _before_closing(self) -> None:
        """Runs on the main thread; pywebview reads next whether to ask."""
        self.native.confirm_close = not self._is_ending and self._is_busy()

    def _on_terminate(self, signum: int, frame: FrameType | None) -> None:
        """Close as if the user did; not from here, because this runs on the window's own thread."""
        del signum, frame
        _put_question_away()
        threading.Thread(target=self.close, name="close", daemon=True).start()


def _put_question_away() -> None:
    """Answer an open question of Qt's as if the user had put it away; on the window's own thread."""
    if sys.platform.startswith("linux"):
        from PySide6 import QtWidgets  # noqa: PLC0415  only once the window is there

        question = QtWidgets.QApplication.activeModalWidget()
        if isinstance(question, QtWidgets.QDialog):
            question.done(0)


def _leave_page_alone() -> None:
    """Keep pywebview from putting its script bridge into the page.

    The page speaks to the server and needs no way into Python. The thread that would put it there waits
    for an answer of the page, for ever if the window is closed meanwhile, and the process with it.
    """
    from webview.platforms import qt

    qt.inject_pywebview = _inject_nothing  # pyright: ignore[reportPrivateImportUsage]  nothing else turns it off


def _inject_nothing(renderer: str, window: object) -> None:
    """Stands where pywebview would inject its bridge."""
    del renderer, window


def _quiet_pywebview() -> None:
    """Send pywebview's messages to our log instead of its own handler on stderr."""
    logger = logging.getLogger("pywebview")
    logger.handlers.clear()
    logger.setLevel(logging.WARNING)
