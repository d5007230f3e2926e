"""How far hidden labels were missed: the error a run found on labels it did not look at."""

from __future__ import annotations

from dataclasses import dataclass

from talpose_app.model.label import PointId


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """Distances in a few numbers.

    Attributes:
        n: Hidden labels; at least 1.
        median_px: Median distance, image pixels.
        p90_px: 90th percentile, interpolated linearly, image pixels.
    """

    n: int
    median_px: float
    p90_px: float


@dataclass(frozen=True, slots=True)
class HeldOutSummary:
    """Errors of all hidden labels, together and point by point.

    Attributes:
        overall: Of all points' labels together.
        points: Of each point that had hidden labels, in the run's order.
    """

    overall: ErrorSummary
    points: tuple[tuple[PointId, ErrorSummary], ...]
