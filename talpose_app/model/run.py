"""The record of one tracking, refinement or filtering run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from talpose_app.model.held_out import HeldOutSummary


class RunKind(StrEnum):
    """What a run did."""

    TRACK = "track"
    REFINE = "refine"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Run:
    """What made a stretch of tracks: enough to repeat it and to write it into a methods section.

    Attributes:
        run_id: Unique in the project; counts up.
        kind: Track, refine or filter.
        tracker: Name of the checkpoint, or of the filter.
        weights_sha256: Hash of the weights; empty if the method has none.
        parameters: Name to value, as shown to the user.
        labels_revision: Project revision whose labels the run last used.
        device: ``cpu``, ``cuda`` or ``mps``.
        started_at: UTC, ISO 8601.
        duration_s: Seconds of work.
        losses: One per optimization step; empty for plain tracking.
        held_out: What hidden labels were missed by; None where none were hidden.
    """

    run_id: int
    kind: RunKind
    tracker: str
    weights_sha256: str
    parameters: tuple[tuple[str, str | int | float | bool], ...]
    labels_revision: int
    device: str
    started_at: str
    duration_s: float
    losses: tuple[float, ...] = ()
    held_out: HeldOutSummary | None = None
