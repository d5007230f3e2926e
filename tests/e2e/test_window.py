"""The real window on a screen of its own: it opens, its page connects, it closes, and nothing is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.window, pytest.mark.slow]

#: Qt, Chromium and a cold disk on a busy machine.
PATIENCE_S = 120

#: The app as it is, but it tells when the page in its window has said hello.
PROGRAM = """
import sys, threading
from pathlib import Path
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.run import RunKind
from talpose_app.session.run_options import RunOptions
from talpose_app.session.workspace import Workspace
from talpose_app.window import launch
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.sessions import set_label

def start_run(session):
    session.apply("Add", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    session.apply("Label", set_label(session.project.points()[0], 0, 10.0, 10.0))
    session.start_run(RunOptions(RunKind.TRACK))

class TellingService(launch.Service):
    def __init__(self, *parts):
        super().__init__(*parts)
        threading.Thread(target=self.tell, daemon=True).start()

    def tell(self):
        print("connected" if self.hub.wait_for_page(100) else "nobody came", self._dialogs.mode, flush=True)

if __name__ == "__main__":
    launch.Service = TellingService
    workspace = Workspace(ScriptedEngine())
    if "run" in sys.argv:
        workspace.subscribe(lambda event: start_run(event.session) if hasattr(event, "session") else None)
    code = launch.run_app(workspace, launch.LaunchOptions(path=Path(sys.argv[1])))
    workspace.close()
    print("closed", workspace.session, flush=True)
    sys.exit(code)
"""


class OpenWindow:
    """The app in a process of its own, with its window on the screen."""

    def __init__(self, video: Path, display: str, *arguments: str) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("QT", "WAYLAND"))}
        self.display = display
        self.program = video.with_name("program.py")
        self.program.write_text(PROGRAM)
        self.process = subprocess.Popen(
            [sys.executable, str(self.program), str(video), *arguments],
            env={**environ, "DISPLAY": display, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def x(self, *command: str) -> str:
        """Ask the X server by xdotool."""
        environ = {**os.environ, "DISPLAY": self.display}
        return subprocess.check_output(
            ["xdotool", *command], env=environ, text=True, timeout=PATIENCE_S
        ).strip()

    def icon_size(self, number: str) -> str:
        """What the window manager is told of a window's icon."""
        environ = {**os.environ, "DISPLAY": self.display}
        wanted = ["-notype", "-f", "_NET_WM_ICON", "32c", "=$0x$1", "_NET_WM_ICON"]
        return subprocess.check_output(
            ["xprop", "-id", number, *wanted], env=environ, text=True, timeout=PATIENCE_S
        ).strip()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def open_window(walk):
    """Open windows; those still open after the test are ended."""
    opened = []

    def start(display, *arguments):
        opened.append(OpenWindow(walk, display, *arguments))
        return opened[-1]

    yield start
    for window in opened:
        window.end()


def _ends_cleanly(window, close):
    assert window.line() == "connected window"
    children = psutil.Process(window.process.pid).children(recursive=True)
    assert any("QtWebEngine" in child.name() for child in children)
    close()
    assert window.line() == "closed None"
    out, err = window.process.communicate(timeout=PATIENCE_S)
    assert (window.process.returncode, out, err) == (0, "", "")
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []


def test_window_opens_connects_and_is_closed_by_the_user(open_window, desktop):
    window = open_window(desktop)

    def close():
        number = window.x("search", "--sync", "--onlyvisible", "--name", "walk - TALPose").splitlines()[-1]
        assert window.icon_size(number) == "_NET_WM_ICON=256x256"
        window.x("windowfocus", "--sync", number, "key", "alt+F4")

    _ends_cleanly(window, close)


def test_window_is_closed_by_a_signal(open_window, display):
    window = open_window(display)
    _ends_cleanly(window, lambda: window.process.send_signal(signal.SIGTERM))


def _windows(window, least):
    """The app's windows on the screen, once there are so many."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = window.x("search", "--onlyvisible", "--name", "walk - TALPose").split()
        if len(found) >= least:
            return found
        time.sleep(0.2)
    raise AssertionError(least)


def _press(window, number, key):
    window.x("windowfocus", "--sync", number, "key", key)


def _asked(window):
    """The window, and the question that it asks when the user closes it."""
    (main,) = _windows(window, 1)
    _press(window, main, "alt+F4")
    (question,) = set(_windows(window, 2)) - {main}
    return main, question


def test_closing_during_a_run_asks_first(open_window, desktop):
    window = open_window(desktop, "run")

    def close():
        _, question = _asked(window)
        _press(window, question, "Return")  # No, unless the user says otherwise.
        while len(_windows(window, 1)) > 1:
            time.sleep(0.2)
        _, question = _asked(window)
        _press(window, question, "alt+y")

    _ends_cleanly(window, close)


def test_a_signal_closes_the_window_though_it_is_asking(open_window, desktop):
    window = open_window(desktop, "run")

    def close():
        _asked(window)
        window.process.send_signal(signal.SIGTERM)

    _ends_cleanly(window, close)


DROP = """
import sys
from PySide6 import QtCore, QtGui, QtWidgets
from talpose_app.window.drops import watch_drops

app = QtWidgets.QApplication([])
view = QtWidgets.QWidget()
view.setAcceptDrops(True)
got = []
watcher = watch_drops(view, got.append)
data = QtCore.QMimeData()
data.setUrls([QtCore.QUrl.fromLocalFile(sys.argv[1])])
copy, left, none = QtCore.Qt.CopyAction, QtCore.Qt.LeftButton, QtCore.Qt.NoModifier
enter = QtGui.QDragEnterEvent(QtCore.QPoint(5, 5), copy, data, left, none)
drop = QtGui.QDropEvent(QtCore.QPointF(5, 5), copy, data, left, none)
for event in (enter, drop):
    app.sendEvent(view, event)
print(got[0], enter.isAccepted(), drop.isAccepted(), len(got))
"""


def test_a_dropped_file_arrives_with_its_path(tmp_path):
    video = tmp_path / "a b č.mp4"
    video.touch()
    done = subprocess.run(
        [sys.executable, "-c", DROP, str(video)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert done.stdout.strip() == f"{video} True True 1"
