"""What travels inside messages: the base of all parts, points, filters, suggestions."""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what travels inside a message."""


class PointRef(Part, frozen=True):
    """One keypoint of one individual."""

    individual_id: int
    keypoint_id: int


class FilterParameterState(Part, frozen=True):
    """One number of a filter; ``default`` null = found by itself, or no limit. ``step`` 1 = whole numbers."""

    name: str
    title: str
    default: float | None
    least: float
    most: float
    step: float
    unit: str
    is_odd: bool
    text: str


class FilterState(Part, frozen=True):
    """A filter the user can choose."""

    name: str
    title: str
    text: str
    parameters: list[FilterParameterState]


class FilterSettings(Part, frozen=True):
    """A filter as asked for. Null or left out = the default: all tracked points, whole video."""

    name: str
    parameters: dict[str, float | None]
    points: list[PointRef] | None = None
    start: int | None = None
    stop: int | None = None


class SuggestionState(Part, frozen=True):
    """A place worth a label; ``gain``: frames it is expected to put right."""

    individual_id: int
    keypoint_id: int
    frame_idx: int
    gain: float
