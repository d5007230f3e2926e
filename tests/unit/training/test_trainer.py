"""The trainer's parts: situations, losses, the average, and a run that resumes."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.cotracker3.config import SMALL
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.episodes import (
    anchored,
    click_noise,
    continued,
    interpolate,
    make_episode,
    single_query,
    template_weights,
)
from training.growth import grow
from training.losses import Truth, delta_avg, tracking_loss
from training.pool import CAPACITY, Encoded, Pool, some_points
from training.procedural.clips import make_clip
from training.train import Plan, Trainer
from training.weights import Average

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def clip():
    return make_clip(7, 8, 24)


def exactly_anchored(rng, clip):
    return anchored(rng, clip, np.zeros(clip.tracks.shape, np.float32))


@pytest.mark.parametrize("situation", [single_query, continued, exactly_anchored])
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
        assert torch.allclose(held[episode.known], episode.given[episode.known])
        assert not episode.truth.weight[episode.known].any()


def test_clicks_miss_some_points_and_the_target_stays_exact(clip):
    noise = click_noise(np.random.default_rng(0), clip.tracks.shape)
    missed = noise.any((0, 2))
    assert missed.any()
    assert not missed.all()
    episode = make_episode(np.random.default_rng(1), clip, 4)
    np.testing.assert_array_equal(episode.truth.tracks.numpy(), clip.tracks)


def test_template_weights_sum_to_one_and_stay_with_their_point():
    templates = np.array([[True, True], [False, False], [True, False]])
    for seed in range(6):
        weights = template_weights(np.random.default_rng(seed), templates)
        np.testing.assert_allclose(weights.sum(-1), 1)
        assert not weights[:, 0, 1].any()
        assert not weights[:, 1, [0, 2]].any()


def test_a_grown_tracker_computes_the_same():
    torch.manual_seed(0)
    small = CoTracker3(replace(SMALL, depth=1, mlp_ratio=2, corr_hidden=40))
    large = CoTracker3(replace(SMALL, depth=2, mlp_ratio=4, corr_hidden=64))
    grow(large, small.state_dict())
    tokens = torch.randn(3, 5, SMALL.token_dim)
    torch.testing.assert_close(large.updateformer(tokens), small.updateformer(tokens), atol=1e-5, rtol=1e-4)
    volume = torch.randn(4, SMALL.window_area**2)
    torch.testing.assert_close(large.corr_mlp(volume), small.corr_mlp(volume), atol=1e-5, rtol=1e-4)


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


def test_the_average_follows_the_network():
    network = CoTracker3(SMALL)
    average = Average(network)
    before = average.weights["corr_mlp.fc1.bias"].clone()
    with torch.no_grad():
        network.corr_mlp.fc1.bias.add_(1.0)
    for _ in range(60):
        average.update(network)
    gap = (average.weights["corr_mlp.fc1.bias"] - before - 1.0).abs().max()
    assert gap < 0.2


def test_the_pool_forgets_the_oldest(clip):
    pool = Pool()
    for _ in range(CAPACITY + 5):
        pool.add(Encoded(clip, FeaturePyramid(()), 5))
    assert len(pool) == CAPACITY
    assert some_points(np.random.default_rng(0), clip, 5).tracks.shape == (8, 5, 2)


@pytest.mark.slow
def test_a_run_writes_weights_the_app_loads_and_resumes(tmp_path):
    plan = Plan(tmp_path, 10.0, None, None, None, 1e-3, 1, 5)
    Trainer(plan, 0).advance(3)
    network = load_network(tmp_path / "talpose-small.safetensors")
    assert network.config == SMALL
    resumed = Trainer(plan, 0)
    assert resumed.step == 3
    resumed.advance(1)
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["step"] == 4
