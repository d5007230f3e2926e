"""What a session and the workspace tell those who listen; and the states these events carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from talpose_app.errors import TalposeError
from talpose_app.model.edits import Edit
from talpose_app.model.held_out import HeldOutSummary
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.run import RunKind
from talpose_app.session.pace import Pace
from talpose_app.tracking.tracker import RunUpdate

RunStateName = Literal["starting", "running", "paused", "stopping", "done", "failed"]


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed.

    Attributes:
        code: Stable identifier of the kind of error.
        message: A sentence.
        hint: The way out; may be empty.
    """

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The run under way, or the last one.

    Attributes:
        run_id: The id it has, or will have, in the project.
        kind: Track or refine.
        state: Where it is in its life; ``done`` and ``failed`` are ends.
        tracker: Name of the checkpoint; until the engine has loaded it, what was asked for.
        device: Where it runs; until then, what was asked for.
        step: Last step reported.
        n_steps: Steps planned.
        best_step: Step whose tracks are kept.
        stage: What is being done between steps.
        fraction: How far ``stage`` is, in [0, 1].
        losses: One an optimization step.
        seconds: Since the start, pauses included.
        error: Why it failed.
        was_stopped: The user stopped it; its best tracks are kept.
        was_reverted: The user took it back; the project's tracks are as before it.
        held_out: What hidden labels are missed by; None until it is known.
        pace: How fast it was, of a run that began from nothing; None until it is known.
    """

    run_id: int
    kind: RunKind
    state: RunStateName = "starting"
    tracker: str = "auto"
    device: str = "auto"
    step: int = 0
    n_steps: int = 0
    best_step: int = 0
    stage: str = ""
    fraction: float = 0.0
    losses: tuple[float, ...] = ()
    seconds: float = 0.0
    error: RunError | None = None
    was_stopped: bool = False
    was_reverted: bool = False
    held_out: HeldOutSummary | None = None
    pace: Pace | None = None

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.state not in ("done", "failed")


@dataclass(frozen=True, slots=True)
class SaveState:
    """Whether all edits are on the disk.

    Attributes:
        state: ``saved``: everything acknowledged is durable. ``saving``: the snapshot is being written.
            ``error``: the disk refuses. ``read_only``: nothing is written.
        error: What the disk said, and the way out.
    """

    state: Literal["saved", "saving", "error", "read_only"]
    error: TalposeError | None = None


@dataclass(frozen=True, slots=True)
class ProjectChanged:
    """An edit, undo or redo was made, and is durable.

    Attributes:
        before: The project before it.
        after: The project now.
        edit: What was applied.
        title: For the undo menu.
        revision: Of ``after``.
    """

    before: Project
    after: Project
    edit: Edit
    title: str
    revision: int


@dataclass(frozen=True, slots=True)
class RunChanged:
    """The run started, progressed, paused or ended. At an end, ``ProjectChanged`` came before."""

    status: RunStatus


@dataclass(frozen=True, slots=True, eq=False)
class TracksStreamed:
    """Tracks of the run under way; they become part of the project when it ends.

    Attributes:
        run_id: Of the run.
        update: Its arrays cover ``points``; ``update.points`` needs no look any more.
        points: The points of the arrays' axis.
    """

    run_id: int
    update: RunUpdate
    points: tuple[PointId, ...]


@dataclass(frozen=True, slots=True)
class SaveChanged:
    """Whether all edits are on the disk has changed."""

    state: SaveState


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the user should know, in words."""

    level: Literal["info", "warning", "error"]
    message: str
    hint: str = ""


SessionEvent = ProjectChanged | RunChanged | TracksStreamed | SaveChanged | Noticed
Subscriber = Callable[[SessionEvent], None]
