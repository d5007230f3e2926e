"""A point frame by frame as arrays: its track, with the labels in their places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.label import PointId, Visibility
from talpose_app.model.project import Project


class Status(IntEnum):
    """What is known of a point at a frame, and from whom."""

    UNKNOWN = 0
    """Neither labeled nor predicted."""

    PREDICTED = 1
    """Predicted, and seen."""

    PREDICTED_HIDDEN = 2
    """Predicted, and hidden behind something."""

    LABELED = 3
    """Placed by a person, and seen."""

    LABELED_OCCLUDED = 4
    """Placed by a person, hidden; the position is a guess."""

    LABELED_ABSENT = 5
    """A person says that it is not in the picture."""


_OF_LABEL = {
    Visibility.VISIBLE: Status.LABELED,
    Visibility.OCCLUDED: Status.LABELED_OCCLUDED,
    Visibility.ABSENT: Status.LABELED_ABSENT,
}


@dataclass(frozen=True, eq=False)
class DensePoint:
    """One point at every frame of the video.

    Attributes:
        positions: Shape (n_frames, 2), float32, x and y in image pixels; NaN where there is none.
        confidence: Shape (n_frames,), float32 in [0, 1]; 1 at labels, 0 where there is no position.
        status: Shape (n_frames,), uint8, numbers of ``Status``.
    """

    positions: NDArray[np.float32]
    confidence: NDArray[np.float32]
    status: NDArray[np.uint8]


def dense_point(project: Project, point: PointId) -> DensePoint:
    """Put the labels of a point into its track."""
    n_frames = project.video.n_frames
    dense = DensePoint(
        np.full((n_frames, 2), np.nan, np.float32),
        np.zeros(n_frames, np.float32),
        np.full(n_frames, Status.UNKNOWN, np.uint8),
    )
    track = project.tracks.get(point)
    if track is not None:
        found = np.isfinite(track.positions).all(axis=1)
        dense.positions[found] = track.positions[found]
        dense.confidence[found] = track.confidence[found]
        seen = np.where(track.visibility, Status.PREDICTED, Status.PREDICTED_HIDDEN)
        dense.status[found] = seen[found]
    # What is farther away than float32 reaches is not in any picture.
    with np.errstate(over="ignore"):
        for frame_idx, label in project.labels.get(point, {}).items():
            dense.positions[frame_idx] = label.x, label.y
            dense.confidence[frame_idx] = float(label.has_position)
            dense.status[frame_idx] = _OF_LABEL[label.visibility]
    return dense
