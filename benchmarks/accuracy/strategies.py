"""Where the simulated annotator looks next.

A strategy sees a situation and ranks (frame, point) pairs, most urgent first. ``worst`` and ``even`` need
nothing of the program; another one is a function more in ``STRATEGIES``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.method import Prediction
from benchmarks.accuracy.protocols import Task
from talpose_app.tracking.suggest import worth_of_frames


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What is known between two corrections.

    Attributes:
        task: The video and the labels so far.
        prediction: What the method says now.
        open_points: Shape (n_frames, n_points): where truth is known, not labeled, and not looked at yet.
        errors_px: Shape (n_frames, n_points), image pixels. Only ``worst`` may look: a person can see how
            wrong a point is, a program cannot.
        looked_at: Frames the annotator has been at, in order.
    """

    task: Task
    prediction: Prediction
    open_points: NDArray[np.bool_]
    errors_px: NDArray[np.float64]
    looked_at: tuple[int, ...]


#: Ranks (frame, point): shape (n, 2), int64, most urgent first.
Strategy = Callable[[Situation], NDArray[np.int64]]


def worst(situation: Situation) -> NDArray[np.int64]:
    """Frames with the most points out of tolerance first; among equals the farther ones. Needs the truth."""
    bad = situation.open_points & (situation.errors_px >= situation.task.clip.tolerance_px)
    far = np.where(bad, np.minimum(situation.errors_px, situation.task.clip.diagonal), 0.0)
    order = np.lexsort((-far.sum(1), -bad.sum(1)))
    return _rows(situation, order)


def even(situation: Situation) -> NDArray[np.int64]:
    """Frames farthest from any frame looked at first: both ends, the middle, the quarters."""
    frames = np.arange(situation.task.clip.n_frames)
    looked_at = np.array(situation.looked_at)
    apart = np.abs(frames[:, None] - looked_at[None]).min(axis=1)
    return _rows(situation, np.argsort(-apart, kind="stable"))


def least_confident(situation: Situation) -> NDArray[np.int64]:
    """Frames by how many points their confidences expect to be wrong; methods without any: ``even``."""
    confidence = situation.prediction.confidence
    if confidence is None:
        return even(situation)
    expected = np.where(situation.open_points, 1.0 - confidence, 0.0).sum(axis=1)
    return _rows(situation, np.argsort(-expected, kind="stable"))


def suggested(situation: Situation) -> NDArray[np.int64]:
    """What the program suggests: the frames where it expects labels to put most right."""
    confidence = situation.prediction.confidence
    if confidence is None:
        return even(situation)
    labels = situation.task.labels
    is_labeled = np.zeros(confidence.shape, np.bool_)
    is_labeled[labels.frame_idx, labels.point_idx] = True
    is_predicted = np.isfinite(situation.prediction.tracks[..., 0])
    worth = worth_of_frames(confidence, is_predicted, is_labeled)
    return _rows(situation, np.argsort(-worth, kind="stable"))


def _rows(situation: Situation, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Open points of frames in their order."""
    rows = [
        (frame, point) for frame in frames.tolist() for point in situation.open_points[frame].nonzero()[0]
    ]
    return np.array(rows, np.int64).reshape(-1, 2)


STRATEGIES: dict[str, Strategy] = {
    "worst": worst,
    "even": even,
    "unsure": least_confident,
    "suggested": suggested,
}
