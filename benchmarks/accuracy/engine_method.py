"""The program's own tracker, run in this process through its port."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy.method import Prediction
from benchmarks.accuracy.protocols import Task
from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.device import pick_device
from talpose_app.engine.fused_tracker import FusedTracker
from talpose_app.engine.heap import keep_freed_memory
from talpose_app.model.arrays import ConfidenceArray, Positions
from talpose_app.tracking.checkpoints import find_checkpoint, weights_sha256
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import PointTracker, RefineOptions, RunUpdate, TrackRequest


class Unattended:
    """A run that nobody steers."""

    def amended_labels(self) -> LabelTable | None:
        """See ``RunControl``; there are none."""
        return None

    def report(self, stage: str, fraction: float) -> None:
        """See ``RunControl``; nobody listens."""


class LoadedTracker:
    """The weights of one checkpoint, and trackers that share them.

    Args:
        name: Name or path of the checkpoint.
        device: ``cpu``, ``cuda`` or ``mps``.

    Raises:
        TrackerError: The checkpoint is missing or damaged.
    """

    def __init__(self, name: str, device: str) -> None:
        keep_freed_memory()  # As the engine's process does.
        checkpoint = find_checkpoint(name)
        self.name = checkpoint.name
        self.sha256 = weights_sha256(checkpoint.path)
        self._network = load_network(checkpoint.path, pick_device(device).type)

    def fresh(self) -> PointTracker:
        """A tracker that has learned nothing of any video yet."""
        return FusedTracker(self.name, self.sha256, self._network)


class TrackMethod:
    """TRACK: all labels, no optimization; after a correction it goes on from what it found, as the app does.

    Args:
        loaded: The weights.
    """

    def __init__(self, loaded: LoadedTracker) -> None:
        self.name = f"{loaded.name} TRACK"
        self.version = loaded.sha256
        self._loaded = loaded
        self._tracker = loaded.fresh()
        self._latest: tuple[Task, Prediction] | None = None

    def forget(self) -> None:
        """See ``Method.forget``."""
        self._tracker = self._loaded.fresh()

    def predict(self, task: Task, previous: Prediction | None) -> Prediction:
        """See ``Method.predict``; the latest answer is kept, since refinement starts from it."""
        if self._latest is None or self._latest[0] is not task:
            if previous is None:
                self.forget()
            request = _request(task, self._tracker.name, None)
            self._latest = task, _final(task, self._tracker.track(request, Unattended()))
        return self._latest[1]


class RefineMethod:
    """REFINE, starting from TRACK; later from its own tracks and what it has learned.

    Args:
        loaded: The weights.
        start: Where a task starts from; its time is not counted.
        options: How to optimize.
    """

    def __init__(self, loaded: LoadedTracker, start: TrackMethod, options: RefineOptions) -> None:
        title = "REFINE" if options.method == "talpose" else options.method
        self.name = f"{loaded.name} {title} {options.n_steps}"
        self.version = loaded.sha256
        self._loaded, self._start, self._options = loaded, start, options
        self._tracker = loaded.fresh()

    def forget(self) -> None:
        """See ``Method.forget``."""
        self._tracker = self._loaded.fresh()

    def predict(self, task: Task, previous: Prediction | None) -> Prediction:
        """See ``Method.predict``."""
        tracks = (previous or self._start.predict(task, None)).tracks
        request = _request(task, self._tracker.name, tracks)
        return _final(task, self._tracker.refine(request, self._options, Unattended()))


def _request(task: Task, tracker: str, previous: Positions | None) -> TrackRequest:
    clip = task.clip
    fingerprint = hashlib.sha256(clip.video.read_bytes()).hexdigest()
    span = (0, clip.n_frames)
    return TrackRequest(
        str(clip.video), fingerprint, clip.n_frames, task.labels, span, tracker, previous=previous
    )


def _final(task: Task, updates: Iterator[RunUpdate]) -> Prediction:
    """Run to the end; for every point the last state marked best, which is what the program keeps."""
    started = time.perf_counter()
    shape = task.clip.visible.shape
    tracks: Positions = np.full((*shape, 2), np.nan, np.float32)
    confidence: ConfidenceArray = np.zeros(shape, np.float32)
    is_first = True
    for update in updates:
        if update.is_best or is_first:
            points = slice(None) if update.points is None else update.points
            tracks[slice(*update.span), points] = update.positions
            confidence[slice(*update.span), points] = update.confidence
        is_first = False
    return Prediction(tracks, time.perf_counter() - started, confidence)
