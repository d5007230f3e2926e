"""What a page that cannot keep up still gets."""

import asyncio

import pytest

from talpose_app.protocol import messages as m
from talpose_app.server import outbox as module
from talpose_app.server.outbox import Outbox


def _update(step, run_id=1, points=(1,), start=0):
    empty = m.Block(dtype="f4", shape=(5, len(points), 2), data=b"")
    return m.TrackUpdate(
        run_id=run_id, step=step, n_steps=100, loss=0.5, seconds=0.1, is_best=True, start=start,
        points=[m.PointRef(individual_id=1, keypoint_id=p) for p in points],
        positions=empty, visibility=empty, confidence=empty,
    )  # fmt: skip


def _run(step, run_id=1):
    return m.RunChanged(
        run=m.RunState(
            run_id=run_id, kind="refine", state="running", tracker="t", device="cpu", step=step, n_steps=9,
            best_step=1, stage="", fraction=0.0, losses=[], seconds=0.0, error=None, held_out=None,
        )
    )  # fmt: skip


def _frame(idx):
    return m.Frame(frame_idx=idx, shown_idx=idx, is_exact=True, time_s=0.0, jpeg=b"")


def _put(outbox, *named):
    for message, name in named:
        outbox.put(message, name.encode())


def _take_all(outbox):
    async def take():
        return [(await outbox.take()).decode() for _ in range(len(outbox))]

    return asyncio.run(take())


@pytest.fixture
def outbox():
    return Outbox()


def test_a_page_that_keeps_up_gets_every_step(outbox):
    got = []
    for step in range(50):
        _put(outbox, (_update(step), str(step)))
        got += _take_all(outbox)
    assert got == [str(step) for step in range(50)]


def test_a_few_waiting_steps_are_all_kept(outbox):
    _put(outbox, *[(_update(step), str(step)) for step in range(module.SLOW_UPDATES)])
    assert _take_all(outbox) == [str(step) for step in range(module.SLOW_UPDATES)]


def test_a_slow_page_gets_the_latest_and_the_last_is_never_dropped(outbox):
    _put(outbox, *[(_update(step), str(step)) for step in range(500)])
    assert len(outbox) <= module.SLOW_UPDATES
    assert _take_all(outbox)[-1] == "499"


def test_large_updates_make_a_page_slow_sooner(outbox, monkeypatch):
    monkeypatch.setattr(module, "SLOW_BYTES", 10)
    _put(outbox, (_update(1), "x" * 8), (_update(2), "y" * 8), (_update(3), "z" * 8))
    assert _take_all(outbox) == ["z" * 8]


def test_only_updates_of_the_same_points_and_frames_replace_each_other(outbox):
    others = [
        (_update(1, points=(2,)), "other point"),
        (_update(1, run_id=2), "other run"),
        (_update(1, start=7), "other frames"),
    ]
    _put(outbox, *others, *[(_update(step), str(step)) for step in range(100)])
    got = _take_all(outbox)
    assert [name for _, name in others] == got[:3]
    assert got[-1] == "99"


def test_states_give_way_to_newer_ones_but_answers_do_not(outbox):
    _put(
        outbox,
        (_run(1), "run 1"),
        (m.Done(id=1), "done 1"),
        (_frame(1), "frame 1"),
        (m.SaveChanged(save=m.SaveState(state="saving")), "saving"),
        (_run(1, run_id=2), "other run"),
        (m.Done(id=2), "done 2"),
        (_frame(2), "frame 2"),
        (m.SaveChanged(save=m.SaveState(state="saved")), "saved"),
        (_run(2), "run 2"),
    )
    assert _take_all(outbox) == ["done 1", "other run", "done 2", "frame 2", "saved", "run 2"]


def test_take_waits_for_a_message(outbox):
    async def scenario():
        taking = asyncio.create_task(outbox.take())
        await asyncio.wait({taking}, timeout=0)
        assert not taking.done()
        outbox.put(m.Done(id=1), b"now")
        return await taking

    assert asyncio.run(scenario()) == b"now"


def test_a_page_that_stopped_reading_is_found_out(outbox, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    _put(outbox, (m.Done(id=1), "x" * 60))
    assert not outbox.is_overfull
    _put(outbox, (m.Done(id=2), "x" * 60))
    assert outbox.is_overfull
    _take_all(outbox)
    assert not outbox.is_overfull
