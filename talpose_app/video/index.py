"""Which frame is which: presentation time stamps and key frames of a video.

Pure arrays. How an index comes to be is told in ``scan`` and ``indexing``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

Stamps = npt.NDArray[np.int64]
"""Time stamps in units of the stream's time base, int64."""

Origin = Literal["packets", "decoded", "counted"]

#: Share of the median step by which two steps may differ and still count as one rate; containers
#: that store milliseconds round 29.97 fps to steps of 33 and 34.
_RATE_TOLERANCE = 0.08


@dataclass(frozen=True)
class KeyFrames:
    """Places where decoding can begin, in display order.

    Attributes:
        stamps: Presentation time stamp of each key packet, shape (n_keys,), int64.
        seek_stamps: Decoding time stamp of each (the presentation stamp where there is none), same shape.
        file_offsets: Where each packet lies in the file, in bytes, -1 where unknown, same shape.
        frame_idxs: First frame that a decode begun here shows right, same shape, ascending.
    """

    stamps: Stamps
    seek_stamps: Stamps
    file_offsets: Stamps
    frame_idxs: Stamps

    def __len__(self) -> int:
        return len(self.stamps)

    def take(self, places: npt.NDArray[np.bool_] | npt.NDArray[np.int64] | list[int]) -> KeyFrames:
        """Give the key frames at some places."""
        return KeyFrames(
            self.stamps[places], self.seek_stamps[places], self.file_offsets[places], self.frame_idxs[places]
        )

    def in_display_order(self) -> KeyFrames:
        """Sort by the frame shown; of several that lead to one frame the last decoded is kept."""
        latest = {int(frame): place for place, frame in enumerate(self.frame_idxs)}
        return self.take([latest[frame] for frame in sorted(latest)])


@dataclass(frozen=True)
class FrameIndex:
    """The frames of a video in display order.

    Attributes:
        pts: Presentation time stamp of each frame, shape (n_frames,), int64, strictly ascending.
        stamps: The stamp by which the decoder names each frame, same shape. Equal to ``pts`` but in
            files with faulty stamps, where it is unique and unsorted; None where the decoder names
            none and frames can only be counted from the start.
        keys: Where decoding can begin.
        time_base: Seconds per unit.
        origin: Whether packets sufficed, frames were decoded, or have to be counted.
    """

    pts: Stamps
    stamps: Stamps | None
    keys: KeyFrames
    time_base: Fraction
    origin: Origin = "packets"

    @property
    def n_frames(self) -> int:
        """Frames that a sequential decode yields."""
        return len(self.pts)

    def pts_of(self, frame_idx: int) -> int:
        """Give a frame's presentation time stamp, in units of ``time_base``."""
        return int(self.pts[self._checked(frame_idx)])

    def time_s(self, frame_idx: int) -> float:
        """Give the seconds from the first frame to this one."""
        return float((self.pts_of(frame_idx) - int(self.pts[0])) * self.time_base)

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """Seconds from the first frame to each, shape (n_frames,), float64; bit for bit as ``time_s``."""
        # Both factors are whole numbers that a float64 holds: only the division rounds, as Fraction's does.
        return (self.pts - self.pts[0]) * self.time_base.numerator / self.time_base.denominator

    def frame_at_time(self, time_s: float) -> int:
        """Give the frame on the screen at a time after the first frame; clamped to the video.

        Args:
            time_s: Seconds after the first frame.
        """
        # A time computed from a frame's own stamp may fall a rounding error short of it.
        stamp = float(self.pts[0]) + time_s / float(self.time_base) + 1e-6
        found = int(np.searchsorted(self.pts, math.floor(stamp), side="right")) - 1
        return min(max(found, 0), self.n_frames - 1)

    def key_ordinal(self, frame_idx: int) -> int:
        """Give the place in ``keys`` from which to decode to reach a frame."""
        found = int(np.searchsorted(self.keys.frame_idxs, self._checked(frame_idx), side="right")) - 1
        return max(found, 0)

    def key_before(self, frame_idx: int) -> int:
        """Give the nearest frame, not after this one, that decodes without others."""
        return int(self.keys.frame_idxs[self.key_ordinal(frame_idx)])

    @cached_property
    def frame_of_stamp(self) -> dict[int, int]:
        """Frame that each decoder stamp names."""
        return {} if self.stamps is None else {int(stamp): i for i, stamp in enumerate(self.stamps)}

    @cached_property
    def longest_gop(self) -> int:
        """Most frames that have to be decoded to reach a single one."""
        edges = [*self.keys.frame_idxs.tolist(), self.n_frames]
        return max(after - before for before, after in pairwise(edges))

    @cached_property
    def duration_s(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return float((int(self.pts[-1]) - int(self.pts[0]) + self._median_step) * self.time_base)

    @cached_property
    def fps(self) -> float:
        """Average frame rate; 0 where a single frame tells none."""
        if self.n_frames < 2:
            return 0.0
        return float((self.n_frames - 1) / ((int(self.pts[-1]) - int(self.pts[0])) * self.time_base))

    @cached_property
    def is_variable_rate(self) -> bool:
        """Whether the steps between frames differ by more than rounding."""
        steps = np.diff(self.pts)
        if len(steps) < 2:
            return False
        # One unit of the time base is what rounding of a constant rate can do to a step.
        allowed = max(1.0, _RATE_TOLERANCE * self._median_step)
        return bool(np.abs(steps - self._median_step).max() > allowed)

    @property
    def _median_step(self) -> int:
        return int(np.median(np.diff(self.pts))) if self.n_frames > 1 else 0

    def _checked(self, frame_idx: int) -> int:
        if not 0 <= frame_idx < self.n_frames:
            raise IndexError(f"frame {frame_idx} is outside the video's 0 to {self.n_frames - 1}")
        return frame_idx
