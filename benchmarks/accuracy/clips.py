"""Clips with truth: a folder each, with a video and ``labels.json``."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import UsageError
from talpose_app.model.arrays import Frame

#: Measured only when asked for by name: not a continuous video; truth that is a network's output.
APART = ("mouse_openfield_sparse", "fly_courtship")

#: A smoke run.
QUICK_CLIPS = ("badja_bear", "synth_nonrigid")

#: What two careful people may differ by, in image pixels, by the start of a clip's name: clicks of 2 to 4 px
#: on joints under fur, of 0.6 px on a model house and about as much on enlarged flies; exact truth.
_TOLERANCES_PX = {"badja": 8.0, "cmu": 3.0, "fly": 3.0, "synth": 3.0}

#: Elsewhere: this share of the frame's diagonal, which is what the program's confidence speaks of.
TOLERANCE_SHARE = 0.008


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One video and what is known about it.

    Attributes:
        name: Name of its folder.
        video: Path of the video.
        size: (width, height), image pixels.
        keypoints: Names, in the order of the points' axis.
        positions: Truth, shape (n_frames, n_points, 2), float64, image pixels; NaN where nobody labeled.
        visible: Whether the point can be seen, shape (n_frames, n_points), bool.
        tolerance_px: A point closer than this needs no touch; respects the noise of the truth.
        kind: Who made the truth: ``human``, ``synthetic-exact`` or ``predicted``.
    """

    name: str
    video: Path
    size: tuple[int, int]
    keypoints: tuple[str, ...]
    positions: NDArray[np.float64]
    visible: NDArray[np.bool_]
    tolerance_px: float
    kind: str = "human"

    @property
    def n_frames(self) -> int:
        """Frames of the video."""
        return len(self.positions)

    @property
    def diagonal(self) -> float:
        """Of a frame, image pixels."""
        return math.hypot(*self.size)

    @property
    def has_truth(self) -> NDArray[np.bool_]:
        """Where a visible point's position is known, shape (n_frames, n_points)."""
        return np.isfinite(self.positions[..., 0]) & self.visible

    @property
    def truth_frames(self) -> NDArray[np.int64]:
        """Frames with at least one labeled point, ascending."""
        return np.flatnonzero(np.isfinite(self.positions[..., 0]).any(axis=1))

    @property
    def is_dense(self) -> bool:
        """Whether nearly every frame has truth."""
        return len(self.truth_frames) > self.n_frames // 2

    @property
    def is_main(self) -> bool:
        """Whether the clip counts in the mean that is quoted: continuous video, labeled by people."""
        return self.kind == "human" and self.name not in APART

    @property
    def is_animal(self) -> bool:
        """Whether the clip counts in the mean over animals."""
        return self.is_main and not self.name.startswith("cmu")


def clip_names(folder: Path, only: list[str] | None, *, quick: bool) -> list[str]:
    """Choose clips of a folder, in alphabetical order.

    Raises:
        UsageError: There are none, or one that was asked for is missing.
    """
    found = sorted(path.parent.name for path in folder.glob("*/labels.json"))
    missing = sorted(set(only or []) - set(found))
    if missing or not found:
        what = f"no clip {', '.join(missing)}" if missing else "no clips"
        raise UsageError(f"There are {what} in {folder}.", hint="A clip is a folder with labels.json.")
    if only:
        return [name for name in found if name in only]
    if quick:
        return [name for name in found if name in QUICK_CLIPS] or found[:1]
    return [name for name in found if name not in APART]


def clip_content(folder: Path) -> str:
    """Name what a clip holds: a short hash over its labels and its video.

    Raises:
        UsageError: One of them cannot be read.
    """
    video = folder / str(_read_labels(folder).get("video"))
    digest = hashlib.sha256((folder / "labels.json").read_bytes())
    try:
        digest.update(video.read_bytes())
    except OSError as error:
        raise _unreadable(video) from error
    return digest.hexdigest()[:16]


def load_clip(folder: Path) -> Clip:
    """Read the truth of one clip.

    Raises:
        UsageError: Its labels or its video cannot be read.
    """
    data = _read_labels(folder)
    video = folder / str(data.get("video"))
    frames = read_frames(video)
    if not frames:
        raise _unreadable(video)
    try:
        return _clip(folder.name, video, len(frames), data)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UsageError(
            f"{folder / 'labels.json'} does not fit its video: {type(error).__name__} {error}.",
            hint="docs/cli.md says what a truth file holds.",
        ) from error


def _read_labels(folder: Path) -> dict[str, Any]:
    path = folder / "labels.json"
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    return data


def _unreadable(path: Path) -> UsageError:
    return UsageError(f"{path} cannot be read.", hint="A clip is a folder with labels.json and its video.")


def _clip(name: str, video: Path, n_frames: int, data: dict[str, Any]) -> Clip:
    names: list[str] = data["keypoints"]
    size = (int(data["width"]), int(data["height"]))
    shape = (n_frames, len(names))
    positions = np.full((*shape, 2), np.nan)
    visible = np.zeros(shape, np.bool_)
    for frame_idx, points in data["frames"].items():
        for keypoint, (x, y, is_visible) in points.items():
            positions[int(frame_idx), names.index(keypoint)] = x, y
            visible[int(frame_idx), names.index(keypoint)] = bool(is_visible)
    kind = str(data.get("label_kind", "human"))
    return Clip(name, video, size, tuple(names), positions, visible, _tolerance_px(name, size), kind)


def _tolerance_px(name: str, size: tuple[int, int]) -> float:
    for start, tolerance in _TOLERANCES_PX.items():
        if name.startswith(start):
            return tolerance
    return TOLERANCE_SHARE * math.hypot(*size)


@lru_cache(maxsize=1)
def read_frames(video: Path) -> tuple[Frame, ...]:
    """Decode a whole (short) video in order; RGB. The latest one is kept."""
    capture = cv2.VideoCapture(str(video))
    frames: list[Frame] = []
    while True:
        is_read, image = capture.read()
        if not is_read:
            break
        frames.append(np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False))
    capture.release()
    return tuple(frames)


def read_grays(video: Path) -> list[NDArray[np.uint8]]:
    """Decode a whole (short) video in order; grey, shape (height, width) each."""
    return [np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in read_frames(video)]
