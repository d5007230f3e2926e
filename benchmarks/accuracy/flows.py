"""Baselines by optical flow: from the neighboring labels on both sides, blended linearly in time."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import read_grays
from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import Positions

_Points = NDArray[np.float64]
_Gray = NDArray[np.uint8]

#: Moves points (n, 2) from one grey frame to the next.
_Step = Callable[[_Gray, _Gray, _Points], _Points]

_LK_WINDOW = (21, 21)
_LK_LEVELS = 4


def lucas_kanade(task: Task) -> Positions:
    """Pyramidal Lucas-Kanade (Bouguet 2001, as in OpenCV) from both neighboring labels, blended by time.

    One-sided before the first and after the last label.
    """
    return _both_ways(task, _lucas_kanade_step)


def dense_inverse_search(task: Task) -> Positions:
    """DIS flow (Kroeger et al. 2016, OpenCV's medium preset), chained from both sides, blended by time."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def step(before: _Gray, after: _Gray, points: _Points) -> _Points:
        # What is passed for the result is where the search starts.
        field = flow.calc(before, after, np.zeros((*before.shape, 2), np.float32))
        return points + _sample(np.asarray(field, np.float32), points)

    return _both_ways(task, step)


def _both_ways(task: Task, step: _Step) -> Positions:
    grays = read_grays(task.clip.video)
    forward, steps_forward = _chained(task, grays, step, +1)
    backward, steps_backward = _chained(task, grays, step, -1)
    is_forward, is_backward = np.isfinite(steps_forward), np.isfinite(steps_backward)
    has_both = is_forward & is_backward
    total = np.maximum(steps_forward + steps_backward, 1.0)
    weight = is_forward.astype(np.float64)
    weight[has_both] = 1.0 - steps_forward[has_both] / total[has_both]
    blended = weight[..., None] * np.nan_to_num(forward) + (1 - weight[..., None]) * np.nan_to_num(backward)
    blended[~is_forward & ~is_backward] = np.nan
    return blended.astype(np.float32)


def _chained(task: Task, grays: list[_Gray], step: _Step, direction: int) -> tuple[_Points, _Points]:
    """Chain flow, starting anew at every label; tracks, and frames since the label (inf before one)."""
    n_frames, n_points = task.clip.visible.shape
    tracks = np.full((n_frames, n_points, 2), np.nan)
    tracks[task.labels.frame_idx, task.labels.point_idx] = task.labels.positions
    labeled = np.isfinite(tracks[..., 0])
    since = np.where(labeled, 0.0, np.inf)
    order = range(n_frames)[::direction]
    for before, after in itertools.pairwise(order):
        moving = np.flatnonzero(~labeled[after] & np.isfinite(since[before]))
        if len(moving):
            tracks[after, moving] = step(grays[before], grays[after], tracks[before, moving])
            since[after, moving] = since[before, moving] + 1
    return tracks, since


def _lucas_kanade_step(before: _Gray, after: _Gray, points: _Points) -> _Points:
    """Move points by one step; a lost point stays."""
    start = points.astype(np.float32).reshape(-1, 1, 2)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, np.empty_like(start), winSize=_LK_WINDOW, maxLevel=_LK_LEVELS
    )
    is_found = np.asarray(found, np.uint8).ravel().astype(np.bool_)
    return np.where(is_found[:, None], np.asarray(moved, np.float64).reshape(-1, 2), points)


def _sample(field: NDArray[np.float32], points: _Points) -> _Points:
    """Read a field (height, width, 2) at points (n, 2), bilinear, the nearest value outside."""
    at = points.astype(np.float32).reshape(-1, 1, 2)
    sampled = cv2.remap(field, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float64).reshape(-1, 2)
