"""Whether the window would open, found out in a child process: a failing Qt takes its process with it."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path

from talpose_app.window.environment import display_answers, has_display, prepare_environment
from talpose_app.window.requirements import install_hint

#: A cold start of the page engine on a slow, busy machine.
_TIMEOUT_S = 30
_OK = 0
_NO_IMPORT = 11
_NO_RENDER = 12
#: How long the child waits for its empty page.
_RENDER_TIMEOUT_MS = 20_000


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What came out.

    Attributes:
        is_ok: The window will open.
        reason: Why not, in one sentence; empty if it will.
        hint: What to do about it; may be empty.
    """

    is_ok: bool
    reason: str = ""
    hint: str = ""


class Probe:
    """One attempt, started early and asked later, so that other work can be done meanwhile."""

    def __init__(self) -> None:
        self._child: SpawnProcess | None = None
        self._noise = Path(tempfile.mkstemp(prefix="talpose-probe-")[1])

    def start(self) -> None:
        """Start the attempt; returns at once."""
        if not display_answers(os.environ):
            return
        prepare_environment()
        child = SpawnProcess(target=attempt, args=(str(self._noise),), name="window probe", daemon=True)
        child.start()
        self._child = child

    def result(self) -> ProbeResult:
        """Wait for the attempt to end and say what came out."""
        if self._child is None:
            self._noise.unlink(missing_ok=True)
            return ProbeResult(is_ok=False, reason=_without_display())
        self._child.join(_TIMEOUT_S)
        code = self._child.exitcode
        if code is None:
            self._child.kill()
            self._child.join()
        noise = self._noise.read_text(encoding="utf-8", errors="replace")
        self._noise.unlink(missing_ok=True)
        return explain(code, noise)


def probe_window() -> ProbeResult:
    """Try the window; when Chromium's sandbox is what fails, try once more without it.

    Some systems forbid the sandbox to ordinary programs. The window only ever shows the app's own page,
    so that going without is no way in for anybody. The variable stays set for the real window.
    """
    probe = Probe()
    probe.start()
    return settle(probe)


def settle(probe: Probe) -> ProbeResult:
    """The result of a started probe, with the second attempt if the first one calls for it."""
    result = probe.result()
    may_help = display_answers(os.environ) and "QTWEBENGINE_DISABLE_SANDBOX" not in os.environ
    if result.is_ok or result.hint or not may_help:
        return result
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    second = Probe()
    second.start()
    return second.result()


def explain(code: int | None, noise: str) -> ProbeResult:
    """Put an exit code and what Qt printed into words.

    Args:
        code: Of the child; negative for the signal that ended it, None if it never ended.
        noise: What it wrote to stderr.
    """
    if code == _OK:
        return ProbeResult(is_ok=True)
    last = next((line.strip() for line in reversed(noise.splitlines()) if line.strip()), "")
    if code is None:
        reason = f"It did not open within {_TIMEOUT_S} seconds."
    elif code == _NO_IMPORT:
        reason = f"A library is missing ({last})." if last else "A library is missing."
    elif code == _NO_RENDER:
        reason = "The page engine does not draw."
    elif "could not connect to display" in noise:
        return ProbeResult(is_ok=False, reason=_without_display())
    else:
        reason = "The window system refuses it."
    return ProbeResult(is_ok=False, reason=reason, hint=install_hint())


def _without_display() -> str:
    if not has_display(os.environ):
        return "There is no display."
    return f"The display {os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')} does not answer."


def attempt(noise_path: str) -> None:
    """Open an invisible page and leave with the exit code. Runs in the child process."""
    noise = os.open(noise_path, os.O_WRONLY | os.O_TRUNC)
    os.dup2(noise, 1)
    os.dup2(noise, 2)
    try:
        from PySide6 import QtCore, QtWidgets  # noqa: PLC0415  the child alone loads Qt
        from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: PLC0415
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(_NO_IMPORT)
    app = QtWidgets.QApplication(["talpose-probe"])
    view = QWebEngineView()

    def leave(is_loaded: bool) -> None:  # noqa: FBT001  Qt passes it
        app.exit(_OK if is_loaded else _NO_RENDER)

    view.loadFinished.connect(leave)
    QtCore.QTimer.singleShot(_RENDER_TIMEOUT_MS, lambda: app.exit(_NO_RENDER))
    view.setHtml("<p>probe</p>")
    code = app.exec()
    # Qt's own end of the program may still fail; what matters is known already.
    os._exit(code)
