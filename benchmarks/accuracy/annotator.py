"""Protocol ``B``: a simulated annotator corrects frame by frame until the tracks are good enough."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clip
from benchmarks.accuracy.method import Method, Prediction
from benchmarks.accuracy.metrics import errors_px, share_good
from benchmarks.accuracy.protocols import Task, labels_at
from benchmarks.accuracy.strategies import Situation, Strategy

#: Share of points within tolerance at which the annotator stops.
GOOD_ENOUGH = 0.95

#: Frames after which the annotator gives up.
MAX_LOOKS = 40


@dataclass(frozen=True, slots=True)
class Stage:
    """The state after one visit.

    Attributes:
        labels: Labels placed so far.
        labels_per_point: The same for each keypoint, on average.
        looks: Frames visited so far.
        share_good: Share of points within tolerance, over all points that carry no label.
        share_done: The same with labeled points counted as good.
        seconds: Of computing so far.
    """

    labels: int
    labels_per_point: float
    looks: int
    share_good: float
    share_done: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """What the annotator's work came to: its stages, and the last task and prediction."""

    stages: tuple[Stage, ...]
    task: Task
    prediction: Prediction


def annotate(
    clip: Clip, method: Method, strategy: Strategy, max_looks: int = MAX_LOOKS, *, confirms: bool = False
) -> Session:
    """Label one frame, then correct what the strategy points at until 95 % of the points are good.

    The annotator starts at the frame that shows most points. At a frame, every point out of tolerance gets
    a label, points within tolerance are left alone, or confirmed where they are; a frame with nothing to
    correct costs a look. The method runs again after every frame that brought labels.

    Args:
        clip: With its truth.
        method: Runs after each correction, continuing from its own tracks.
        strategy: Where to look next.
        max_looks: Frames after which the annotator gives up.
        confirms: Whether the annotator confirms with one key what is within tolerance: labels where the
            method had put them, not counted as placed, but scored like points without a label.
    """
    work = _Work(clip, method, confirms=confirms)
    while work.stages[-1].share_done < 1.0 and not work.is_good_enough and len(work.looked_at) < max_looks:
        ranked = strategy(work.situation())
        if len(ranked) == 0:
            break
        work.visit(int(ranked[0, 0]))
    return Session(tuple(work.stages), work.task, work.prediction)


class _Work:
    """Labels, tracks and the record of one session."""

    def __init__(self, clip: Clip, method: Method, *, confirms: bool) -> None:
        self._clip, self._method, self._confirms = clip, method, confirms
        first = int(clip.has_truth.sum(axis=1).argmax())
        self.looked_at = [first]
        self._given = np.zeros(clip.has_truth.shape, np.bool_)
        self._given[first] = clip.has_truth[first]
        self._is_confirmed = np.zeros_like(self._given)
        self._positions = clip.positions.copy()  # What labels say, placed or confirmed.
        self._seconds = 0.0
        self.stages: list[Stage] = []
        method.forget()
        self._predict(None)

    @property
    def is_good_enough(self) -> bool:
        return self.stages[-1].share_good >= GOOD_ENOUGH

    def situation(self) -> Situation:
        open_points = self._clip.has_truth & ~self._given
        open_points[self.looked_at] = False
        errors = errors_px(self.task, self.prediction.tracks)
        return Situation(self.task, self.prediction, open_points, errors, tuple(self.looked_at))

    def visit(self, frame: int) -> None:
        """Correct what is out of tolerance on one frame."""
        self.looked_at.append(frame)
        bad = self._bad()[frame]
        good = self._clip.has_truth[frame] & ~self._given[frame] & ~bad
        if self._confirms:
            self._is_confirmed[frame] |= good
            self._positions[frame, good] = self.prediction.tracks[frame, good]
        if bad.any() or (self._confirms and good.any()):
            self._given[frame] |= bad
            self._predict(self.prediction)
        else:
            self._record()

    def _bad(self) -> NDArray[np.bool_]:
        errors = errors_px(self.task, self.prediction.tracks)
        return self._clip.has_truth & ~self._given & ~(errors < self._clip.tolerance_px)

    def _predict(self, previous: Prediction | None) -> None:
        scored = self._clip.has_truth & ~self._given
        labeled = replace(self._clip, positions=self._positions)
        labels = labels_at(labeled, self._given | self._is_confirmed)
        self.task = Task(self._clip, labels, scored)
        self.prediction = self._method.predict(self.task, previous)
        self._seconds += self.prediction.seconds
        self._record()

    def _record(self) -> None:
        clip = self._clip
        n_labels, n_truth = int(self._given.sum()), int(clip.has_truth.sum())
        n_points = int(clip.has_truth.any(axis=0).sum())
        good = share_good(self.task, self.prediction.tracks) if self.task.scored.any() else 1.0
        done = 1.0 - int(self._bad().sum()) / n_truth
        self.stages.append(
            Stage(n_labels, n_labels / n_points, len(self.looked_at), good, done, self._seconds)
        )
