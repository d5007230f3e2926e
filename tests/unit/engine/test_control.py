import threading

import pytest

from talpose_app.engine.control import JobControl
from talpose_app.model.label import PointId
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RunStopped

LABELS = LabelTable.from_labels((PointId(1, 1),), [])


@pytest.fixture
def sent():
    return []


@pytest.fixture
def control(sent):
    return JobControl(7, sent.append)


def test_amended_labels_are_handed_over_once(control):
    assert control.amended_labels() is None
    control.amend(LABELS)
    assert control.amended_labels() is LABELS
    assert control.amended_labels() is None


def test_only_the_latest_labels_count(control):
    control.amend(LabelTable.from_labels((PointId(2, 2),), []))
    control.amend(LABELS)
    assert control.amended_labels() is LABELS


def test_a_stop_ends_the_job_at_its_next_look(control):
    control.stop()
    with pytest.raises(RunStopped):
        control.amended_labels()
    with pytest.raises(RunStopped):
        control.report("flow", 0.5)


@pytest.mark.parametrize("end", ["resume", "stop"])
def test_a_pause_holds_the_job_until_it_is_resumed_or_stopped(control, end):
    control.pause()
    outcome = []

    def job():
        try:
            outcome.append(control.amended_labels())
        except RunStopped:
            outcome.append("stopped")

    thread = threading.Thread(target=job)
    thread.start()
    assert not outcome
    getattr(control, end)()
    thread.join(10)
    assert outcome == [None if end == "resume" else "stopped"]


def test_progress_is_told_in_steps_that_can_be_seen(control, sent):
    for thousandth in range(1001):
        control.report("flow", thousandth / 1000)
    control.report("features", 0.0)
    assert all(event.job_id == 7 for event in sent)
    assert 90 <= len(sent) <= 110
    assert (sent[-2].fraction, sent[-1].stage) == (1.0, "features")
