import time

import numpy as np
import pytest
import torch

from talpose_app.engine.embedding import EmbeddingMemory
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.held_out import HeldOutKeyframes
from talpose_app.engine.optimize import Refinement, optimize
from talpose_app.engine.scene import Scene
from talpose_app.engine.steering import Steering
from talpose_app.tracking.tracker import RefineOptions
from tests.fixtures.moving import POINTS, Control, every, label, request, table

pytestmark = pytest.mark.engine


@pytest.fixture
def begin(tiny_network, footage, moving_video):
    def start(labels, options=None, control=None, memory=None, **changes):
        steering = Steering(control or Control(), labels)
        asked = request(moving_video, labels, **changes)
        memory, evidence = memory or EmbeddingMemory(), PathEvidence(footage)
        return Refinement(
            tiny_network, footage, asked, options or RefineOptions(), steering, memory, evidence
        )

    return start


@pytest.fixture
def stream(begin, moving_video):
    def start(labels, options, control=None, memory=None, **changes):
        state = begin(labels, options, control, memory, **changes)
        return optimize(state, request(moving_video, labels, **changes), options, time.perf_counter())

    return start


@pytest.fixture
def run(stream):
    return lambda *arguments, **changes: list(stream(*arguments, **changes))


def test_the_loss_falls(run):
    losses = [update.loss for update in run(table(every(4)), RefineOptions(24, learning_rate=0.05))]
    assert len(losses) == 25
    assert losses[-1] < losses[0]


def test_one_keyframe_in_three_is_never_learned_from(begin):
    assert begin(table(every(4))).held_out.judges == [8, 20]


def test_states_that_do_worse_elsewhere_are_not_the_best(run, monkeypatch):
    judgements = iter([1.0, 0.5, 0.7, 0.6, 0.5, 0.4])
    monkeypatch.setattr(HeldOutKeyframes, "judgement", property(lambda _: next(judgements)))
    updates = run(table(every(8)), RefineOptions(6))
    assert [update.is_best for update in updates] == [True, True, True, False, False, True, True]


def test_two_labels_are_enough(run):
    updates = run(table([label(0, 0), label(0, 12)], POINTS[:1]), RefineOptions(2))
    assert all(np.isfinite(update.loss) and update.loss > 0 for update in updates)


def test_a_learning_rate_of_the_users_is_used(run):
    slow, fast = (run(table(every(6)), RefineOptions(2, learning_rate=rate))[-1] for rate in (1e-6, 0.5))
    assert (slow.positions != fast.positions).any()


def test_it_tells_what_it_does(begin):
    begin(table(every(8)), control=(control := Control()))
    assert list(dict.fromkeys(control.stages)) == [
        "features",
        "paths",
        "held-out labels",
        "network",
    ]


def test_a_refinement_goes_on_from_the_last_one_where_earlier_tracks_are_given(run):
    labels, options, memory = table(every(6)), RefineOptions(4, learning_rate=0.05), EmbeddingMemory()
    first = run(labels, options, memory=memory)
    afresh = run(labels, options, memory=memory)
    again = run(labels, options, memory=memory, previous=first[-1].positions)
    assert afresh[0].loss == first[0].loss
    assert again[0].loss < first[0].loss


def test_a_correction_makes_the_state_that_knows_it_the_best(stream, monkeypatch):
    judgements = iter([0.5, 0.9, 0.95])
    monkeypatch.setattr(HeldOutKeyframes, "judgement", property(lambda _: next(judgements)))
    updates = stream(
        table(every(8, points=(0,)), POINTS[:1]), RefineOptions(3), control=(control := Control())
    )
    bests = [next(updates).is_best, next(updates).is_best]
    control.amend_at = {control.n_looks + 1: table(every(4, points=(0,)), POINTS[:1])}
    corrected, *later = updates
    assert corrected.is_best
    bests += [update.is_best for update in later]
    assert bests == [True, True, True, False]


def test_a_correction_shows_before_the_next_step(stream):
    new = label(0, 20)
    updates = stream(table(every(8)), RefineOptions(2), control=(control := Control()))
    seen = [next(updates), next(updates)]
    control.amend_at = {control.n_looks + 1: table([*every(8), new])}
    seen += updates
    assert [update.step for update in seen] == [0, 1, 1, 2]
    assert [update.loss is None for update in seen] == [False, False, True, False]
    assert seen[2].positions[20, 0].tolist() == pytest.approx([new.x, new.y], abs=1e-4)
    assert seen[2].confidence[20, 0] == 1.0


def test_a_label_outside_the_frames_asked_for_widens_the_range(stream):
    inside = table([label(0, 8), label(0, 12)], POINTS[:1])
    updates = stream(inside, RefineOptions(2), control=(control := Control()), span=(6, 16))
    seen = [next(updates)]
    control.amend_at = {control.n_looks + 1: table([label(0, 2), label(0, 8), label(0, 12)], POINTS[:1])}
    seen += updates
    assert all(update.positions.shape == (10, 1, 2) for update in seen)
    assert all(np.isfinite(update.positions).all() for update in seen)


@pytest.fixture
def tracked_spans(monkeypatch):
    """The windows the network looks at from now on."""
    spans, find = [], Scene.tracked

    def counted(self, chosen, *arguments):
        spans.extend(chosen)
        return find(self, chosen, *arguments)

    monkeypatch.setattr(Scene, "tracked", counted)
    return spans


def test_a_correction_costs_only_what_it_touches(begin, tracked_spans):
    state = begin(table(every(8)), control=(control := Control()))
    control.amend_at = {control.n_looks + 1: table([*every(8), label(0, 20)])}
    tracked_spans.clear()
    assert state.take_labels()
    assert not tracked_spans
    state.catch_up()
    assert min(start for start, _ in tracked_spans) >= 12
    assert state.fused().tracks[20, 0].tolist() == [label(0, 20).x, label(0, 20).y]
    assert np.isfinite(state.fused().tracks).all()


def test_a_later_run_goes_on_where_the_first_one_ended(begin, moving_video, tracked_spans):
    labels, more = table(every(8)), table([*every(8), label(0, 20)])
    state = begin(labels)
    asked = request(moving_video, more, previous=state.fused().tracks)
    assert state.goes_on_for(asked)
    assert not state.goes_on_for(request(moving_video, more))
    assert not state.goes_on_for(request(moving_video, table(every(8), POINTS[:1]), previous=asked.previous))
    assert not state.goes_on_for(request(moving_video, more, span=(0, 20), previous=asked.previous))
    state.step()
    state.remember()
    learned = state._standing.levels
    tracked_spans.clear()
    state.go_on(asked, RefineOptions(learning_rate=0.5), Steering(Control(), more))
    assert min(start for start, _ in tracked_spans) >= 12
    assert state.fused().tracks[20, 0].tolist() == [label(0, 20).x, label(0, 20).y]
    assert all(map(torch.equal, state._standing.levels, learned))
    assert state._optimizer.param_groups[0]["lr"] == 0.5


def test_work_that_was_stopped_while_it_caught_up_is_not_gone_on_with(begin, moving_video, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    labels = table(every(8))
    state = begin(labels, control=(control := Control()))
    control.amend_at = {control.n_looks + 1: table([*every(8), label(0, 20)])}
    state.take_labels()
    monkeypatch.setattr(HeldOutKeyframes, "take", stopped)
    with pytest.raises(KeyboardInterrupt):
        state.catch_up()
    assert not state.goes_on_for(request(moving_video, labels, previous=state.fused().tracks))
