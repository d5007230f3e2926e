import numpy as np
import pytest

from talpose_app.engine import held_out
from talpose_app.engine.held_out import HeldOutKeyframes
from talpose_app.engine.steering import Steering
from tests.fixtures.moving import HEIGHT, N_FRAMES, WIDTH, Control, table

pytestmark = pytest.mark.engine


@pytest.fixture
def keyframes(scene):
    import torch

    embedding = scene.new_embedding()
    optimizer = torch.optim.Adam(embedding.parameters(), lr=0.05)
    return HeldOutKeyframes(embedding, optimizer, 4, (WIDTH, HEIGHT))


@pytest.fixture
def steering():
    return Steering(Control(), table([]))


def everywhere(value):
    return np.full(N_FRAMES, value)


def test_every_third_keyframe_judges(keyframes, scene, steering):
    keyframes.take(scene, everywhere(True), steering)
    assert keyframes.judges == [16]
    assert keyframes.loss > 0
    assert keyframes.judgement == pytest.approx(1.0)


def test_learning_lowers_the_loss_of_what_is_learned_from(keyframes, scene, steering):
    keyframes.take(scene, everywhere(True), steering)
    before = keyframes.loss
    for _ in range(9):
        keyframes.next_turn()
        keyframes.learn(scene, lambda _: None)
    assert keyframes.loss < before


def test_every_second_turn_a_judge_is_searched_for_with_what_is_judged(keyframes, scene, steering):
    keyframes.take(scene, everywhere(True), steering)
    another = scene.new_embedding()
    for level in another.parameters():
        level.data += 1.0
    keyframes.next_turn()
    keyframes.judge(scene, scene.new_embedding(), lambda _: None)
    assert keyframes.judgement == pytest.approx(1.0)
    keyframes.next_turn()
    keyframes.judge(scene, another, lambda _: None)
    assert keyframes.judgement == pytest.approx(1.0)
    keyframes.next_turn()
    before = keyframes.loss
    keyframes.judge(scene, another, lambda _: None)
    assert keyframes.judgement != pytest.approx(1.0, abs=0.01)
    assert keyframes.loss == before


def test_keyframes_that_nothing_touches_are_not_searched_again(keyframes, scene, steering, monkeypatch):
    keyframes.take(scene, everywhere(True), steering)
    searched = []
    hide = type(scene).hide
    monkeypatch.setattr(type(scene), "hide", lambda self, key: searched.append(key) or hide(self, key))
    keyframes.take(scene, everywhere(False), steering)
    assert searched == []
    changed = everywhere(False)
    changed[0] = True
    keyframes.take(scene, changed, steering)
    assert searched == [0]
    assert keyframes.judges == [16]


def test_of_very_many_keyframes_some_take_part(keyframes, scene, steering, monkeypatch):
    monkeypatch.setattr(held_out, "_MAX_KEYFRAMES", 2)
    keyframes.take(scene, everywhere(True), steering)
    assert len(keyframes._keyframes) == 2
    assert {0, 23} == set(keyframes._keyframes)


def test_what_was_learned_does_not_speak_for_the_network(keyframes, scene, steering, monkeypatch):
    told = []
    monkeypatch.setattr(held_out, "best_trust", lambda errors, size: told.append(np.concatenate(errors)))
    keyframes.take(scene, everywhere(True), steering)
    before = keyframes.loss
    for _ in range(9):
        keyframes.next_turn()
        keyframes.learn(scene, lambda _: None)
    keyframes.take(scene, everywhere(True), steering)
    assert keyframes.loss < before
    np.testing.assert_allclose(*told, atol=1e-4)
