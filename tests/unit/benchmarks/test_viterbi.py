"""The template-matching baseline on a video of known motion, and its path search against a plain one."""

import itertools
import shutil

import numpy as np
import pytest

from benchmarks.accuracy import viterbi
from benchmarks.accuracy.clips import Clip
from benchmarks.accuracy.curves import linear
from benchmarks.accuracy.metrics import score
from benchmarks.accuracy.protocols import evenly_labeled, first_only
from tests.fixtures.moving import HEIGHT, WIDTH, truth

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def clip(moving_video, tmp_path_factory):
    video = tmp_path_factory.mktemp("viterbi") / "video.mp4"
    shutil.copy(moving_video, video)
    positions = truth()
    visible = np.ones(positions.shape[:2], np.bool_)
    return Clip("moving", video, (WIDTH, HEIGHT), ("a", "b", "c"), positions, visible, 3.0)


def test_it_finds_what_lines_between_labels_miss(clip):
    task = evenly_labeled(clip, 20)
    tracks = viterbi.xfeat_viterbi(task)
    assert score(task, tracks).delta_avg > score(task, linear(task)).delta_avg
    assert score(task, tracks).median_px < 1.0
    at_labels = tracks[task.labels.frame_idx, task.labels.point_idx]
    np.testing.assert_allclose(at_labels, task.labels.positions, atol=1e-3)


def test_one_label_is_followed_to_the_end(clip):
    task = first_only(clip)
    assert score(task, viterbi.xfeat_viterbi(task)).median_px < 3.0


def test_points_without_labels_have_no_tracks(clip):
    positions = clip.positions.copy()
    positions[:, 1] = np.nan
    other = Clip(clip.name, clip.video, clip.size, clip.keypoints, positions, clip.visible, 3.0)
    tracks = viterbi.xfeat_viterbi(evenly_labeled(other, 10))
    assert np.isnan(tracks[:, 1]).all()
    assert np.isfinite(tracks[:, [0, 2]]).all()


def _cost_of(path, maps, look):
    """What the search maximizes, of one path of (x, y) places."""
    gain = sum(float(maps[frame, y, x].astype(np.float32) @ look) for frame, (x, y) in enumerate(path))
    for (x, y), (to_x, to_y) in itertools.pairwise(path):
        steps = abs(to_x - x), abs(to_y - y)
        walk = viterbi._COST * sum(steps) if max(steps) <= viterbi._REACH else np.inf
        gain -= min(walk, viterbi._JUMP_COST)
    return gain


@pytest.mark.parametrize("jump_cost", [1.0, 0.03])
def test_the_path_is_the_best_of_all_paths(monkeypatch, jump_cost):
    monkeypatch.setattr(viterbi, "_REACH", 1)
    monkeypatch.setattr(viterbi, "_COST", 0.2)
    monkeypatch.setattr(viterbi, "_JUMP_COST", jump_cost)
    rng = np.random.default_rng(4)
    maps = rng.normal(size=(4, 3, 4, viterbi.XFEAT_DIM))
    maps = (maps / np.linalg.norm(maps, axis=-1, keepdims=True)).astype(np.float16)
    look = maps[0, 1, 2].astype(np.float32)
    point = viterbi._Point(np.array([0]), np.array([[2.0, 1.0]]), look[None])
    footage = viterbi._Footage(maps, np.ones(2))
    found = viterbi._best_paths(footage, [point])[:, 0].tolist()
    places = list(itertools.product(range(4), range(3)))
    paths = ([(2, 1), *rest] for rest in itertools.product(places, repeat=3))
    best = max(paths, key=lambda path: _cost_of(path, maps, look))
    assert found[0] == [2, 1]
    assert _cost_of(found, maps, look) == pytest.approx(_cost_of(best, maps, look), abs=1e-4)
