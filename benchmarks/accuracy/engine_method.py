"""The program's own trackers, run in this process through their port."""

from __future__ import annotations

import hashlib

import numpy as np

from benchmarks.accuracy.protocols import Task
from talpose_app.engine.trackers import load_tracker
from talpose_app.model.arrays import Positions
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest


class _Unattended:
    """A run that nobody steers."""

    def amended_labels(self) -> LabelTable | None:
        return None

    def report(self, stage: str, fraction: float) -> None:
        pass


class EngineMethod:
    """TRACK and REFINE of one checkpoint."""

    def __init__(self, name: str, device: str) -> None:
        self._tracker = load_tracker(name, device)

    def track(self, task: Task) -> Positions:
        """Track all points; (n_frames, n_points, 2), image pixels."""
        return _kept(self._tracker.track(self._request(task, None), _Unattended()))

    def refine(self, task: Task, tracks: Positions, n_steps: int, method: str) -> Positions:
        """Refine the tracks by so many steps."""
        options = RefineOptions(n_steps=n_steps, method=method)
        return _kept(self._tracker.refine(self._request(task, tracks), options, _Unattended()))

    def _request(self, task: Task, previous: Positions | None) -> TrackRequest:
        clip = task.clip
        fingerprint = hashlib.sha256(clip.video.read_bytes()).hexdigest()
        span = (0, clip.n_frames)
        return TrackRequest(
            str(clip.video),
            fingerprint,
            clip.n_frames,
            task.labels,
            span,
            self._tracker.name,
            previous=previous,
        )


def _kept(updates: object) -> Positions:
    """Positions of the state a run keeps: the last update marked best."""
    positions: Positions | None = None
    for update in updates:  # type: ignore[attr-defined]
        assert isinstance(update, RunUpdate)
        if update.is_best or positions is None:
            positions = update.positions
    assert positions is not None
    return np.asarray(positions)
