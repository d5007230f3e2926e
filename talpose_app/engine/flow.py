"""Pyramidal Lucas-Kanade flow, chained from label to label in both directions, at several patch sizes.

Small patches follow thin limbs, large ones low texture; which is right where shows in how well
the two directions agree. Precise on texture, lost for good once it slips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import NO_LABEL, Anchors
from talpose_app.tracking.merge import Chain, Merged, combine, merge_directions

#: Patch sides for TRACK, pixels.
QUICK_PATCHES = (15, 31)

#: Patch sides for REFINE.
THOROUGH_PATCHES = (9, 15, 21, 31, 41)

#: Halvings of the picture by patch side: a point may move some half patch times 2**halvings in a frame.
_HALVINGS = {9: 4, 15: 4, 21: 4, 31: 3, 41: 3}

#: With more points than this changed, following all again costs no more than one by one.
_MAX_PATCHED = 6

GrayFrame = NDArray[np.uint8]
Frames = Callable[[int], GrayFrame]


def chain(
    anchors: Anchors, frames: Frames, direction: int, patch: int, each_frame: Callable[[int], None]
) -> Chain:
    """Follow every point from its labels.

    Args:
        anchors: The labels.
        frames: Gives the gray frame at a position of the range, counted from its start.
        direction: +1 forward in time, -1 backward.
        patch: Side of the patch that is compared, pixels.
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
            moved = flow(frames(source), frames(at), tracks[source, moving], patch)
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


@dataclass(slots=True)
class _Chains:
    """Both directions at one patch size."""

    patch: int
    forward: Chain
    backward: Chain


class FlowEvidence:
    """Flow through a set of labels; follows again only what a change of labels can change.

    Args:
        frames: Gives a gray frame of the video.
        patches: Patch sides, pixels.
        diagonal: Of a frame, pixels.
    """

    def __init__(self, frames: Frames, patches: Sequence[int], diagonal: float) -> None:
        self._frames = frames
        self._patches = tuple(patches)
        self._diagonal = diagonal
        self._anchors: Anchors | None = None
        self._chains: list[_Chains] = []

    def merged(self, anchors: Anchors, each_frame: Callable[[float], None]) -> Merged:
        """Follow the points and merge all chains.

        Args:
            anchors: The labels.
            each_frame: Called with the share done; may raise to stop, then the old state stays.
        """
        changed = None if self._anchors is None else changed_stretches(self._anchors, anchors)
        if changed is None or len(changed) > _MAX_PATCHED:
            self._chains = self._follow(anchors, each_frame)
        else:
            for done, (point, start, stop) in enumerate(changed):
                fresh = self._follow(
                    anchors.part(start, stop, point),
                    lambda share, n=done: each_frame((n + share) / len(changed)),
                )
                for old, new in zip(self._chains, fresh, strict=True):
                    _splice(old, new, point, start, stop)
        self._anchors = anchors
        sources = [merge_directions(anchors, chains.forward, chains.backward) for chains in self._chains]
        return combine(anchors, sources, self._diagonal)

    def _follow(self, anchors: Anchors, each_frame: Callable[[float], None]) -> list[_Chains]:
        total = 2 * len(self._patches) * max(anchors.n_frames, 1)
        passes: dict[tuple[int, int], Chain] = {}
        jobs = [(direction, patch) for direction in (+1, -1) for patch in self._patches]
        for n, (direction, patch) in enumerate(jobs):
            before = n * anchors.n_frames
            passes[direction, patch] = chain(
                anchors,
                lambda at: self._frames(anchors.start + at),
                direction,
                patch,
                lambda done, before=before: each_frame((before + done) / total),
            )
        return [_Chains(patch, passes[+1, patch], passes[-1, patch]) for patch in self._patches]


def changed_stretches(old: Anchors, new: Anchors) -> list[tuple[int, int, int]] | None:
    """Which frames of which points lie between changed labels: (point, start, stop); None if all do."""
    if old.start != new.start or old.before.shape != new.before.shape:
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


def _splice(old: _Chains, new: _Chains, point: int, start: int, stop: int) -> None:
    """Put one point's stretch into the chains; landings at the stretch's own ends come from outside it."""
    for chain_old, chain_new, inner in (
        (old.forward, new.forward, slice(start + 1, stop)),
        (old.backward, new.backward, slice(start, stop - 1)),
    ):
        chain_old.tracks[start:stop, point] = chain_new.tracks[:, 0]
        chain_old.arrived[inner, point] = chain_new.arrived[inner.start - start : inner.stop - start, 0]
