"""Tracks as filters see them: with the labels put in, cut into stretches, pinned to the labels again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.arrays import ConfidenceArray, Positions, VisibilityArray
from talpose_app.tracking.labels import LabelTable, VisibilityCode
from talpose_app.tracking.stretches import stretches

#: Smooths one point's stretch: (n, 2) float64 without NaN to the same shape.
Smoother = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class TrackBlock:
    """Tracks of some points over the whole video, with what the user knows of them.

    Attributes:
        positions: Shape (n_frames, n_points, 2), float64, image pixels; the label's own where there is one,
            NaN where nothing is known.
        visibility: Shape (n_frames, n_points), bool.
        confidence: Shape (n_frames, n_points), float32.
        is_labeled: Shape (n_frames, n_points), bool: a label says where the point is.
        is_absent: Shape (n_frames, n_points), bool: a label says that it is not in the picture.
    """

    positions: NDArray[np.float64]
    visibility: VisibilityArray
    confidence: ConfidenceArray
    is_labeled: NDArray[np.bool_]
    is_absent: NDArray[np.bool_]

    @classmethod
    def from_tracks(
        cls,
        positions: Positions,
        visibility: VisibilityArray,
        confidence: ConfidenceArray,
        labels: LabelTable,
    ) -> Self:
        """Put the labels into the tracks.

        Args:
            positions: Shape (n_frames, n_points, 2), float32, image pixels; NaN where nothing is predicted.
            visibility: Shape (n_frames, n_points), bool.
            confidence: Shape (n_frames, n_points), float32.
            labels: Of the same points in the same order.
        """
        known = positions.astype(np.float64)
        is_labeled = np.zeros(visibility.shape, np.bool_)
        is_absent = is_labeled.copy()
        is_placed = labels.visibility != VisibilityCode.ABSENT
        rows = labels.frame_idx, labels.point_idx
        is_labeled[rows], is_absent[rows] = is_placed, ~is_placed
        known[labels.frame_idx[is_placed], labels.point_idx[is_placed]] = labels.positions[is_placed]
        return cls(known, visibility, confidence, is_labeled, is_absent)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Where a filter has something to go by: a position, and no label that says absent."""
        return np.isfinite(self.positions[..., 0]) & ~self.is_absent

    def moved(self, positions: NDArray[np.float64]) -> TrackBlock:
        """The same block with other positions; labels and what is absent stay as they are."""
        is_kept = self.is_labeled | self.is_absent
        return replace(self, positions=np.where(is_kept[..., None], self.positions, positions))


def smooth_stretches(block: TrackBlock, smooth: Smoother, reach: int) -> TrackBlock:
    """Smooth every stretch of every point by itself and pin it to its labels.

    Args:
        block: The tracks.
        smooth: Smooths one stretch.
        reach: Frames to either side of a label over which what the smoother missed it by is taken back.
    """
    positions = block.positions.copy()
    for point_idx in range(positions.shape[1]):
        for frames in stretches(block.is_known[:, point_idx]):
            before = block.positions[frames, point_idx]
            after = smooth(before)
            at = np.flatnonzero(block.is_labeled[frames, point_idx])
            positions[frames, point_idx] = after + _missed(before[at] - after[at], at, len(after), reach)
    return block.moved(positions)


def _missed(
    residuals: NDArray[np.float64], at: NDArray[np.intp], n_frames: int, reach: int
) -> NDArray[np.float64]:
    """Spread residuals at labels over their surroundings, so that no kink is left.

    Args:
        residuals: Shape (n_labels, 2).
        at: Frames of the labels, ascending.
        n_frames: Of the stretch.
        reach: Frames after which a residual has died away, unless another label comes first.

    Returns:
        Shape (n_frames, 2); the residual at each label, straight lines between knots.
    """
    if len(at) == 0:
        return np.zeros((n_frames, 2))
    reach = max(reach, 1)
    ends = np.unique(np.concatenate((at - reach, at + reach)))
    free = ends[np.abs(ends[:, None] - at).min(axis=1) >= reach]
    knots = {int(frame): np.zeros(2) for frame in free}
    knots.update({int(frame): residual for frame, residual in zip(at, residuals, strict=True)})
    frames = sorted(knots)
    values = np.array([knots[frame] for frame in frames])
    grid = np.arange(n_frames)
    return np.stack([np.interp(grid, frames, values[:, axis]) for axis in range(2)], axis=1)
