"""The client on a real child process that serves a fake engine."""

import os
import queue
import signal

import numpy as np
import pytest

from talpose_app.engine_client.client import EngineClient
from talpose_app.errors import EngineError
from talpose_app.model.label import Label, PointId
from talpose_app.tracking.engine_messages import JobFailed, JobFinished, JobStarted, JobUpdate, StartJob
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, TrackRequest

NOSE = PointId(1, 1)
PATIENCE_S = 30


def labels(x: float = 1.0) -> LabelTable:
    return LabelTable.from_labels([NOSE], [Label(NOSE, 0, x, 2.0)])


def job(job_id: int, tracker: str = "fake", n_steps: int | None = None) -> StartJob:
    request = TrackRequest("video.mp4", "test:1", 5, labels(), (0, 5), tracker)
    return StartJob(job_id, request, None if n_steps is None else RefineOptions(n_steps))


class Ear:
    """Collects a job's events."""

    def __init__(self) -> None:
        self.events = queue.SimpleQueue()

    def __call__(self, event) -> None:
        self.events.put(event)

    def until(self, *kinds):
        """All events up to the first of these kinds."""
        heard = []
        while not heard or not isinstance(heard[-1], kinds):
            heard.append(self.events.get(timeout=PATIENCE_S))
        return heard


def end_of(ear: Ear):
    return ear.until(JobFinished, JobFailed)[-1]


def test_a_job_streams_its_updates_in_order(shared_engine):
    ear = Ear()
    shared_engine.submit(job(101, n_steps=4), ear)
    heard = ear.until(JobFinished)
    assert isinstance(heard[0], JobStarted)
    updates = [event.update for event in heard if isinstance(event, JobUpdate)]
    assert [update.step for update in updates] == [1, 2, 3, 4]
    np.testing.assert_array_equal(updates[-1].positions[:, 0, 0], np.arange(5, dtype=np.float32) + 4)
    assert not heard[-1].was_stopped


def test_the_engine_says_when_it_has_loaded(shared_engine):
    shared_engine.start()
    assert shared_engine.wait_until_ready(PATIENCE_S).device == "cpu"


def test_amendments_reach_a_running_job_and_stop_ends_it(shared_engine):
    ear = Ear()
    shared_engine.submit(job(102, "fake:hold"), ear)
    assert ear.until(JobUpdate)[-1].update.positions[0, 0, 1] == 0
    shared_engine.amend(102, labels(7.0))
    assert ear.until(JobUpdate)[-1].update.positions[0, 0, 1] == 1
    shared_engine.stop(102)
    assert end_of(ear) == JobFinished(102, was_stopped=True)


def test_a_killed_engine_fails_its_jobs_in_words_and_starts_again(engine):
    ear = Ear()
    engine.submit(job(1, "fake:hold"), ear)
    ear.until(JobUpdate)
    os.kill(engine.pid, signal.SIGKILL)
    failed = end_of(ear)
    assert (failed.job_id, failed.code) == (1, "engine")
    assert "SIGKILL" in failed.message
    assert failed.hint
    engine.submit(job(2), again := Ear())
    assert end_of(again) == JobFinished(2, was_stopped=False)


def test_updates_sent_before_a_crash_arrive_before_the_news_of_it(engine):
    engine.submit(job(1, "fake:kill", n_steps=5), ear := Ear())
    heard = ear.until(JobFinished, JobFailed)
    assert [event.update.step for event in heard if isinstance(event, JobUpdate)] == [1, 2]
    assert isinstance(heard[-1], JobFailed)


def test_a_stop_that_is_not_heard_kills_the_process(engine):
    engine.submit(job(1, "fake:hang"), ear := Ear())
    ear.until(JobUpdate)
    engine.stop(1)
    assert end_of(ear) == JobFinished(1, was_stopped=True)


def test_a_worker_that_cannot_start_says_why():
    client = EngineClient("tests.fixtures.engines:cannot_serve")
    try:
        client.submit(job(1), ear := Ear())
        assert "no room for weights" in end_of(ear).message
    finally:
        client.close()


def test_a_listener_that_fails_does_not_end_the_engine(shared_engine, caplog):
    def broken(_event):
        raise RuntimeError("deaf")

    shared_engine.submit(job(103), broken)
    shared_engine.submit(job(104), ear := Ear())
    assert isinstance(end_of(ear), JobFinished)
    assert "deaf" in caplog.text


def test_large_updates_pass(shared_engine):
    request = TrackRequest("video.mp4", "test:1", 200_000, labels(), (0, 200_000), "fake")
    shared_engine.submit(StartJob(105, request), ear := Ear())
    assert ear.until(JobUpdate)[-1].update.positions.shape == (200_000, 1, 2)
    end_of(ear)


def test_a_closed_client_takes_no_job(engine):
    engine.close()
    engine.close()
    with pytest.raises(EngineError):
        engine.submit(job(1), Ear())


def test_closing_ends_a_busy_process_and_tells_nobody(engine):
    engine.submit(job(1, "fake:hang"), ear := Ear())
    ear.until(JobUpdate)
    pid = engine.pid
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert ear.events.empty()
