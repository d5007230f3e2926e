"""Render the sample: a fox walking past a fence, with exact truth for sixteen keypoints in all frames.

    python sample_videos/render_walk.py [--frames N] [--out FOLDER]

Deterministic; needs numpy, OpenCV and PyAV. The picture is painted at twice the size and averaged down;
positions come from the geometry in float64, visibility from the id of the part that each pixel shows.
"""

import argparse
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2  # noqa: TID253 (a script, never imported by the app)
import numpy as np
from fox import KEYPOINTS, PARTS, Fox, Pose, pose_at
from meadow import Meadow
from numpy.typing import NDArray
from paint import SCALE, to_canvas

WIDTH, HEIGHT, FPS, N_FRAMES = 640, 480, 30, 120

#: The fox's pace over the ground and the camera's, pixels a frame; the difference is its own over the frame.
FOX_PACE, CAMERA_PACE = 92.0 / 32.0, 1.35

#: Constant quality of the H.264 encoder, and strength of the sensor noise in grey levels.
QUALITY, SENSOR_NOISE = 25, 2.2


class Walk:
    """The whole shot; any frame can be rendered by itself."""

    def __init__(self) -> None:
        self._fox, self._meadow = Fox(), Meadow((WIDTH, HEIGHT))

    def pose(self, frame_idx: int) -> Pose:
        """Pose the fox of one frame, in frame pixels."""
        return pose_at(frame_idx, 206.0 + (FOX_PACE - CAMERA_PACE) * frame_idx)

    def render(self, frame_idx: int) -> tuple[NDArray[np.uint8], dict[str, tuple[float, float, int]]]:
        """Render one frame.

        Returns:
            The picture, (480, 640, 3), uint8 RGB, and for every keypoint (x, y, visible).
        """
        pose, travel = self.pose(frame_idx), CAMERA_PACE * frame_idx
        canvas = self._meadow.background(travel)
        feet = [at for name, at in pose.keypoints.items() if name.endswith("paw")]
        self._meadow.shadow(canvas, feet, float(pose.curves["torso"][24][0]))
        ids = np.zeros(canvas.shape[:2], np.int16)
        self._fox.draw(canvas, ids, pose)
        self._meadow.foreground(canvas, ids, travel)
        truth = {
            name: (float(at[0]), float(at[1]), int(is_seen(ids, at, name)))
            for name, at in pose.keypoints.items()
        }
        return develop(canvas, frame_idx), truth


def is_seen(ids: NDArray[np.int16], at: NDArray[np.float64], name: str) -> bool:
    """Tell whether the part a keypoint lies on is what the frame shows there.

    A small neighborhood decides by majority, so that a single hair or a gap in the fur does not.
    """
    x, y = np.round(to_canvas(at)).astype(int)
    reach = SCALE
    if not (reach <= x < ids.shape[1] - reach and reach <= y < ids.shape[0] - reach):
        return False
    shown = ids[y - reach : y + reach + 1, x - reach : x + reach + 1]
    own = [1 + PARTS.index(part) for part in KEYPOINTS[name]]
    others = (shown != 0) & ~np.isin(shown, own)
    return bool(np.isin(shown, own).any() and others.mean() < 0.5)


def develop(canvas: NDArray[np.float32], frame_idx: int) -> NDArray[np.uint8]:
    """Average down, grade warmly, darken the corners, add sensor noise."""
    frame = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    x = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None, None]
    light = 1.13 + 0.012 * np.sin(frame_idx / 9.0)
    frame = frame * light * (1 - 0.16 * (x**2 + y**2) ** 1.2) * np.array([1.03, 1.0, 0.95], np.float32)
    rng = np.random.default_rng(1000 + frame_idx)
    frame = frame + SENSOR_NOISE * rng.standard_normal((HEIGHT, WIDTH, 1), np.float32)
    return np.clip(frame, 0, 255).astype(np.uint8)


def describe(frames: dict[str, Any]) -> dict[str, Any]:
    """Wrap the truth of all frames in the truth file's header."""
    return {
        "video": "walking_fox.mp4",
        "fps": FPS,
        "width": WIDTH,
        "height": HEIGHT,
        "keypoints": list(KEYPOINTS),
        "frames": frames,
        "source": "own render, sample_videos/render_walk.py",
        "license": "Apache-2.0",
        "label_kind": "exact",
    }


def write(folder: Path, n_frames: int) -> None:
    """Render and write `walking_fox.mp4` and `walking_fox.labels.json`."""
    walk, frames = Walk(), dict[str, Any]()
    with av.open(str(folder / "walking_fox.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        stream.options = {"crf": str(QUALITY), "preset": "slow", "g": "30", "threads": "1"}
        for frame_idx in range(n_frames):
            picture, truth = walk.render(frame_idx)
            frames[str(frame_idx)] = {name: list(value) for name, value in truth.items()}
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = frame_idx
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    text = json.dumps(describe(frames), indent=None, separators=(",", ":"))
    text = text.replace('"frames":{', '"frames":{\n').replace('},"', '},\n"')
    (folder / "walking_fox.labels.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(description="Render the sample video and its truth.")
    parser.add_argument("--frames", type=int, default=N_FRAMES)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    write(options.out, options.frames)


if __name__ == "__main__":
    main()
