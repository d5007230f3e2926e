"""Pyramidal Lucas-Kanade flow, chained from label to label in both directions.

Precise on texture, lost for good once it slips: it comes with the evidence by which
``tracking.merge`` tells the two apart.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Chain

#: Side of the patch that is compared, pixels. Smaller slips on fur, larger blurs limbs into the background.
_WINDOW = 21

#: Halvings of the picture: a point may move about _WINDOW / 2 * 2**_LEVELS pixels between frames.
_LEVELS = 4

GrayFrame = NDArray[np.uint8]


def chain(
    anchors: Anchors,
    frames: Callable[[int], GrayFrame],
    direction: int,
    each_frame: Callable[[int], None] | None = None,
) -> Chain:
    """Follow every point from its labels.

    Args:
        anchors: The labels.
        frames: Gives the gray frame at a position of the range, counted from its start.
        direction: +1 forward in time, -1 backward.
        each_frame: Called with the number of frames done, before each frame; may raise to stop.

    Returns:
        The chained tracks.
    """
    n_frames, n_points = anchors.n_frames, anchors.n_points
    is_known = anchors.is_known
    tracks = np.where(is_known[..., None], anchors.positions, np.nan)
    arrived = np.full((n_frames, n_points, 2), np.nan)
    slip = np.full((n_frames, n_points), np.inf)
    order = range(n_frames) if direction > 0 else range(n_frames - 1, -1, -1)
    leads = anchors.before if direction > 0 else anchors.after
    last: tuple[int, GrayFrame] | None = None
    for done, at in enumerate(order):
        if each_frame is not None:
            each_frame(done)
        frame = frames(at)
        if last is not None:
            source, source_frame = last
            moving = np.flatnonzero(np.isfinite(tracks[source, :, 0]))
            moved, missed = flow(source_frame, frame, tracks[source, moving])
            _advance(slip, source, at, moving, missed)
            landing = is_known[at, moving]
            arrived[at, moving[landing]] = moved[landing]
            is_led = (leads[at, moving] >= 0) & ~landing
            tracks[at, moving[is_led]] = moved[is_led]
        slip[at, is_known[at]] = np.where(anchors.is_seen[at, is_known[at]], 0.0, np.inf)
        last = (at, frame)
    return Chain(tracks, arrived, _mean_slip(slip, leads))


def flow(
    source: GrayFrame, target: GrayFrame, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Move points from one frame to another (Bouguet 2000, pyramidal Lucas-Kanade).

    Args:
        source: Frame the points are in.
        target: The other frame.
        points: Shape (n, 2), image pixels.

    Returns:
        New positions (n, 2) and how far tracking them back misses the start (n,), pixels. A lost
        point stays where it was and misses by the size of the window.
    """
    if not len(points):
        return points, np.zeros(0)
    start = points.astype(np.float32).reshape(-1, 1, 2)
    moved, is_found = _lucas_kanade(source, target, start)
    back, is_found_back = _lucas_kanade(target, source, moved)
    missed = np.linalg.norm((back - start).reshape(-1, 2), axis=1).astype(np.float64)
    is_found &= is_found_back & np.isfinite(missed)
    position = np.where(is_found[:, None], moved.reshape(-1, 2).astype(np.float64), points)
    return position, np.where(is_found, np.minimum(missed, _WINDOW), float(_WINDOW))


def _lucas_kanade(
    source: GrayFrame, target: GrayFrame, start: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    guess = np.empty_like(start)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        source, target, start, guess, winSize=(_WINDOW, _WINDOW), maxLevel=_LEVELS
    )
    return np.asarray(moved, np.float32), np.asarray(status, np.uint8).ravel().astype(np.bool_)


def _advance(
    slip: NDArray[np.float64], source: int, at: int, moving: NDArray[np.int64], missed: NDArray[np.float64]
) -> None:
    """Add a step's miss to the sums along the chains."""
    slip[at, moving] = slip[source, moving] + missed


def _mean_slip(total: NDArray[np.float64], leads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Turn sums along chains into means over their steps."""
    steps = np.abs(np.arange(len(total))[:, None] - leads)
    return np.where(leads >= 0, total / np.maximum(steps, 1), np.inf)
