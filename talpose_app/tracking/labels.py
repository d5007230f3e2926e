"""Labels as arrays: what a tracker is given to know."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.label import Label, PointId, Visibility


class VisibilityCode(IntEnum):
    """A label's visibility as a number; the COCO values."""

    ABSENT = 0
    OCCLUDED = 1
    VISIBLE = 2


_CODES = {
    Visibility.ABSENT: VisibilityCode.ABSENT,
    Visibility.OCCLUDED: VisibilityCode.OCCLUDED,
    Visibility.VISIBLE: VisibilityCode.VISIBLE,
}


@dataclass(frozen=True, slots=True, eq=False)
class LabelTable:
    """Every label of the points to be tracked, one row a label, ordered by point, then frame.

    Attributes:
        points: The points, in the order of the tracks' axis.
        point_idx: Shape (n_labels,), int64, index into ``points``.
        frame_idx: Shape (n_labels,), int64.
        positions: Shape (n_labels, 2), (x, y), float64, image pixels; NaN when absent.
        visibility: Shape (n_labels,), int8, ``VisibilityCode``.
    """

    points: tuple[PointId, ...]
    point_idx: NDArray[np.int64]
    frame_idx: NDArray[np.int64]
    positions: NDArray[np.float64]
    visibility: NDArray[np.int8]

    @classmethod
    def from_labels(cls, points: Sequence[PointId], labels: Iterable[Label]) -> LabelTable:
        """Collect the labels of ``points``; labels of other points are left out."""
        order = {point: idx for idx, point in enumerate(points)}
        chosen = sorted(
            ((order[x.point], x.frame_idx, x) for x in labels if x.point in order), key=lambda row: row[:2]
        )
        return cls(
            tuple(points),
            np.array([row[0] for row in chosen], np.int64),
            np.array([row[1] for row in chosen], np.int64),
            np.array([(row[2].x, row[2].y) for row in chosen], np.float64).reshape(-1, 2),
            np.array([_CODES[row[2].visibility] for row in chosen], np.int8),
        )

    def of_point(self, point_idx: int) -> NDArray[np.int64]:
        """Rows of one point's labels, ascending by frame."""
        return np.flatnonzero(self.point_idx == point_idx)

    def fingerprint(self, point_idx: int) -> str:
        """Tell one point's labels from any others: 16 hexadecimal digits of a hash over all of them."""
        rows = self.of_point(point_idx)
        is_absent = self.visibility[rows] == VisibilityCode.ABSENT
        places = np.where(is_absent[:, None], 0.0, self.positions[rows])
        digest = hashlib.sha256(self.frame_idx[rows].astype("<i8").tobytes())
        digest.update(places.astype("<f8").tobytes())
        digest.update(self.visibility[rows].tobytes())
        return digest.hexdigest()[:16]
