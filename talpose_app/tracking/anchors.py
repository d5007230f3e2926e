"""What the labels say about every frame: where points are known, and between which labels a frame lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.labels import LabelTable, VisibilityCode

#: In ``Anchors.before`` and ``Anchors.after``: there is no such label.
NO_LABEL = -1

#: Labels further apart than this are far apart, frames: in shorter gaps flow does better than anything else.
_LONG_GAP = 16


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """The labels of some points, laid out over a range of frames.

    Frames are counted from ``start`` in every array. An occluded label holds a position
    but shows nothing of the point; an absent label ends the track until the next position.

    Attributes:
        start: First frame of the range.
        positions: Labeled positions, shape (n_frames, n_points, 2), float64, image pixels; NaN elsewhere.
        codes: ``VisibilityCode`` of the label, or ``NO_LABEL``; shape (n_frames, n_points), int64.
        is_absent: Where a point is known to be out of the picture, shape (n_frames, n_points), bool.
        before: Latest frame not after this one that holds a position, or ``NO_LABEL``; shape
            (n_frames, n_points), int64.
        after: Earliest frame not before this one that holds a position, or ``NO_LABEL``; same shape.
    """

    start: int
    positions: NDArray[np.float64]
    codes: NDArray[np.int64]
    is_absent: NDArray[np.bool_]
    before: NDArray[np.int64]
    after: NDArray[np.int64]

    @classmethod
    def from_labels(cls, labels: LabelTable, span: tuple[int, int]) -> Anchors:
        """Lay out the labels whose frames lie in ``span`` (half-open)."""
        start, stop = span
        shape = (stop - start, len(labels.points))
        inside = (labels.frame_idx >= start) & (labels.frame_idx < stop)
        frames, points = labels.frame_idx[inside] - start, labels.point_idx[inside]
        codes = np.full(shape, NO_LABEL, np.int64)
        codes[frames, points] = labels.visibility[inside]
        positions = np.full((*shape, 2), np.nan)
        positions[frames, points] = labels.positions[inside]
        return cls._from_codes(start, positions, codes)

    @classmethod
    def _from_codes(cls, start: int, positions: NDArray[np.float64], codes: NDArray[np.int64]) -> Anchors:
        is_known = codes >= int(VisibilityCode.OCCLUDED)
        is_absent = _absent(codes)
        before = np.where(is_absent, NO_LABEL, _latest(is_known))
        after = np.where(is_absent, NO_LABEL, _earliest(is_known))
        # Beyond an absent label lies another visit of the point; nothing is known to lead there.
        first_absent_after = _earliest(codes == int(VisibilityCode.ABSENT))
        cut = (first_absent_after != NO_LABEL) & (first_absent_after < after)
        return cls(start, positions, codes, is_absent, before, np.where(cut, NO_LABEL, after))

    def without(self, hidden: NDArray[np.bool_]) -> Anchors:
        """Forget the labels where ``hidden``, shape (n_frames, n_points), bool."""
        positions = np.where(hidden[..., None], np.nan, self.positions)
        return self._from_codes(self.start, positions, np.where(hidden, NO_LABEL, self.codes))

    def part(self, start: int, stop: int, point: int) -> Anchors:
        """One point's frames [start, stop), counted as here; labels outside lead nowhere."""

        def cut(leads: NDArray[np.int64]) -> NDArray[np.int64]:
            inside = leads[start:stop, point : point + 1]
            return np.where((inside < start) | (inside >= stop), NO_LABEL, inside - start)

        rows, column = slice(start, stop), slice(point, point + 1)
        return Anchors(
            self.start + start,
            self.positions[rows, column],
            self.codes[rows, column],
            self.is_absent[rows, column],
            cut(self.before),
            cut(self.after),
        )

    @property
    def n_frames(self) -> int:
        """Frames of the range."""
        return len(self.positions)

    def is_same_range(self, other: Anchors) -> bool:
        """Whether both cover the same frames of as many points."""
        return self.start == other.start and self.codes.shape == other.codes.shape

    @property
    def n_points(self) -> int:
        """Number of points."""
        return self.positions.shape[1]

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Where a label gives the position, shape (n_frames, n_points)."""
        return np.isfinite(self.positions[..., 0])

    @property
    def is_seen(self) -> NDArray[np.bool_]:
        """Where a label shows the point, shape (n_frames, n_points)."""
        return self.codes == int(VisibilityCode.VISIBLE)

    @property
    def is_tracked(self) -> NDArray[np.bool_]:
        """Where a label on either side leads, shape (n_frames, n_points)."""
        return (self.before != NO_LABEL) | (self.after != NO_LABEL)

    @property
    def is_between(self) -> NDArray[np.bool_]:
        """Where labels on both sides lead, shape (n_frames, n_points)."""
        return (self.before != NO_LABEL) & (self.after != NO_LABEL)

    def position_before(self) -> NDArray[np.float64]:
        """Position of the label before each frame; shape (n_frames, n_points, 2), NaN if there is none."""
        return self._positions_at(self.before)

    def position_after(self) -> NDArray[np.float64]:
        """Position of the label after each frame; shape (n_frames, n_points, 2), NaN if there is none."""
        return self._positions_at(self.after)

    def progress(self) -> NDArray[np.float64]:
        """How far each frame lies between its labels: from 0 at the one before to 1; NaN outside."""
        frame = np.arange(self.n_frames)[:, None]
        length = np.maximum(self.after - self.before, 1)
        return np.where(self.is_between, (frame - self.before) / length, np.nan)

    def distance(self) -> NDArray[np.float64]:
        """Frames to the nearest label that leads here; shape (n_frames, n_points), inf where none does."""
        frame = np.arange(self.n_frames)[:, None]
        to_before = np.where(self.before == NO_LABEL, np.inf, frame - self.before)
        to_after = np.where(self.after == NO_LABEL, np.inf, self.after - frame)
        return np.minimum(to_before, to_after)

    def is_far(self) -> NDArray[np.bool_]:
        """Where labels are far apart, or lead from one side only and are not near, (n_frames, n_points)."""
        is_long = self.is_between & (self.after - self.before > _LONG_GAP)
        is_alone = ~self.is_between & (self.distance() > _LONG_GAP // 2)
        return self.is_tracked & ~self.is_known & (is_long | is_alone)

    def _positions_at(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        points = np.arange(self.n_points)[None]
        return np.where((frames == NO_LABEL)[..., None], np.nan, self.positions[frames, points])


def working_span(labels: LabelTable, span: tuple[int, int]) -> tuple[int, int]:
    """Widen a range of frames to the labels that lead into it from outside.

    Args:
        labels: All labels of the points.
        span: Half-open range of frames to predict.

    Returns:
        The smallest half-open range that holds ``span`` and, for each point, the nearest
        label on either side of it.
    """
    start, stop = span
    first, last = start, stop - 1
    for point_idx in range(len(labels.points)):
        frames = labels.frame_idx[labels.of_point(point_idx)]
        earlier, later = frames[frames <= start], frames[frames >= stop - 1]
        if len(earlier):
            first = min(first, int(earlier[-1]))
        if len(later):
            last = max(last, int(later[0]))
    return first, last + 1


def _latest(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the latest True at or before each frame, or ``NO_LABEL``."""
    frame = np.arange(len(mask))[:, None]
    return np.maximum.accumulate(np.where(mask, frame, NO_LABEL), axis=0)


def _earliest(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Index of the earliest True at or after each frame, or ``NO_LABEL``."""
    n_frames = len(mask)
    mirrored = _latest(mask[::-1])[::-1]
    return np.where(mirrored == NO_LABEL, NO_LABEL, n_frames - 1 - mirrored)


def _absent(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Frames from an absent label to the next position, and those before a first label that says absent."""
    is_absent_label = codes == int(VisibilityCode.ABSENT)
    has_label = codes >= 0
    latest, earliest = _latest(has_label), _earliest(has_label)
    n_points = int(codes.shape[1])
    points = np.arange(n_points)[None]
    follows_absent = (latest != NO_LABEL) & is_absent_label[latest, points]
    leads_to_absent = (latest == NO_LABEL) & (earliest != NO_LABEL) & is_absent_label[earliest, points]
    return follows_absent | leads_to_absent
