"""The instant answer to a label: the track that was made without it, bent so that it passes through.

A bend is a function of the track as made and of the labels as they are: nothing of it is stored, a label
moved ten times bends as one moved once, and a label taken back leaves no trace. ``web/state/bend.js`` does
the same arithmetic in the same order, so that the page shows what files and scores hold, bit for bit: only
+, -, *, / on float64 are used here. docs/method.md has the measurements behind the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.label import Label, Visibility
from talpose_app.model.track import Track

#: A bend between two labels ends so many frames from the label, wherever the next one is.
REACH = 10

#: Where no label follows, so many frames from the label half of a bend is left.
HALF_AFTER = 40

#: A bend falls off where the track is in doubt: a frame without any counts as one with so much of it.
LEAST_DOUBT = 0.05

#: How much of its weight a bend takes off the doubt beside the label; all of it would promise too much.
RELIEF = 0.5


@np.errstate(over="ignore")  # A label too far out for float32 is at infinity.
def bent(track: Track, labels: Mapping[int, Label]) -> Track:
    """Bend a track through labels that whoever made it did not know.

    Between labels a bend falls to nothing over the frames in doubt, ``REACH`` frames at most; before the
    first label of a stretch and after the last it fades slowly: a track that has strayed there stays astray.

    Args:
        track: As made.
        labels: Of its point, by frame. Those on frames without a prediction are passed over; absent ones end
            a stretch.

    Returns:
        A track whose positions at the labels are theirs, rounded to float32; ``track`` itself if it is that
        already.
    """
    known = _Known.among(track, labels)
    is_new = known.is_new(track)
    if not is_new.any() and np.array_equal(track.visibility[known.frames], known.is_seen):
        return track
    work = _Bending.begin(track, labels)
    frames: list[int] = known.frames.tolist()
    for at in np.flatnonzero(is_new).tolist():
        before = frames[at - 1] if at > 0 else None
        after = frames[at + 1] if at + 1 < len(frames) else None
        work.bend(frames[at], known.places[at], before, after)
    return work.pinned(track, known)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The labels with a position on frames with a prediction, by frame.

    Attributes:
        frames: Shape (n,), int64, ascending.
        places: Shape (n, 2), (x, y), float64, image pixels.
        is_seen: Shape (n,), bool.
    """

    frames: NDArray[np.int64]
    places: NDArray[np.float64]
    is_seen: NDArray[np.bool_]

    @classmethod
    def among(cls, track: Track, labels: Mapping[int, Label]) -> Self:
        frames = np.array(sorted(labels), np.int64)
        ordered = [labels[frame_idx] for frame_idx in frames.tolist()]
        places = np.array([(label.x, label.y) for label in ordered], np.float64).reshape(-1, 2)
        is_seen = np.array([label.visibility is Visibility.VISIBLE for label in ordered], np.bool_)
        counts = np.isfinite(places[:, 0]) & np.isfinite(track.positions[frames, 0])
        return cls(frames[counts], places[counts], is_seen[counts])

    def is_new(self, track: Track) -> NDArray[np.bool_]:
        """Which labels the track was made without: elsewhere, or there by chance and not sure."""
        is_elsewhere = (track.positions[self.frames] != self.places.astype(np.float32)).any(axis=1)
        return is_elsewhere | (track.confidence[self.frames] != 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Bending:
    """A track while it is bent.

    Attributes:
        made: Positions as made, shape (n_frames, 2), float64, image pixels.
        given: Doubt as made: one minus confidence, shape (n_frames,), float64.
        is_gap: Where a stretch ends: nothing is predicted, or a label says absent; shape (n_frames,), bool.
        positions: As bent so far.
        doubt: As lessened so far.
    """

    made: NDArray[np.float64]
    given: NDArray[np.float64]
    is_gap: NDArray[np.bool_]
    positions: NDArray[np.float64]
    doubt: NDArray[np.float64]

    @classmethod
    def begin(cls, track: Track, labels: Mapping[int, Label]) -> Self:
        made = track.positions.astype(np.float64)
        # A file may hold anything: what is no probability is none.
        sure = track.confidence.astype(np.float64)
        given = 1.0 - np.where(sure >= 0.0, np.minimum(sure, 1.0), 0.0)
        is_gap = ~np.isfinite(made[:, 0])
        is_gap[[idx for idx, label in labels.items() if not label.has_position]] = True
        return cls(made, given, is_gap, made.copy(), given.copy())

    def bend(self, at: int, place: NDArray[np.float64], before: int | None, after: int | None) -> None:
        """Bend both sides of the label at a frame, up to the labels at frames ``before`` and ``after``."""
        miss = place - self.made[at]
        self._bend_side(miss, range(at, -1 if before is None else before - 1, -1), is_led=before is not None)
        stop = len(self.made) if after is None else after + 1
        self._bend_side(miss, range(at, stop), is_led=after is not None)

    def _bend_side(self, miss: NDArray[np.float64], frames: range, *, is_led: bool) -> None:
        """Bend the frames from a label outwards; ``is_led``: the last one is the next label's."""
        rows = np.arange(frames.start, frames.stop, frames.step)
        gaps = np.flatnonzero(self.is_gap[rows])
        if len(gaps) or not is_led:
            free = rows[1 : gaps[0]] if len(gaps) else rows[1:]
            fading = HALF_AFTER / (HALF_AFTER + np.arange(1.0, len(free) + 1))
            self.positions[free] += fading[:, None] * miss
            return
        weight = _falloff(self.given[rows])[:, None]
        near = rows[1 : 1 + len(weight)]
        self.positions[near] += weight * miss
        self.doubt[near] *= 1.0 - RELIEF * weight[:, 0]

    def pinned(self, track: Track, known: _Known) -> Track:
        """The bent track, put onto its labels."""
        positions, confidence = track.positions.copy(), track.confidence.copy()
        is_moved = (self.positions != self.made).any(axis=1) & np.isfinite(self.made[:, 0])
        is_surer = self.doubt != self.given
        positions[is_moved] = self.positions[is_moved].astype(np.float32)
        confidence[is_surer] = (1.0 - self.doubt[is_surer]).astype(np.float32)
        visibility = track.visibility.copy()
        positions[known.frames] = known.places
        visibility[known.frames] = known.is_seen
        confidence[known.frames] = 1.0
        return Track(positions, visibility, confidence, track.provenance)


def _falloff(doubt: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of a label's miss its neighbors have.

    Args:
        doubt: From the label's frame to the next label's, shape (n,).

    Returns:
        Of the frames beside the label, falling from just under 1; those further away have nothing.
    """
    even = doubt + LEAST_DOUBT
    walked = np.cumsum(0.5 * (even[1:] + even[:-1]))
    n_near = min(len(doubt) - 2, REACH - 1)
    by_doubt = 1.0 - walked[:n_near] / walked[-1]
    by_frames = 1.0 - np.arange(1, n_near + 1) / REACH
    return np.minimum(by_doubt, by_frames)
