"""Protocols: which truth a method is given as labels, and on which frames it is scored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clip
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.tracking.labels import LabelTable

#: About the frames between truth frames of sparsely labeled clips: a label "every 10 frames" is every second.
_SPARSE_STEP = 5


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What a method is given, and where it is scored.

    Attributes:
        clip: The clip with its truth; methods may look at its video only.
        labels: What the annotator placed.
        scored: Frames and points that count, shape (n_frames, n_points), bool.
    """

    clip: Clip
    labels: LabelTable
    scored: NDArray[np.bool_]


def evenly_labeled(clip: Clip, every: int) -> Task:
    """Protocol A: a label every ``every`` frames; score every other labeled frame.

    Where truth itself is sparse, every ``every / 5``-th truth frame is given.
    """
    truth = clip.truth_frames
    chosen = np.arange(0, clip.n_frames, every) if clip.is_dense else truth[:: max(2, every // _SPARSE_STEP)]
    given = np.zeros(clip.visible.shape, np.bool_)
    given[chosen] = np.isfinite(clip.positions[chosen][..., 0])
    return _task(clip, given)


def first_only(clip: Clip) -> Task:
    """Query-first: one label a point, the first where it is visible; score all later frames."""
    has_truth = np.isfinite(clip.positions[..., 0]) & clip.visible
    first = has_truth.argmax(0)
    given = np.zeros(clip.visible.shape, np.bool_)
    points = np.flatnonzero(has_truth.any(0))
    given[first[points], points] = True
    task = _task(clip, given)
    later = np.arange(clip.n_frames)[:, None] > first[None]
    return Task(clip, task.labels, has_truth & later)


def _task(clip: Clip, given: NDArray[np.bool_]) -> Task:
    """Labels at ``given``; points with a label are scored on the frames nobody labeled."""
    points = [PointId(1, idx + 1) for idx in range(len(clip.keypoints))]
    labels = [
        Label(
            points[point],
            int(frame_idx),
            float(clip.positions[frame_idx, point, 0]),
            float(clip.positions[frame_idx, point, 1]),
            Visibility.VISIBLE if clip.visible[frame_idx, point] else Visibility.OCCLUDED,
        )
        for frame_idx, point in np.argwhere(given).tolist()
    ]
    has_truth = np.isfinite(clip.positions[..., 0]) & clip.visible
    scored = has_truth & ~given.any(axis=1, keepdims=True) & given.any(axis=0, keepdims=True)
    return Task(clip, LabelTable.from_labels(points, labels), scored)
