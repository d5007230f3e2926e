"""The port: what the benchmark asks of a method, and what it gets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import ConfidenceArray, Positions


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a method says of a clip.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float32, image pixels; NaN where nothing is predicted.
        seconds: Wall time it took.
        confidence: Shape (n_frames, n_points), float32 in [0, 1]; None of methods that have none.
    """

    tracks: Positions
    seconds: float
    confidence: ConfidenceArray | None = None


class Method(Protocol):
    """Fills in the frames nobody labeled.

    Attributes:
        name: Title in tables.
        version: What else its results depend on (a hash of weights); part of a result's identity.
    """

    name: str
    version: str

    def forget(self) -> None:
        """Drop what was learned from labels seen so far: a new task begins."""
        ...

    def predict(self, task: Task, previous: Prediction | None) -> Prediction:
        """Predict all points on all frames.

        Args:
            task: The video and the labels.
            previous: What this method said before the latest labels came; None at the start.
        """
        ...


class Baseline:
    """A method that is one function of the task.

    Args:
        name: Title in tables.
        tracks: Gives tracks, shape (n_frames, n_points, 2), image pixels.
    """

    version = ""

    def __init__(self, name: str, tracks: Callable[[Task], Positions]) -> None:
        self.name = name
        self._tracks = tracks

    def forget(self) -> None:
        """See ``Method.forget``; nothing is remembered."""

    def predict(self, task: Task, previous: Prediction | None) -> Prediction:  # noqa: ARG002  of the port
        """See ``Method.predict``."""
        started = time.perf_counter()
        tracks = self._tracks(task)
        return Prediction(tracks, time.perf_counter() - started)
