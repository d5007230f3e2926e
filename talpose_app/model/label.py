"""A label: one point the user placed or confirmed. Sacred: no run, filter, import or export changes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from talpose_app.errors import EditError


class PointId(NamedTuple):
    """One keypoint of one individual: what has labels and a track."""

    individual_id: int
    keypoint_id: int


class Visibility(StrEnum):
    """What the user says of a labeled point."""

    VISIBLE = "visible"
    """It is seen where it was placed."""

    OCCLUDED = "occluded"
    """It is there, hidden behind something; the position is the user's best guess."""

    ABSENT = "absent"
    """It is not in the picture; there is no position."""


@dataclass(frozen=True, slots=True)
class Label:
    """A point the user placed.

    Attributes:
        point: Individual and keypoint.
        frame_idx: 0-based frame of the video.
        x: Image pixels, float64; NaN when absent.
        y: Image pixels, float64; NaN when absent.
        visibility: Visible, occluded or absent.
        time_s: Presentation time of the frame in seconds, which tells a replaced video; None if unknown.
    """

    point: PointId
    frame_idx: int
    x: float
    y: float
    visibility: Visibility = Visibility.VISIBLE
    time_s: float | None = None

    def __post_init__(self) -> None:
        has_position = math.isfinite(self.x) and math.isfinite(self.y)
        if has_position == (self.visibility is Visibility.ABSENT):
            raise EditError(
                f"A label at ({self.x}, {self.y}) cannot be {self.visibility.value}.",
                hint="Visible and occluded labels need a finite position, absent ones have none.",
            )
        if self.frame_idx < 0:
            raise EditError(f"Frame {self.frame_idx} does not exist; frames start at 0.")

    @property
    def has_position(self) -> bool:
        """Whether the label says where the point is."""
        return self.visibility is not Visibility.ABSENT


def absent_label(point: PointId, frame_idx: int, time_s: float | None = None) -> Label:
    """Make the label that says the point is not in the picture."""
    return Label(point, frame_idx, math.nan, math.nan, Visibility.ABSENT, time_s)
