import multiprocessing
import threading

import pytest

from talpose_app.engine import worker
from talpose_app.engine.worker import serve
from talpose_app.tracking.engine_messages import (
    AmendLabels,
    EngineReady,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    JobUpdate,
    PauseJob,
    ResumeJob,
    Shutdown,
    StartJob,
    StopJob,
)
from talpose_app.tracking.tracker import RefineOptions
from tests.fixtures.moving import every, request, table

pytestmark = pytest.mark.engine


class App:
    """The app's end of the pipe; the engine serves in a thread."""

    def __init__(self):
        self.pipe, theirs = multiprocessing.Pipe()
        self.thread = threading.Thread(target=serve, args=(theirs,))
        self.thread.start()
        self.ready = self.receive()

    def receive(self):
        assert self.pipe.poll(60), "the engine says nothing"
        return self.pipe.recv()

    def until(self, *kinds):
        while not isinstance(event := self.receive(), kinds):
            assert not isinstance(event, JobFailed), event
        return event

    def close(self):
        self.pipe.send(Shutdown())
        self.thread.join(60)


@pytest.fixture
def app():
    app = App()
    yield app
    app.close()
    assert not app.thread.is_alive()


@pytest.fixture
def asked(moving_video, tiny_checkpoint):
    return request(moving_video, table(every(8)), tracker=str(tiny_checkpoint), device="cpu")


def test_it_says_when_it_is_ready(app):
    assert isinstance(app.ready, EngineReady)


def test_a_tracking_job_from_start_to_end(app, asked):
    app.pipe.send(StartJob(1, asked))
    started = app.until(JobStarted)
    assert (started.job_id, started.tracker, started.device) == (1, asked.tracker, "cpu")
    assert app.until(JobUpdate).update.step == 0
    assert app.until(JobUpdate).update.step == 1
    assert app.until(JobFinished) == JobFinished(1, was_stopped=False)


def test_jobs_run_one_after_another(app, asked):
    app.pipe.send(StartJob(1, asked))
    app.pipe.send(StartJob(2, asked))
    assert [app.until(JobFinished).job_id for _ in range(2)] == [1, 2]


def test_a_refinement_is_paused_resumed_amended_and_stopped(app, asked):
    app.pipe.send(StartJob(1, asked, RefineOptions(1000)))
    app.until(JobUpdate)
    for command in (PauseJob(1), AmendLabels(1, table(every(6))), ResumeJob(1)):
        app.pipe.send(command)
    app.until(JobUpdate)
    app.pipe.send(StopJob(1))
    assert app.until(JobFinished) == JobFinished(1, was_stopped=True)


def test_a_waiting_job_can_be_stopped_before_it_starts(app, asked):
    app.pipe.send(StartJob(1, asked, RefineOptions(1000)))
    app.pipe.send(StartJob(2, asked))
    app.pipe.send(StopJob(2))
    app.pipe.send(StopJob(1))
    assert [app.until(JobFinished) for _ in range(2)] == [JobFinished(1, True), JobFinished(2, True)]


def test_steering_a_job_that_is_over_does_nothing(app, asked):
    app.pipe.send(StopJob(77))
    app.pipe.send(StartJob(1, asked))
    assert app.until(JobFinished).job_id == 1


def test_what_the_user_can_mend_comes_in_words(app, asked, tmp_path):
    app.pipe.send(StartJob(1, request(tmp_path / "none.mp4", table([]), tracker=asked.tracker, device="cpu")))
    while isinstance(event := app.receive(), JobProgress | JobStarted):
        pass
    assert isinstance(event, JobFailed)
    assert (event.job_id, event.code) == (1, "video")
    assert event.hint


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("could not create a primitive"),
    ],
)
def test_too_little_memory_is_said_and_the_engine_lives_on(app, asked, monkeypatch, error):
    from talpose_app.engine import worker

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(worker, "load_tracker", fail)
        app.pipe.send(StartJob(1, asked))
        while isinstance(event := app.receive(), JobProgress):
            pass
    assert event.code == "engine"
    assert "memory" in event.message
    app.pipe.send(StartJob(2, asked))
    assert app.until(JobFinished).job_id == 2


def test_a_fault_of_the_program_is_said_as_such(app, asked, monkeypatch, caplog):
    from talpose_app.engine import worker

    monkeypatch.setattr(worker, "load_tracker", lambda *_: 1 // 0)
    app.pipe.send(StartJob(1, asked))
    while isinstance(event := app.receive(), JobProgress):
        pass
    assert "ZeroDivisionError" in event.message
    assert "report" in event.hint


def test_it_ends_when_the_app_is_gone(asked):
    app = App()
    app.pipe.send(StartJob(1, asked, RefineOptions(1000)))
    app.until(JobStarted)
    app.pipe.close()
    app.thread.join(60)
    assert not app.thread.is_alive()


def test_idle_time_goes_into_what_the_first_refinement_needs(monkeypatch, asked):
    loaded = threading.Event()
    monkeypatch.setattr(worker, "_IDLE_S", 0.01)
    monkeypatch.setattr(worker, "load_optimizer", loaded.set)
    app = App()
    assert loaded.wait(60)
    app.pipe.send(StartJob(1, asked))
    assert isinstance(app.until(JobFinished), JobFinished)
    app.close()
    assert not app.thread.is_alive()
