"""Baselines that never look at the video: curves through the labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import Positions

_Frames = NDArray[np.int64]
_Path = NDArray[np.float64]

#: A path of one point through its labels: label frames, label positions (n, 2), frames wanted.
_Curve = Callable[[_Frames, _Path, _Frames], _Path]


def no_motion(task: Task) -> Positions:
    """Every point stays at its latest label (before the first: at the first)."""
    return _by_curve(task, _latest)


def linear(task: Task) -> Positions:
    """Straight lines between labels, held beyond the ends."""
    return _by_curve(task, _straight)


def pchip(task: Task) -> Positions:
    """Monotone cubic splines (Fritsch and Carlson 1980) between labels, held beyond the ends."""
    return _by_curve(task, _spline)


def _latest(frames: _Frames, positions: _Path, wanted: _Frames) -> _Path:
    return positions[np.maximum(np.searchsorted(frames, wanted, side="right") - 1, 0)]


def _straight(frames: _Frames, positions: _Path, wanted: _Frames) -> _Path:
    return np.stack([np.interp(wanted, frames, positions[:, axis]) for axis in range(2)], axis=1)


def _spline(frames: _Frames, positions: _Path, wanted: _Frames) -> _Path:
    if len(frames) < 2:
        return _straight(frames, positions, wanted)
    return PchipInterpolator(frames, positions)(np.clip(wanted, frames[0], frames[-1]))


def _by_curve(task: Task, curve: _Curve) -> Positions:
    """Fill every point that has labels by a curve through them."""
    n_frames, n_points = task.clip.visible.shape
    tracks = np.full((n_frames, n_points, 2), np.nan, np.float32)
    for point in range(n_points):
        rows = task.labels.of_point(point)
        if len(rows):
            frames, positions = task.labels.frame_idx[rows], task.labels.positions[rows]
            tracks[:, point] = curve(frames, positions, np.arange(n_frames, dtype=np.int64))
    return tracks
