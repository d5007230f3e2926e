"""One iteration at a time: what it needs, what it returns, where gradients go."""

import pytest
import torch

from talpose_app.engine.cotracker3 import network
from talpose_app.engine.cotracker3.config import OFFLINE, SMALL
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState

pytestmark = pytest.mark.engine

QUERIES = torch.tensor([[0.0, 30.0, 20.0], [5.0, 60.5, 40.25]])


def test_chunks_do_not_change_features(tiny, clip):
    one, all_at_once = tiny.encode(clip), tiny.encode(clip, chunk=16)
    torch.testing.assert_close(one.levels, all_at_once.levels)
    parts = [tiny.encode(clip[:5]), tiny.encode(clip[5:])]
    for level, (first, second) in enumerate(zip(parts[0].levels, parts[1].levels, strict=True)):
        assert torch.equal(torch.cat((first, second)), one.levels[level])


def test_forward_is_the_loop_of_updates(tiny, clip):
    pyramid = tiny.encode(clip)
    support = tiny.support(pyramid, QUERIES)
    state = tiny.start(QUERIES, 16)
    assert torch.equal(state.coords[7] * 4, QUERIES[:, 1:])
    for _ in range(3):
        state = tiny.update(pyramid, support, state)
    output = tiny.forward(clip, QUERIES, 3)
    assert torch.equal(output.tracks, state.coords * 4)
    assert output.tracks.shape == (16, 2, 2)
    assert ((output.visibility > 0) & (output.visibility < 1)).all()
    assert (output.tracks[9] - QUERIES[:, 1:]).abs().max() > 0.1


def test_template_per_frame_equals_a_constant_one(tiny, clip):
    pyramid = tiny.encode(clip)
    support = tiny.support(pyramid, QUERIES)
    state = tiny.start(QUERIES, 16)
    per_frame = support.map(lambda level: level.expand(16, -1, -1, -1))
    once, each = tiny.update(pyramid, support, state), tiny.update(pyramid, per_frame, state)
    torch.testing.assert_close(once.coords, each.coords)


def test_gradients_reach_template_and_logits_but_not_starting_coordinates(tiny, clip):
    pyramid = tiny.encode(clip)
    support = tiny.support(pyramid, QUERIES).map(lambda level: level.requires_grad_())
    start = tiny.start(QUERIES, 16)
    coords = start.coords.clone().requires_grad_()
    visibility = start.visibility.clone().requires_grad_()
    state = tiny.update(pyramid, support, TrackState(coords, visibility, start.confidence))
    state.coords.square().sum().backward()
    assert coords.grad is None
    assert visibility.grad is not None
    assert visibility.grad.abs().max() > 0
    assert all(level.grad is not None and level.grad.abs().max() > 0 for level in support.levels)


def test_training_in_bfloat16_reaches_every_weight(tiny, clip):
    network = tiny.requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        pyramid = network.encode(clip[:8], chunk=8)
        support = network.support(pyramid, QUERIES)
        state = network.start(QUERIES, 8)
        for _ in range(2):
            state = network.update(pyramid, support, state)
    assert state.coords.dtype == torch.float32
    (state.coords.square().mean() + state.visibility.mean() + state.confidence.mean()).backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]
    # Instance norm removes the mean that these biases add, so nothing can be learned there.
    assert [name for name in silent if not (name.startswith("fnet.") and name.endswith(".bias"))] == []


@pytest.mark.parametrize("config", [SMALL, OFFLINE])
def test_every_tensor_follows_the_network_to_its_device(config):
    """On the meta device nothing is computed, but a tensor made on another one is refused."""
    height, width = config.model_resolution
    tracker = CoTracker3(config).to("meta")
    frames, queries = torch.empty(8, 3, height, width, device="meta"), torch.empty(5, 3, device="meta")
    output = tracker(frames, queries, 2)
    assert {part.device.type for part in (output.tracks, output.visibility, output.confidence)} == {"meta"}
    assert output.tracks.shape == (8, 5, 2)


def test_a_tensor_left_on_another_device_is_found(monkeypatch):
    tracker = CoTracker3(SMALL).to("meta")
    tracker.time_emb = torch.zeros(1, SMALL.window_len, SMALL.token_dim)
    height, width = SMALL.model_resolution
    with pytest.raises(RuntimeError, match="device"):
        tracker(torch.empty(8, 3, height, width, device="meta"), torch.empty(5, 3, device="meta"), 1)


def test_updates_in_bfloat16_stay_close_and_sums_stay_float32(tiny, clip, monkeypatch):
    exact = tiny(clip[:8], QUERIES, 2)
    monkeypatch.setattr(
        network, "mixed_precision", lambda device: torch.autocast(device.type, torch.bfloat16)
    )
    rough = tiny(clip[:8], QUERIES, 2)
    apart = (exact.tracks - rough.tracks).abs().max()
    assert rough.tracks.dtype == torch.float32
    assert 0 < apart < 0.5


def test_the_small_network_has_3_3_million_parameters():
    assert sum(p.numel() for p in CoTracker3(SMALL).parameters()) == pytest.approx(3.3e6, rel=0.05)
