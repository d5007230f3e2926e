"""One run from its start to its end: what the engine said of it, without threads or files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypedDict, Unpack, assert_never

from talpose_app.model.held_out import HeldOutSummary
from talpose_app.model.label import PointId
from talpose_app.model.run import Run, RunKind
from talpose_app.session.events import RunError, RunStateName, RunStatus
from talpose_app.session.pace import Pace, PaceClock
from talpose_app.session.run_options import RunOptions
from talpose_app.session.run_result import RunResult
from talpose_app.tracking.engine_messages import JobProgress, JobStarted, JobUpdate
from talpose_app.tracking.held_out_summary import summarize
from talpose_app.tracking.tracker import TrackRequest

_TITLES = {RunKind.TRACK: "Track", RunKind.REFINE: "Refine", RunKind.FILTER: "Filter"}


class StatusChanges(TypedDict, total=False):
    """The fields of a ``RunStatus`` that change."""

    state: RunStateName
    tracker: str
    device: str
    step: int
    n_steps: int
    best_step: int
    stage: str
    fraction: float
    losses: tuple[float, ...]
    error: RunError | None
    was_stopped: bool
    was_reverted: bool
    held_out: HeldOutSummary | None
    pace: Pace | None


@dataclass(slots=True)
class RunInProgress:
    """A run the engine works on, or has worked on.

    Attributes:
        job_id: Of the engine's job.
        options: As asked for.
        request: As sent to the engine.
        status: For those who watch.
        result: The best tracks so far.
        labels_revision: Revision whose labels the engine was given last.
        weights_sha256: Of the tracker, once it is loaded.
        started_at: UTC, ISO 8601.
    """

    job_id: int
    options: RunOptions
    request: TrackRequest
    status: RunStatus
    result: RunResult
    labels_revision: int
    weights_sha256: str = ""
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    _begin_s: float = field(default_factory=time.monotonic)
    _clock: PaceClock = field(default_factory=PaceClock)

    @property
    def points(self) -> Sequence[PointId]:
        """The points that are tracked."""
        return self.request.labels.points

    @property
    def title(self) -> str:
        """What the step is called in the undo menu."""
        return _TITLES[self.options.kind]

    def take(self, event: JobStarted | JobProgress | JobUpdate) -> None:
        """Learn from the engine."""
        match event:
            case JobStarted():
                self.weights_sha256 = event.weights_sha256
                self.change(tracker=event.tracker, device=event.device)
            case JobProgress():
                self._clock.hear(event.stage, event.fraction)
                self.change(stage=event.stage, fraction=event.fraction)
            case JobUpdate():
                self._take_update(event)
            case _:
                assert_never(event)
        if self.status.state == "starting":
            self.change(state="running")

    def _take_update(self, event: JobUpdate) -> None:
        update = event.update
        self.result.add(update)
        # Step 0 is the state before the first step; a tracker may know its loss, but no step made it.
        losses = self.status.losses
        if update.loss is not None and update.step > 0:
            losses = (*losses, update.loss)
        best_step = update.step if update.is_best else self.status.best_step
        self.change(step=update.step, n_steps=update.n_steps, losses=losses, best_step=best_step)
        if update.held_out is not None:
            self.change(held_out=summarize(update.held_out, self.points))
        if self.status.pace is None:
            self.change(pace=self._pace(update.step))

    def _pace(self, step: int) -> Pace | None:
        """How fast the run was until now, if it tells how fast others from nothing will be."""
        kind, request = self.options.kind, self.request
        # Tracking first shows rougher tracks; refining goes on for as long as one likes.
        is_time = step >= 1 if kind is RunKind.TRACK else step == 0
        is_whole = request.span == (0, request.n_frames)
        if not is_time or not is_whole or request.previous is not None or self.options.method != "talpose":
            return None
        found = self._clock.per_frame(request.n_frames, len(self.points))
        return None if found is None else Pace(kind, self.status.tracker, self.options.device, *found)

    def amend(self, revision: int) -> None:
        """The engine is given the labels of a revision."""
        self.labels_revision = revision
        self._clock.spoil()

    def change(self, **changes: Unpack[StatusChanges]) -> None:
        """Change the status; its ``seconds`` are brought up to date until the run is over."""
        if changes.get("state") == "paused":
            self._clock.spoil()
        seconds = time.monotonic() - self._begin_s if self.status.is_active else self.status.seconds
        self.status = replace(self.status, seconds=seconds, **changes)

    def to_run(self) -> Run:
        """Make the record of the run for the project."""
        return Run(
            run_id=self.status.run_id,
            kind=self.options.kind,
            tracker=self.status.tracker,
            weights_sha256=self.weights_sha256,
            parameters=self._parameters(),
            labels_revision=self.labels_revision,
            device=self.status.device,
            started_at=self.started_at,
            duration_s=self.status.seconds,
            losses=self.status.losses,
            held_out=self.status.held_out,
        )

    def _parameters(self) -> tuple[tuple[str, str | int | float | bool], ...]:
        start, stop = self.request.span
        span: tuple[tuple[str, int], ...] = (("start", start), ("stop", stop))
        refine = self.options.refine_options
        if refine is None:
            return span
        rate = () if refine.learning_rate is None else (("learning_rate", refine.learning_rate),)
        return (*span, ("method", refine.method), ("n_steps", refine.n_steps), *rate)
