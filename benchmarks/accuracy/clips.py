"""Clips with truth: a folder each, with a video and ``labels.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.model.arrays import Frame

#: The clips whose mean is quoted: continuous video, labeled by people.
MAIN_CLIPS = ("badja_bear", "badja_cows", "cmu_house", "fly_pair_a", "fly_pair_c")

#: Measured with the main clips and reported apart.
EXTRA_CLIPS = ("synth_nonrigid",)

#: A smoke run.
QUICK_CLIPS = ("badja_bear", "synth_nonrigid")


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One video and what is known about it.

    Attributes:
        name: Name of its folder.
        video: Path of the video.
        width: Image pixels.
        height: Image pixels.
        keypoints: Names, in the order of the points' axis.
        positions: Truth, shape (n_frames, n_points, 2), float64, image pixels; NaN where nobody labeled.
        visible: Whether the point can be seen, shape (n_frames, n_points), bool.
    """

    name: str
    video: Path
    width: int
    height: int
    keypoints: tuple[str, ...]
    positions: NDArray[np.float64]
    visible: NDArray[np.bool_]

    @property
    def n_frames(self) -> int:
        """Frames of the video."""
        return len(self.positions)

    @property
    def truth_frames(self) -> NDArray[np.int64]:
        """Frames with at least one labeled point, ascending."""
        return np.flatnonzero(np.isfinite(self.positions[..., 0]).any(axis=1))

    @property
    def is_dense(self) -> bool:
        """Whether nearly every frame has truth."""
        return len(self.truth_frames) > self.n_frames // 2


def load_clip(folder: Path) -> Clip:
    """Read the truth of one clip."""
    data = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    video = folder / data["video"]
    names: list[str] = data["keypoints"]
    shape = (len(read_frames(video)), len(names))
    positions = np.full((*shape, 2), np.nan)
    visible = np.zeros(shape, np.bool_)
    for frame_idx, points in data["frames"].items():
        for name, (x, y, is_visible) in points.items():
            positions[int(frame_idx), names.index(name)] = x, y
            visible[int(frame_idx), names.index(name)] = bool(is_visible)
    return Clip(folder.name, video, data["width"], data["height"], tuple(names), positions, visible)


@cache
def read_frames(video: Path) -> tuple[Frame, ...]:
    """Decode a whole (short) video in order; RGB."""
    capture = cv2.VideoCapture(str(video))
    frames: list[Frame] = []
    while True:
        is_read, image = capture.read()
        if not is_read:
            break
        frames.append(np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False))
    capture.release()
    return tuple(frames)
