"""The trainer's parts: situations, losses, the average, and a run that resumes."""

import json

import numpy as np
import pytest
import torch

from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.cotracker3.config import SMALL
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.contrastive import matching_loss
from training.episodes import anchored, continued, interpolate, make_episode, single_query
from training.losses import Truth, delta_avg, tracking_loss
from training.pool import CAPACITY, Encoded, Pool, some_points
from training.procedural.clips import Clip, make_clip
from training.train import Plan, Trainer
from training.weights import Average

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def clip():
    return make_clip(7, 8, 24)


@pytest.mark.parametrize("situation", [single_query, continued, anchored])
def test_every_point_has_a_template_from_a_visible_frame(situation, clip):
    for seed in range(10):
        made = situation(np.random.default_rng(seed), clip)
        assert made.templates.any(0).all()
        assert not (made.templates & ~clip.visibility).any()
        assert not (made.known & ~clip.visibility).any()
        assert np.isfinite(made.start).all()


def test_known_frames_are_held_and_not_trained(clip):
    for seed in range(20):
        episode = make_episode(np.random.default_rng(seed), clip, 4)
        far = TrackState(episode.start.coords + 50, episode.start.visibility, episode.start.confidence)
        held = episode.hold(far, 4).coords * 4
        assert torch.allclose(held[episode.known], episode.truth.tracks[episode.known])
        assert not episode.truth.weight[episode.known].any()


def test_straight_lines_pass_through_known_frames():
    tracks = np.array([[[0, 0]], [[9, 9]], [[4, 2]]], np.float32)
    known = np.array([[True], [False], [True]])
    np.testing.assert_allclose(interpolate(tracks, known)[:, 0], [[0, 0], [2, 1], [4, 2]])


def truth_at(tracks):
    return Truth(tracks, torch.ones(tracks.shape[:2]), torch.ones(tracks.shape[:2]))


def test_loss_is_small_at_the_truth_and_grows_with_distance():
    tracks = torch.rand(5, 3, 2) * 100
    sure = torch.full((5, 3), 8.0)
    losses = [
        float(tracking_loss([TrackState((tracks + off) / 4, sure, sure)], truth_at(tracks), 4)[0])
        for off in (0.0, 2.0, 5.0, 20.0)
    ]
    assert losses == sorted(losses)
    assert losses[0] < 0.6


def test_delta_avg_counts_thresholds():
    tracks = torch.zeros(1, 2, 2)
    off = torch.tensor([[[0.0, 3.0], [0.0, 100.0]]])
    assert delta_avg(TrackState.from_coords(off / 4), truth_at(tracks), 4) == pytest.approx(0.3)


def test_matching_loss_prefers_features_that_match():
    tracks = np.stack([np.stack([np.arange(4, 60, 8.0), np.full(7, 20.0)], 1)] * 2).astype(np.float32)
    moving = Clip(np.zeros((2, 64, 64, 3), np.uint8), tracks, np.ones((2, 7), bool))
    torch.manual_seed(0)
    one = torch.randn(1, 16, 16, 16)
    same = FeaturePyramid.from_maps(one.expand(2, -1, -1, -1), 4)
    unlike = FeaturePyramid.from_maps(torch.randn(2, 16, 16, 16), 4)
    pair = [(0, 1)]
    assert matching_loss(same, moving, pair, 4)[0] < matching_loss(unlike, moving, pair, 4)[0]


def test_the_average_follows_the_network():
    network = CoTracker3(SMALL)
    average = Average(network)
    before = average.weights["fnet.conv1.bias"].clone()
    with torch.no_grad():
        network.fnet.conv1.bias.add_(1.0)
    for _ in range(60):
        average.update(network)
    gap = (average.weights["fnet.conv1.bias"] - before - 1.0).abs().max()
    assert gap < 0.2


def test_the_pool_forgets_the_oldest(clip):
    pool = Pool()
    for _ in range(CAPACITY + 5):
        pool.add(Encoded(clip, None))
    assert len(pool) == CAPACITY
    assert some_points(np.random.default_rng(0), clip, 5).tracks.shape == (8, 5, 2)


@pytest.mark.slow
def test_a_run_writes_weights_the_app_loads_and_resumes(tmp_path):
    plan = Plan(tmp_path, 10.0, 1, 1, 1e-3, 0.5, 1, 5)
    Trainer(plan, 0).advance(3)
    network = load_network(tmp_path / "talpose-small.safetensors")
    assert network.config == SMALL
    resumed = Trainer(plan, 0)
    assert resumed.step == 3
    resumed.advance(1)
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["step"] == 4
