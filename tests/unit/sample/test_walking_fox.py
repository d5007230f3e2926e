"""The committed sample is what its script renders, and its truth agrees with its pictures."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

SAMPLES = Path(__file__).resolve().parents[3] / "sample_videos"
N_RENDERED = 2


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLES / "walking_fox.labels.json").read_text())


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    script = [sys.executable, SAMPLES / "render_walk.py", "--frames", str(N_RENDERED), "--out", folder]
    subprocess.run([str(part) for part in script], check=True, timeout=120)
    return folder


def frames_of(path, count):
    with av.open(str(path)) as container:
        return [
            f.to_ndarray(format="rgb24")
            for f, _ in zip(container.decode(video=0), range(count), strict=False)
        ]


def test_script_renders_the_committed_picture(rendered):
    ours = frames_of(SAMPLES / "walking_fox.mp4", N_RENDERED)
    again = frames_of(rendered / "walking_fox.mp4", N_RENDERED)
    for first, second in zip(ours, again, strict=True):
        difference = np.abs(first.astype(int) - second.astype(int))
        assert difference.mean() < 6.0, "more than the codec takes from grass and sensor noise"
        assert np.abs(blocks(first) - blocks(second)).max() < 12.0, "something is elsewhere"


def blocks(frame):
    """Means of 16 x 16 pixels: what is where, without noise and codec."""
    return frame.reshape(30, 16, 40, 16, 3).mean((1, 3))


def test_script_writes_the_committed_truth(rendered, truth):
    again = json.loads((rendered / "walking_fox.labels.json").read_text())
    assert again["keypoints"] == truth["keypoints"]
    for frame_idx in range(N_RENDERED):
        for name, (x, y, visible) in again["frames"][str(frame_idx)].items():
            assert truth["frames"][str(frame_idx)][name] == pytest.approx([x, y, visible], abs=1e-9)


def test_every_frame_of_the_video_has_every_keypoint(truth):
    with av.open(str(SAMPLES / "walking_fox.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (truth["width"], truth["height"])
        n_frames = sum(1 for _ in container.decode(stream))
    assert list(truth["frames"]) == [str(i) for i in range(n_frames)]
    assert all(list(points) == truth["keypoints"] for points in truth["frames"].values())


def test_truth_moves_smoothly_and_stays_inside(truth):
    points = np.array([[p[:2] for p in frame.values()] for frame in truth["frames"].values()])
    assert np.hypot(*np.diff(points, axis=0).transpose(2, 0, 1)).max() < 12
    assert points.min() > 0
    assert (points < [truth["width"], truth["height"]]).all()


def test_every_keypoint_is_mostly_seen_and_the_fence_hides_the_near_ones_once(truth):
    seen = {name: np.array([f[name][2] for f in truth["frames"].values()]) for name in truth["keypoints"]}
    assert all(visible.mean() > 0.6 for visible in seen.values())
    for name in ("nose", "eye", "withers", "tail_base"):
        changes = np.flatnonzero(np.diff(seen[name]))
        assert len(changes) == 2, f"{name} passes behind the fence exactly once"


def test_nose_is_dark_and_tail_tip_is_bright_where_the_truth_puts_them(truth):
    picture = frames_of(SAMPLES / "walking_fox.mp4", 1)[0].mean(-1)
    at = {
        name: np.round(truth["frames"]["0"][name][:2]).astype(int) for name in ("nose", "tail_tip", "withers")
    }
    level = {name: picture[y - 1 : y + 2, x - 1 : x + 2].mean() for name, (x, y) in at.items()}
    assert level["nose"] < level["withers"] < level["tail_tip"]


def test_sample_is_small():
    assert (SAMPLES / "walking_fox.mp4").stat().st_size < 2_000_000
