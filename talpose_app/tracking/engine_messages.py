"""What the app process and the engine process say to each other, pickled over their own pipe."""

from __future__ import annotations

from dataclasses import dataclass

from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest


@dataclass(frozen=True, slots=True)
class StartJob:
    """Run a request; refine if there are options, else track."""

    job_id: int
    request: TrackRequest
    refine: RefineOptions | None = None


@dataclass(frozen=True, slots=True)
class AmendLabels:
    """The labels changed while the job runs; its next step uses these."""

    job_id: int
    labels: LabelTable


@dataclass(frozen=True, slots=True)
class PauseJob:
    """Hold the job between two steps."""

    job_id: int


@dataclass(frozen=True, slots=True)
class ResumeJob:
    """Go on with a held job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class StopJob:
    """End the job after the present step; its best state is kept by the app."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the engine process."""


EngineCommand = StartJob | AmendLabels | PauseJob | ResumeJob | StopJob | Shutdown


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine has loaded torch.

    Attributes:
        torch_version: For ``doctor`` and logs.
        device: What ``auto`` means on this machine.
    """

    torch_version: str
    device: str


@dataclass(frozen=True, slots=True)
class JobStarted:
    """The tracker is loaded.

    Attributes:
        job_id: Of the job.
        tracker: Name of the checkpoint that ``auto`` or the name led to.
        weights_sha256: Hash of its weights.
        device: Where it runs.
    """

    job_id: int
    tracker: str
    weights_sha256: str
    device: str


@dataclass(frozen=True, slots=True)
class JobProgress:
    """What the job is doing between updates, and how far it is, in [0, 1]."""

    job_id: int
    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class JobUpdate:
    """One step's tracks."""

    job_id: int
    update: RunUpdate


@dataclass(frozen=True, slots=True)
class JobFinished:
    """The job ended by itself, or stopped when asked to."""

    job_id: int
    was_stopped: bool


@dataclass(frozen=True, slots=True)
class JobFailed:
    """The job ended with an error; updates sent before it stand."""

    job_id: int
    code: str
    message: str
    hint: str


EngineEvent = EngineReady | JobStarted | JobProgress | JobUpdate | JobFinished | JobFailed
