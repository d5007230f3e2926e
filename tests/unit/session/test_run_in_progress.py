"""What the engine says becomes a status, and at the end a record."""

from dataclasses import replace

import numpy as np
import pytest

from talpose_app.model.run import RunKind
from talpose_app.session import pace, run_in_progress
from talpose_app.session.events import RunStatus
from talpose_app.session.run_in_progress import RunInProgress
from talpose_app.session.run_options import RunOptions, request_for
from talpose_app.session.run_result import RunResult
from talpose_app.tracking.engine_messages import JobProgress, JobStarted, JobUpdate
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import HeldOutErrors, RunUpdate
from tests.fixtures.projects import NOSE, TAIL


@pytest.fixture
def make(labeled_project):
    def of(kind=RunKind.REFINE, **options):
        chosen = RunOptions(kind, **options)
        request = request_for(labeled_project, chosen)
        return RunInProgress(1, chosen, request, RunStatus(2, kind), RunResult(request.labels.points, 20), 5)

    return of


NO_LABELS = LabelTable.from_labels((NOSE, TAIL), [])


def update(step, loss, is_best=True, held_out=None):
    arrays = np.zeros((20, 2, 2), np.float32), np.ones((20, 2), np.bool_), np.ones((20, 2), np.float32)
    return JobUpdate(1, RunUpdate(step, 9, loss, 0.1, (0, 20), *arrays, is_best, held_out=held_out))


def misses(*errors):
    return HeldOutErrors(
        np.zeros(len(errors), int), np.arange(len(errors)), np.array(errors, np.float32), NO_LABELS
    )


def test_the_first_word_of_the_engine_makes_it_running(make):
    run = make()
    run.take(JobProgress(1, "loading tracker", 0.25))
    assert (run.status.state, run.status.stage, run.status.fraction) == ("running", "loading tracker", 0.25)


def test_a_run_that_is_over_grows_no_older(make, monkeypatch):
    run = make()
    run.change(state="done")
    seconds = run.status.seconds
    monkeypatch.setattr(run_in_progress.time, "monotonic", lambda: 1e9)
    run.change(was_reverted=True)
    assert run.status.seconds == run.to_run().duration_s == seconds


def test_a_paused_run_stays_paused(make):
    run = make()
    run.change(state="paused")
    run.take(JobStarted(1, "talpose-small", "ab", "cpu"))
    assert (run.status.state, run.status.tracker, run.status.device) == ("paused", "talpose-small", "cpu")


def test_steps_losses_and_the_best_are_collected(make):
    run = make()
    for message in (update(1, 0.5), update(2, 0.7, is_best=False), update(3, None, is_best=False)):
        run.take(message)
    status = run.status
    assert (status.step, status.n_steps, status.best_step, status.losses) == (3, 9, 1, (0.5, 0.7))
    assert not run.result.is_empty


def test_the_error_on_hidden_labels_is_the_last_that_was_told(make):
    run = make()
    assert run.status.held_out is None
    run.take(update(0, None, held_out=misses(1, 3)))
    run.take(update(1, 0.5))
    assert run.status.held_out.overall.median_px == 2
    assert [one.point for one in run.status.held_out.points] == [run.points[0]]
    run.take(update(2, 0.4, held_out=misses(5)))
    assert run.status.held_out.overall.median_px == 5
    assert run.to_run().held_out == run.status.held_out
    run.take(update(3, 0.4, held_out=misses()))
    assert run.status.held_out is None


def test_the_record_says_how_to_repeat_it(make):
    run = make(n_steps=4, learning_rate=0.5, span=(2, 9))
    run.take(JobStarted(1, "talpose-small", "ab", "cpu"))
    record = run.to_run()
    assert (record.run_id, record.tracker, record.weights_sha256, record.device) == (
        2,
        "talpose-small",
        "ab",
        "cpu",
    )
    assert record.labels_revision == 5
    assert dict(record.parameters) == {
        "start": 2, "stop": 9, "method": "talpose", "n_steps": 4, "learning_rate": 0.5,
    }  # fmt: skip
    assert dict(make(RunKind.TRACK).to_run().parameters) == {"start": 0, "stop": 20}


def test_titles(make):
    assert [make(kind).title for kind in RunKind] == ["Track", "Refine", "Filter"]


class Time:
    """A second passes with every look."""

    def __init__(self):
        self.s = 0.0

    def __call__(self):
        self.s += 1.0
        return self.s


@pytest.fixture
def first(make, monkeypatch):
    """Makes runs on a video of which nothing is known."""
    monkeypatch.setattr(pace, "_LEAST_FRAMES", 20)

    def of(kind=RunKind.REFINE, **options):
        run = make(kind, **options)
        run.request = replace(run.request, previous=None)
        run._clock = pace.PaceClock(Time())
        return run

    return of


def work(run, steps, pause=False):
    """What an engine tells of a run, stage by stage."""
    run.take(JobStarted(1, "big", "ab", "cpu"))
    run.take(JobProgress(1, "features", 0.0))
    if pause:
        run.change(state="paused")
    run.take(JobProgress(1, "paths", 0.5))
    for step in steps:
        run.take(update(step, None))
    return run.status.pace


def test_tracking_tells_its_pace_at_its_end_and_refining_at_its_first_tracks(first):
    assert work(first(RunKind.TRACK), [0]) is None
    assert work(first(RunKind.REFINE), [1]) is None
    tracked, refined = work(first(RunKind.TRACK, device="cpu"), [0, 1]), work(first(RunKind.REFINE), [0])
    assert (tracked.kind, tracked.tracker, tracked.device) == (RunKind.TRACK, "big", "cpu")
    assert (refined.kind, refined.device, refined.is_measured) == (RunKind.REFINE, "auto", True)
    assert tracked.features_s == pytest.approx(1 / 20)
    assert tracked.point_s == pytest.approx(1 / (20 * (24 + 2)))


def test_a_run_that_goes_on_was_held_up_got_other_labels_or_a_range_tells_no_pace(first, make):
    assert work(make(), [0]) is None
    assert work(first(), [0], pause=True) is None
    assert work(first(span=(0, 15)), [0]) is None
    amended = first()
    amended.amend(7)
    assert work(amended, [0]) is None
    assert amended.labels_revision == 7


def test_other_methods_tell_no_pace(first):
    assert work(first(method="published"), [0]) is None
