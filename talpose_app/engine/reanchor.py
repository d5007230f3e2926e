"""Flow straight from a label's frame: it cannot drift, but finds only what still looks alike and is near.

Chained flow says where to look; where the patch at the label is found there, and finds its
way back, the result takes part in the average.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.flow import Frames
from talpose_app.tracking.anchors import NO_LABEL, Anchors

#: Side of the patch, pixels.
_PATCH = 21

#: Halvings of the picture; the start is good, so few.
_HALVINGS = 2

#: Going there and back must end this near to the start, pixels.
_MAX_RETURN = 1.0

#: Farther from chained flow than this share of the diagonal, another patch that looks alike was found.
_MAX_DISTANCE = 0.02


class Reanchoring:
    """Corrects tracks by flow from the labels; remembers what it found for tracks that stay.

    Args:
        frames: Gives a gray frame of the video.
        diagonal: Of a frame, pixels.
    """

    def __init__(self, frames: Frames, diagonal: float) -> None:
        self._frames = frames
        self._max_distance = _MAX_DISTANCE * diagonal
        self._start = 0
        self._tracks = np.zeros((0, 0, 2))
        self._found = np.zeros((2, 0, 0, 2))

    def corrected(
        self, anchors: Anchors, tracks: NDArray[np.float64], each_frame: Callable[[float], None]
    ) -> NDArray[np.float64]:
        """Average tracks with what flow from the labels before and after finds near them.

        Args:
            anchors: The labels.
            tracks: Tracks through them, shape (n_frames, n_points, 2), image pixels.
            each_frame: Called with the share done; may raise to stop.
        """
        if tracks.shape != self._tracks.shape or anchors.start != self._start:
            self._tracks, self._start = np.full(tracks.shape, np.nan), anchors.start
            self._found = np.full((2, *tracks.shape), np.nan)
        is_stale = (tracks != self._tracks).any(axis=2) & np.isfinite(tracks[..., 0])
        for at in range(anchors.n_frames):
            each_frame(at / anchors.n_frames)
            for side, leads in enumerate((anchors.before, anchors.after)):
                self._look(anchors, tracks, at, side, np.where(is_stale[at], leads[at], NO_LABEL))
        self._tracks = tracks.copy()
        return self._average(anchors, tracks)

    def _look(
        self, anchors: Anchors, tracks: NDArray[np.float64], at: int, side: int, leads: NDArray[np.int64]
    ) -> None:
        """Look for the patches of one side's labels in one frame."""
        self._found[side, at, (tracks[at] != self._tracks[at]).any(axis=1)] = np.nan
        for label in np.unique(leads[(leads != NO_LABEL) & (leads != at)]).tolist():
            points = np.flatnonzero((leads == label) & anchors.is_seen[label])
            if len(points):
                source, target = self._frames(anchors.start + label), self._frames(anchors.start + at)
                start, guess = anchors.positions[label, points], tracks[at, points]
                self._found[side, at, points] = self._accepted(source, target, start, guess)

    def _accepted(
        self,
        source: NDArray[np.uint8],
        target: NDArray[np.uint8],
        start: NDArray[np.float64],
        guess: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Where the patches are found; NaN where they are not, or cannot be believed."""
        moved, is_found = _guided(source, target, start, guess)
        back, is_back = _guided(target, source, moved, start)
        is_near = np.linalg.norm(moved - guess, axis=1) < self._max_distance
        is_true = is_found & is_back & is_near & (np.linalg.norm(back - start, axis=1) < _MAX_RETURN)
        return np.where(is_true[:, None], moved, np.nan)

    def _average(self, anchors: Anchors, tracks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Chained flow counts once, what was found from each side by nearness in time."""
        progress = np.where(anchors.is_between, anchors.progress(), 0.5)
        nearness = np.stack((1.0 - progress, progress))
        weight = np.where(np.isfinite(self._found[..., 0]), nearness, 0.0)[..., None]
        total = tracks + (weight * np.nan_to_num(self._found)).sum(axis=0)
        return total / (1.0 + weight.sum(axis=0))


def _guided(
    source: NDArray[np.uint8],
    target: NDArray[np.uint8],
    start: NDArray[np.float64],
    guess: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Lucas-Kanade from a guess; positions (n, 2) and whether they were found (n,)."""
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        source,
        target,
        start.astype(np.float32).reshape(-1, 1, 2),
        guess.astype(np.float32).reshape(-1, 1, 2),
        winSize=(_PATCH, _PATCH),
        maxLevel=_HALVINGS,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    positions = np.asarray(moved, np.float64).reshape(-1, 2)
    is_found = np.asarray(status).ravel().astype(np.bool_) & np.isfinite(positions).all(axis=1)
    return positions, is_found
