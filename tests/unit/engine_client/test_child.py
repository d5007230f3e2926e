"""The engine process ends when its app does, however that ended."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from talpose_app.engine_client import child
from talpose_app.errors import EngineError

ROOT = Path(__file__).resolve().parents[3]
APP = """
import threading
from talpose_app.engine_client.client import EngineClient

def main():
    client = EngineClient("tests.fixtures.engines:serve")
    client.start()
    assert client.wait_until_ready(30) is not None
    print(client.pid, flush=True)
    threading.Event().wait()

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killing_the_app_ends_the_engine(tmp_path):
    program = tmp_path / "app.py"
    program.write_text(APP)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env=environment
    ) as app:
        engine = psutil.Process(int(app.stdout.readline()))
        app.send_signal(signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        engine.wait(30)
    assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE


class Gone:
    """A pipe whose other end is closed."""

    def send(self, _message):
        raise BrokenPipeError


def test_a_crash_nobody_can_hear_of_is_swallowed():
    child._report(Gone(), RuntimeError("too late"))


def test_a_crash_is_reported_in_one_line():
    sent = []

    class Pipe:
        send = staticmethod(sent.append)

    child._report(Pipe(), ValueError("first line\nsecond line"))
    assert sent[0].reason == "ValueError: first line"


def test_a_crash_in_our_own_words_is_reported_in_them():
    sent = []

    class Pipe:
        send = staticmethod(sent.append)

    child._report(Pipe(), EngineError("the graphics card stopped answering"))
    assert sent[0].reason == "the graphics card stopped answering"
