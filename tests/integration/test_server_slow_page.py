"""A page that does not keep up, over a real socket: it gets the latest state and never misses the end."""

import numpy as np
import pytest

from talpose_app.protocol import messages as m
from talpose_app.server.outbox import SLOW_UPDATES

N_STEPS = 400
#: 300 frames of 50 points: an ordinary run, 120 kB a step; all steps together fill no socket buffer.
POSITIONS = np.zeros((300, 50, 2), np.float32).tobytes()


def _update(step, run_id=1):
    flags = m.Block(dtype="u1", shape=(300, 50), data=b"")
    return m.TrackUpdate(
        run_id=run_id, step=step, n_steps=N_STEPS, loss=1 / step, seconds=0.1, is_best=True, start=0,
        points=[m.PointRef(individual_id=1, keypoint_id=i) for i in range(50)],
        positions=m.Block(dtype="f4", shape=(300, 50, 2), data=POSITIONS), visibility=flags, confidence=flags,
    )  # fmt: skip


@pytest.fixture
def app(serve):
    return serve()


def _received(page, last):
    """The steps a page got, up to the last one."""
    page.event(m.TrackUpdate, lambda event: event.step == last)
    return [x.step for x in page.log if isinstance(x, m.TrackUpdate)]


def test_a_page_that_sleeps_gets_the_latest_and_the_last(app):
    page = app.page()
    for step in range(1, N_STEPS + 1):
        app.service.hub.tell(_update(step))
    app.service.hub.tell(m.Notice(level="info", message="the end"))
    steps = _received(page, N_STEPS)
    assert steps == sorted(steps)
    assert len(steps) < N_STEPS
    assert page.event(m.Notice).message == "the end"


def test_what_waits_for_a_page_that_sleeps_stays_small(app):
    page = app.page()
    (connection,) = app.service.hub._pages
    for step in range(1, N_STEPS + 1):
        app.service.hub.tell(_update(step))
    _received(page, N_STEPS)
    assert len(connection._outbox) <= SLOW_UPDATES


def test_a_page_that_reads_gets_every_step(app):
    page = app.page()
    for step in range(1, 51):
        app.service.hub.tell(_update(step))
        page.event(m.TrackUpdate, lambda event, step=step: event.step == step)
    assert [x.step for x in page.log if isinstance(x, m.TrackUpdate)] == list(range(1, 51))


def test_a_page_that_sleeps_does_not_slow_down_another(app):
    app.page()
    awake = app.page()
    for step in range(1, N_STEPS + 1):
        app.service.hub.tell(_update(step))
    awake.do(m.CloseProject)
    assert _received(awake, N_STEPS)[-1] == N_STEPS
