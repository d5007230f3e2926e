"""What the user asks of a run, and the request it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talpose_app.errors import UsageError
from talpose_app.model.arrays import Positions
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.run import RunKind
from talpose_app.model.video import VideoInfo
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, TrackRequest

#: More steps than anybody waits for.
MAX_STEPS = 100_000

#: Beyond it every step overshoots.
MAX_LEARNING_RATE = 1.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """A run as asked for; None stands for the default.

    Attributes:
        kind: Track or refine.
        points: Points to track; all that have labels.
        span: Half-open range of frames; the whole video.
        n_steps: Optimization steps; the method's own number.
        learning_rate: The method's own.
        tracker: Name or path of a checkpoint.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        method: ``talpose`` or ``published``.
    """

    kind: RunKind
    points: tuple[PointId, ...] | None = None
    span: tuple[int, int] | None = None
    n_steps: int | None = None
    learning_rate: float | None = None
    tracker: str = "auto"
    device: str = "auto"
    method: str = "talpose"

    @property
    def refine_options(self) -> RefineOptions | None:
        """How to optimize; None for plain tracking."""
        if self.kind is not RunKind.REFINE:
            return None
        default = RefineOptions(learning_rate=self.learning_rate, method=self.method)
        if self.n_steps is None:
            return default
        return RefineOptions(self.n_steps, self.learning_rate, self.method)


def request_for(project: Project, options: RunOptions, video: VideoInfo | None = None) -> TrackRequest:
    """Make the engine's request.

    Args:
        project: What to track in.
        options: What is asked for.
        video: The file that is read; None for the project's own.

    Raises:
        UsageError: There is nothing to track from, or the options do not fit the project.
    """
    points, file = _points(project, options.points), video or project.video
    _check_numbers(options)
    return TrackRequest(
        video=file.path,
        fingerprint=file.fingerprint,
        n_frames=project.video.n_frames,
        labels=label_table(project, points),
        span=_span(project, options.span),
        tracker=options.tracker,
        device=options.device,
        previous=_previous(project, points),
    )


def label_table(project: Project, points: Sequence[PointId]) -> LabelTable:
    """Collect the labels of these points; a point deleted meanwhile has none."""
    labels = (label for point in points for label in project.labels.get(point, {}).values())
    return LabelTable.from_labels(points, labels)


def _check_numbers(options: RunOptions) -> None:
    """Refuse numbers that lead nowhere; not a number and infinity are among them."""
    n_steps, rate = options.n_steps, options.learning_rate
    if n_steps is not None and not 1 <= n_steps <= MAX_STEPS:
        raise UsageError(f"A run cannot have {n_steps} steps.", hint=f"Choose 1 to {MAX_STEPS}.")
    if rate is not None and not 0 < rate <= MAX_LEARNING_RATE:
        hint = f"Choose one above 0, at most {MAX_LEARNING_RATE:g}."
        raise UsageError(f"A learning rate of {rate:g} leads nowhere.", hint=hint)


def _points(project: Project, chosen: tuple[PointId, ...] | None) -> tuple[PointId, ...]:
    labeled = {
        point for point, of_point in project.labels.items() if any(x.has_position for x in of_point.values())
    }
    if not labeled:
        raise UsageError("There is no label to track from.", hint="Place a keypoint on a frame first.")
    if chosen is None:
        return tuple(point for point in project.points() if point in labeled)
    for point in chosen:
        if not project.has_point(point):
            raise UsageError(f"There is no keypoint {point.keypoint_id} of individual {point.individual_id}.")
        if point not in labeled:
            name = project.skeleton.keypoint(point.keypoint_id).name
            raise UsageError(
                f"Keypoint {name!r} has no label to track from.", hint="Place it on a frame first."
            )
    if not chosen:
        raise UsageError("No keypoint was chosen.", hint="Choose at least one.")
    return tuple(dict.fromkeys(chosen))


def _span(project: Project, span: tuple[int, int] | None) -> tuple[int, int]:
    n_frames = project.video.n_frames
    start, stop = span or (0, n_frames)
    if not 0 <= start < stop <= n_frames:
        raise UsageError(f"Frames {start} to {stop} are not a stretch of the video's {n_frames} frames.")
    return start, stop


def _previous(project: Project, points: Sequence[PointId]) -> Positions | None:
    """The points' tracks so far, (n_frames, n_points, 2); None if there are none."""
    if not any(point in project.tracks for point in points):
        return None
    previous = np.full((project.video.n_frames, len(points), 2), np.nan, np.float32)
    for idx, point in enumerate(points):
        if point in project.tracks:
            previous[:, idx] = project.tracks[point].positions
    return previous
