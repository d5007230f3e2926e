"""Methods anybody could use instead, each on its own code."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from benchmarks.accuracy.clips import read_frames
from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import Positions

#: A path of one point through its labels: label frames, label positions (n, 2), frames wanted.
_Curve = Callable[[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]

_LK_WINDOW = (21, 21)
_LK_LEVELS = 4


def no_motion(task: Task) -> Positions:
    """Every point stays at its latest label (before the first: at the first)."""

    def latest(frames: NDArray[np.int64], positions: NDArray[np.float64], wanted: NDArray[np.int64]):  # noqa: ANN202
        return positions[np.maximum(np.searchsorted(frames, wanted, side="right") - 1, 0)]

    return _by_curve(task, latest)


def linear(task: Task) -> Positions:
    """Straight lines between labels."""
    return _by_curve(task, _linear)


def pchip(task: Task) -> Positions:
    """Monotone cubic splines (Fritsch and Carlson 1980) between labels, held beyond the ends."""

    def spline(frames: NDArray[np.int64], positions: NDArray[np.float64], wanted: NDArray[np.int64]):  # noqa: ANN202
        if len(frames) < 2:
            return _linear(frames, positions, wanted)
        return PchipInterpolator(frames, positions)(np.clip(wanted, frames[0], frames[-1]))

    return _by_curve(task, spline)


def lucas_kanade(task: Task) -> Positions:
    """Pyramidal Lucas-Kanade from both neighboring labels, blended by time; one-sided beyond the ends."""
    colors = read_frames(task.clip.video)
    grays = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in colors]
    forward, steps_forward = _chained(task, grays, +1)
    backward, steps_backward = _chained(task, grays, -1)
    has_both = np.isfinite(steps_forward) & np.isfinite(steps_backward)
    total = np.where(has_both, steps_forward + steps_backward, 1.0)
    weight = np.where(has_both, steps_backward, np.isfinite(steps_forward)) / np.maximum(total, 1.0)
    weight = np.where(has_both & (total == 0), 1.0, weight)[..., None]
    blended = np.where(weight > 0, weight * np.nan_to_num(forward), 0) + np.where(
        weight < 1, (1 - weight) * np.nan_to_num(backward), 0
    )
    unlabeled = np.isinf(steps_forward) & np.isinf(steps_backward)
    blended[unlabeled] = np.nan
    return blended.astype(np.float32)


def _chained(
    task: Task, grays: list[NDArray[np.uint8]], direction: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chain flow, starting anew at every label; tracks, and frames since the label (inf before one)."""
    n_frames, n_points = task.clip.visible.shape
    at_label = np.full((n_frames, n_points, 2), np.nan)
    at_label[task.labels.frame_idx, task.labels.point_idx] = task.labels.positions
    tracks, steps = at_label.copy(), np.full((n_frames, n_points), np.inf)
    order = range(n_frames) if direction > 0 else range(n_frames - 1, -1, -1)
    previous: int | None = None
    for frame_idx in order:
        labeled = np.isfinite(at_label[frame_idx, :, 0])
        if previous is not None:
            moving = np.flatnonzero(~labeled & np.isfinite(tracks[previous, :, 0]))
            if len(moving):
                tracks[frame_idx, moving] = _flow(grays[previous], grays[frame_idx], tracks[previous, moving])
                steps[frame_idx, moving] = steps[previous, moving] + 1
        steps[frame_idx, labeled] = 0
        previous = frame_idx
    return tracks, steps


def _flow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move points by one step; a lost point stays."""
    start = points.astype(np.float32).reshape(-1, 1, 2)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, np.empty_like(start), winSize=_LK_WINDOW, maxLevel=_LK_LEVELS
    )
    is_found = np.asarray(found, np.uint8).ravel().astype(np.bool_)
    return np.where(is_found[:, None], np.asarray(moved, np.float64).reshape(-1, 2), points)


def _linear(
    frames: NDArray[np.int64], positions: NDArray[np.float64], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.stack([np.interp(wanted, frames, positions[:, axis]) for axis in range(2)], axis=1)


def _by_curve(task: Task, curve: _Curve) -> Positions:
    """Fill every point that has labels by a curve through them."""
    n_frames, n_points = task.clip.n_frames, len(task.clip.keypoints)
    tracks = np.full((n_frames, n_points, 2), np.nan, np.float32)
    for point in range(n_points):
        rows = task.labels.of_point(point)
        if len(rows):
            frames, positions = task.labels.frame_idx[rows], task.labels.positions[rows]
            tracks[:, point] = curve(frames, positions, np.arange(n_frames))
    return tracks


BASELINES: dict[str, Callable[[Task], Positions]] = {
    "none": no_motion,
    "linear": linear,
    "pchip": pchip,
    "lk": lucas_kanade,
}
