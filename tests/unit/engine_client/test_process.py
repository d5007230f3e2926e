"""One life of the engine process."""

import queue

import pytest

from talpose_app.engine_client.process import EngineProcess
from talpose_app.tracking.engine_messages import EngineReady, Shutdown

PATIENCE_S = 30


@pytest.fixture
def start():
    """Starts processes that say what they hear into ``queue``; ended after the test."""
    started = []

    def make(worker):
        heard = queue.SimpleQueue()
        process = EngineProcess(worker, heard.put, lambda _process, reason: heard.put(reason))
        started.append(process)
        return process, heard

    yield make
    for process in started:
        process.close(0.0)


def test_a_process_that_is_killed_says_how(start):
    process, heard = start("tests.fixtures.engines:serve")
    assert isinstance(heard.get(timeout=PATIENCE_S), EngineReady)
    process.kill()
    assert heard.get(timeout=PATIENCE_S) == "The engine was ended by the system (SIGKILL)."


def test_a_worker_that_does_not_exist_says_so(start):
    _, heard = start("tests.fixtures.engines:no_such_worker")
    assert "no_such_worker" in heard.get(timeout=PATIENCE_S)


def test_a_process_that_ends_by_itself_is_noticed(start):
    process, heard = start("tests.fixtures.engines:serve")
    heard.get(timeout=PATIENCE_S)
    process.send(Shutdown())
    assert "exit code 0" in heard.get(timeout=PATIENCE_S)


def test_closing_is_no_death(start):
    process, heard = start("tests.fixtures.engines:serve")
    heard.get(timeout=PATIENCE_S)
    process.close(PATIENCE_S)
    assert heard.empty()


def test_a_crash_in_native_code_leaves_its_stack_and_a_line_in_the_log(start, talpose_home, caplog):
    _, heard = start("tests.unit.engine_client.test_process:crash")
    reason = heard.get(timeout=PATIENCE_S)
    assert reason == "The engine was ended by the system (SIGSEGV)."
    assert reason in caplog.text
    stack = (talpose_home / "state" / "log" / "engine-crash.log").read_text()
    assert "Segmentation fault" in stack
    assert "in crash" in stack


def crash(connection):
    """Serves as an engine: native code reads where there is nothing."""
    import ctypes

    ctypes.string_at(0)
