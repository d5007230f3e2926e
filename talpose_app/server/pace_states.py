"""How long runs take, under the names by which a page asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from talpose_app.errors import TrackerError
from talpose_app.protocol.parts import PaceState
from talpose_app.server.convert import run_kind
from talpose_app.server.run_commands import RunDefaults
from talpose_app.session.pace import Pace
from talpose_app.tracking.checkpoints import find_checkpoint


def pace_states(paces: Sequence[Pace], defaults: RunDefaults) -> list[PaceState]:
    """Tell the paces, and again as ``auto`` where that is what a page gets by it.

    Args:
        paces: What is known.
        defaults: What ``auto`` means.
    """
    try:
        tracker = find_checkpoint(defaults.tracker).name
    except TrackerError:
        tracker = ""
    return [
        _state(pace, tracker_name, device)
        for pace in paces
        for tracker_name in _names(pace.tracker, tracker)
        for device in _names(pace.device, defaults.device)
    ]


def _names(name: str, auto: str) -> tuple[str, ...]:
    """What a page may call it. What was learned as ``auto`` is that only while nothing else is meant."""
    if name == "auto":
        return (name,) if auto == "auto" else ()
    return (name, "auto") if name == auto else (name,)


def _state(pace: Pace, tracker: str, device: str) -> PaceState:
    return PaceState(
        kind=run_kind(pace.kind),
        tracker=tracker,
        device=device,
        frame_s=pace.frame_s,
        point_s=pace.point_s,
        is_measured=pace.is_measured,
    )
