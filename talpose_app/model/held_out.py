"""How far hidden labels were missed: the error a run found on labels it did not look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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


class PointError(NamedTuple):
    """What the hidden labels of one point were missed by.

    Attributes:
        point: Individual and keypoint.
        error: In numbers.
        labels: Fingerprint of the point's labels it was measured on; empty where that was not noted.
    """

    point: PointId
    error: ErrorSummary
    labels: str = ""


@dataclass(frozen=True, slots=True)
class HeldOutSummary:
    """Errors of all hidden labels, together and point by point.

    Attributes:
        overall: Of all points' labels together.
        points: Of each point that had hidden labels, in the run's order.
    """

    overall: ErrorSummary
    points: tuple[PointError, ...]
