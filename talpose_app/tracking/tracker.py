"""The port: what a point tracker is asked, and what it answers step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.arrays import ConfidenceArray, Positions, VisibilityArray
from talpose_app.tracking.labels import LabelTable


class RunStopped(Exception):  # noqa: N818  not an error: how a stop leaves the tracker's loop
    """The user stopped the run; what it has yielded so far is kept."""


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One run over the points of ``labels``.

    Attributes:
        video: Path of the video; the tracker reads the frames itself.
        fingerprint: Content hash of the video, for caches.
        n_frames: Frames in the video.
        labels: Every label of every point that is tracked.
        span: Half-open range of frames to predict.
        tracker: Name or path of the checkpoint.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        previous: Shape (n_frames, n_points, 2), float32, image pixels, NaN where unknown: the tracks
            to start from; None to start afresh.
    """

    video: str
    fingerprint: str
    n_frames: int
    labels: LabelTable
    span: tuple[int, int]
    tracker: str = "auto"
    device: str = "auto"
    previous: Positions | None = None


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How to optimize.

    Attributes:
        n_steps: Optimization steps.
        learning_rate: None for the method's own default.
        method: ``talpose`` (ours) or ``published`` (arXiv 2506.03868 as its authors run it, the baseline).
    """

    n_steps: int = 30
    learning_rate: float | None = None
    method: str = "talpose"


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutErrors:
    """What tracks miss labels by that were hidden, each label once, with every other label of its point.

    Found without the network and without what REFINE learns, over gaps twice as long as in use: rather too
    large than too small.

    Attributes:
        points: Indices into the request's points, shape (n,), int64.
        frames: Frames of the video, shape (n,), int64.
        errors: Distances, shape (n,), float32, image pixels.
        labels: All labels of the points as they were.
    """

    points: NDArray[np.int64]
    frames: NDArray[np.int64]
    errors: NDArray[np.float32]
    labels: LabelTable


@dataclass(frozen=True, slots=True, eq=False)
class RunUpdate:
    """The state of the tracks after one step.

    Arrays cover the frames ``span`` and the points of the request's labels, in their order.
    Predictions at labeled frames are the tracker's own; labels are never part of an update.

    Attributes:
        step: 1-based; 0 for what is known before the first step; the same again where labels changed between
            two steps.
        n_steps: Steps planned; it may shrink when the optimization has converged.
        loss: Of this step; None where nothing is optimized.
        seconds: Spent on this step.
        span: Half-open range of frames.
        positions: Shape (n_span, n_points, 2), float32, image pixels.
        visibility: Shape (n_span, n_points), bool.
        confidence: Shape (n_span, n_points), float32 in [0, 1].
        is_best: Whether this is the best state so far: the one a finished run keeps.
        points: Indices into the request's points that the arrays cover; None for all.
        held_out: What hidden labels are missed by; given when it is known anew, else None.
    """

    step: int
    n_steps: int
    loss: float | None
    seconds: float
    span: tuple[int, int]
    positions: Positions
    visibility: VisibilityArray
    confidence: ConfidenceArray
    is_best: bool = True
    points: NDArray[np.int64] | None = None
    held_out: HeldOutErrors | None = None


class RunControl(Protocol):
    """How the app steers a run. A tracker calls it between units of work, each well under a second."""

    def amended_labels(self) -> LabelTable | None:
        """Wait while paused; return the labels if they changed since the last call.

        Raises:
            RunStopped: The user stopped the run.
        """
        ...

    def report(self, stage: str, fraction: float) -> None:
        """Tell what is being done ("reading video", "features"), and how far it is, in [0, 1]."""
        ...


class PointTracker(Protocol):
    """Tracks points and refines tracks. Both yield at least one update, the last one final."""

    name: str
    weights_sha256: str
    device: str

    def track(self, request: TrackRequest, control: RunControl) -> Iterator[RunUpdate]:
        """Track every point from all its labels.

        Raises:
            TalposeError: The video or checkpoint cannot be used.
        """
        ...

    def refine(
        self, request: TrackRequest, options: RefineOptions, control: RunControl
    ) -> Iterator[RunUpdate]:
        """Optimize the points' appearance features on the labels; one update a step.

        The caller keeps the last update with ``is_best``.

        Raises:
            TalposeError: The video or checkpoint cannot be used.
        """
        ...
