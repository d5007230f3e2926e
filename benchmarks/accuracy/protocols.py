"""Protocols ``A`` and ``first``: which truth is given as labels, and where a method is scored."""

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
    scored = clip.has_truth & ~given.any(axis=1, keepdims=True) & given.any(axis=0, keepdims=True)
    return Task(clip, labels_at(clip, given), scored)


def first_only(clip: Clip) -> Task:
    """Query-first: one label a point, the first where it is visible; score all later frames.

    As TAP-Vid's "queried first" (Doersch et al. 2022).
    """
    has_truth = clip.has_truth
    first = has_truth.argmax(0)
    given = np.zeros(has_truth.shape, np.bool_)
    points = np.flatnonzero(has_truth.any(0))
    given[first[points], points] = True
    later = np.arange(clip.n_frames)[:, None] > first[None]
    return Task(clip, labels_at(clip, given), has_truth & later)


def labels_at(clip: Clip, given: NDArray[np.bool_]) -> LabelTable:
    """Labels an annotator places who clicks the truth at ``given``, shape (n_frames, n_points)."""
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
    return LabelTable.from_labels(points, labels)
