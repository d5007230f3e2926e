"""How long a first run takes on this machine: learned from runs, told before the next one.

A run computes features of every frame, which takes its time whatever is tracked, and then follows points
from frame to frame. What both took in the last run on a video that nothing was known of is kept in the user's
state folder, for each kind of run, tracker and device. Losing it loses a forecast.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from talpose_app.model.run import RunKind
from talpose_app.session.kept_list import KeptList

#: Stages before a run looks at anything: they do not grow with the video.
_BEGINNING = frozenset(("", "loading tracker", "opening video"))

#: The stage that looks at frames.
_FEATURES = "features"

#: What it costs to follow any points through a frame, in points: n of them cost as much as n + 24 (processor
#: time with 1 to 40 points, measured while building).
_POINTS_OF_A_FRAME = 24

#: A run that begins its features beyond this share found the others computed, and may know more.
_MOST_KNOWN = 0.05

#: Shorter runs tell more of how they begin than of their pace, frames.
_LEAST_FRAMES = 50


class Pace(msgspec.Struct, frozen=True):
    """How fast runs are.

    Attributes:
        kind: Track or refine; of refine until its first tracks, since steps show themselves.
        tracker: Name of the checkpoint.
        device: As asked for: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        features_s: Seconds for the features of a frame.
        point_s: Seconds for each point of a frame.
        is_measured: Whether it is of this machine.
    """

    kind: RunKind
    tracker: str
    device: str
    features_s: float
    point_s: float
    is_measured: bool = True

    @property
    def frame_s(self) -> float:
        """Seconds a frame, whatever is tracked."""
        return self.features_s + _POINTS_OF_A_FRAME * self.point_s


#: Of the built-in tracker on two cores of a server (docs/benchmarks.md, "Waiting", where refining finds the
#: features of one resolution known), until there is better.
TYPICAL = tuple(
    Pace(kind, "talpose-small", device, features_s, point_s, is_measured=False)
    for kind, features_s, point_s in ((RunKind.TRACK, 0.03, 0.0006), (RunKind.REFINE, 0.09, 0.0028))
    for device in ("auto", "cpu")
)

_decoder = msgspec.json.Decoder(list[Pace])


class PaceClock:
    """Times a run, stage by stage.

    Args:
        now: Seconds, growing.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stage, self._since = "", now()
        self._features_s = self._others_s = 0.0
        self._has_features = self._is_spoiled = False

    def hear(self, stage: str, fraction: float) -> None:
        """The engine is so far with a stage."""
        if stage == self._stage:
            return
        if stage == _FEATURES and not self._has_features:
            self._has_features = True
            self._is_spoiled |= fraction > _MOST_KNOWN
        self._enter(stage)

    def _enter(self, stage: str) -> None:
        now = self._now()
        if self._stage == _FEATURES:
            self._features_s += now - self._since
        elif self._stage not in _BEGINNING:
            self._others_s += now - self._since
        self._stage, self._since = stage, now

    def spoil(self) -> None:
        """Something else than work took time."""
        self._is_spoiled = True

    def per_frame(self, n_frames: int, n_points: int) -> tuple[float, float] | None:
        """Seconds for a frame's features and for a point of a frame until now; None if they tell nothing."""
        self._enter(self._stage)
        if self._is_spoiled or not self._has_features or n_frames < _LEAST_FRAMES:
            return None
        return self._features_s / n_frames, self._others_s / (n_frames * (n_points + _POINTS_OF_A_FRAME))


class Paces:
    """Reads and writes what is known.

    Args:
        file: Where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self._kept = KeptList(file, _decoder, "how long runs take")

    def all(self) -> list[Pace]:
        """What was measured, and what is typical where nothing was."""
        measured = self._kept.read()
        known = {_what(pace) for pace in measured}
        return [*measured, *(pace for pace in TYPICAL if _what(pace) not in known)]

    def learn(self, pace: Pace) -> None:
        """Keep what a run took; trouble with the file is logged, not raised."""
        others = [one for one in self._kept.read() if _what(one) != _what(pace)]
        self._kept.write([pace, *others])


def _what(pace: Pace) -> tuple[RunKind, str, str]:
    return pace.kind, pace.tracker, pace.device
