"""Following points from label to label, a frame at a time, by pyramidal Lucas-Kanade flow or better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import NO_LABEL, Anchors
from talpose_app.tracking.merge import Chain

#: Halvings of the picture by patch side: a point may move some half patch times 2**halvings in a frame.
_HALVINGS = {9: 4, 15: 4, 21: 4, 31: 3, 41: 3}

GrayFrame = NDArray[np.uint8]
Frames = Callable[[int], GrayFrame]


class Follower(Protocol):
    """Moves points from one frame to the next."""

    def __call__(
        self, source: int, target: int, points: NDArray[np.int64], positions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Follow points.

        Args:
            source: Frame of the video the points are in.
            target: The frame before or after it.
            points: Which points, shape (n,).
            positions: Shape (n, 2), image pixels.

        Returns:
            Positions in the target frame, (n, 2).
        """
        ...


@dataclass(frozen=True, slots=True)
class LucasKanade:
    """Follows by flow alone: precise on texture, lost for good once it slips.

    Attributes:
        frames: Gives a gray frame of the video.
        patch: Side of the patch that is compared, pixels. Small ones follow thin limbs, large ones low
            texture; which is right where shows in how well the two directions agree.
    """

    frames: Frames
    patch: int

    def __call__(
        self, source: int, target: int, points: NDArray[np.int64], positions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """See ``Follower``; every point is followed alike."""
        del points
        return flow(self.frames(source), self.frames(target), positions, self.patch)


def chain(
    anchors: Anchors,
    follow: Follower,
    direction: int,
    points: NDArray[np.int64],
    each_frame: Callable[[int], None],
) -> Chain:
    """Follow every point from its labels.

    Args:
        anchors: The labels.
        follow: Moves points by a frame.
        direction: +1 forward in time, -1 backward.
        points: What the follower knows the anchors' points as, shape (n_points,).
        each_frame: Called with the number of frames done, before each frame; may raise to stop.
    """
    n_frames = anchors.n_frames
    is_known, is_seen = anchors.is_known, anchors.is_seen
    tracks = np.where(is_seen[..., None], anchors.positions, np.nan)
    arrived = np.full(tracks.shape, np.nan)
    order = range(n_frames) if direction > 0 else range(n_frames - 1, -1, -1)
    leads = anchors.before if direction > 0 else anchors.after
    source: int | None = None
    for done, at in enumerate(order):
        each_frame(done)
        if source is not None:
            moving = np.flatnonzero(np.isfinite(tracks[source, :, 0]))
            start = anchors.start
            moved = follow(start + source, start + at, points[moving], tracks[source, moving])
            landing = is_known[at, moving]
            arrived[at, moving[landing]] = moved[landing]
            goes_on = (leads[at, moving] != NO_LABEL) & ~landing
            tracks[at, moving[goes_on]] = moved[goes_on]
        source = at
    return Chain(tracks, arrived)


def flow(
    source: GrayFrame, target: GrayFrame, points: NDArray[np.float64], patch: int
) -> NDArray[np.float64]:
    """Move points from one frame to another (Bouguet 2000, pyramidal Lucas-Kanade); lost points stay.

    Args:
        source: Frame the points are in.
        target: The other frame.
        points: Shape (n, 2), image pixels.
        patch: Side of the patch, pixels.
    """
    if not len(points):
        return points
    start = points.astype(np.float32).reshape(-1, 1, 2)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        source, target, start, np.empty_like(start), winSize=(patch, patch), maxLevel=_HALVINGS[patch]
    )
    is_found = np.asarray(status).ravel().astype(np.bool_) & np.isfinite(moved).all(axis=(1, 2))
    return np.where(is_found[:, None], moved.reshape(-1, 2), points)


def changed_stretches(old: Anchors, new: Anchors) -> list[tuple[int, int, int]] | None:
    """Which frames of which points lie between changed labels: (point, start, stop); None if all do."""
    if not old.is_same_range(new):
        return None
    is_same = (old.before == new.before) & (old.after == new.after) & (old.codes == new.codes)
    is_same &= (old.positions == new.positions).all(axis=2) | ~np.isfinite(new.positions[..., 0])
    moved = ~is_same
    # A moved label keeps the layout, but both gaps beside it start from it.
    for side in ("before", "after"):
        leads = getattr(new, side)
        points = np.arange(new.n_points)[None]
        moved |= (leads != NO_LABEL) & (~is_same)[leads, points]
    stretches: list[tuple[int, int, int]] = []
    for point in np.flatnonzero(moved.any(axis=0)).tolist():
        frames = np.flatnonzero(moved[:, point])
        stretches.append((point, max(int(frames[0]) - 1, 0), min(int(frames[-1]) + 2, new.n_frames)))
    return stretches
