"""Ways to bend a track through a new label: the one in use, and those it was chosen among."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.instant.corrections import Correction
from talpose_app.model.arrays import ConfidenceArray, Positions
from talpose_app.model.bend import HALF_AFTER, LEAST_DOUBT, REACH, bent
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.track import Track

#: Gives positions and confidence, as the correction has them, after the bend.
Shape = Callable[[Correction], tuple[Positions, ConfidenceArray]]

_Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Falloff:
    """A bend made of a fall-off between labels and a fading beyond them.

    Attributes:
        reach: Frames after which nothing is left between labels; None: at the next label.
        by_doubt: Whether it falls where the track is in doubt, else evenly.
        half_after: Frames after which half is left beyond the last label; infinite: it holds.
    """

    reach: int | None = REACH
    by_doubt: bool = True
    half_after: float = HALF_AFTER

    def __call__(self, correction: Correction) -> tuple[Positions, ConfidenceArray]:
        """See ``Shape``; confidence stays."""
        positions = correction.positions.astype(np.float64)
        for point in range(positions.shape[1]):
            given = np.flatnonzero(correction.given[:, point] & np.isfinite(positions[:, point, 0]))
            for at, frame in enumerate(given.tolist()):
                if correction.known[frame, point]:
                    continue
                miss = correction.clip.positions[frame, point] - correction.positions[frame, point]
                positions[frame, point] = correction.clip.positions[frame, point]
                sides = (given[at - 1] if at else None, given[at + 1] if at + 1 < len(given) else None)
                for step, other in zip((-1, 1), sides, strict=True):
                    rows, weights = self._side(correction.confidence[:, point], frame, other, step)
                    positions[rows, point] += weights[:, None] * miss
        return positions.astype(np.float32), correction.confidence

    def _side(
        self, confidence: ConfidenceArray, frame: int, other: int | None, step: int
    ) -> tuple[NDArray[np.intp], _Weights]:
        if other is None:
            rows = np.arange(frame + step, len(confidence) if step > 0 else -1, step)
            away = np.arange(1.0, len(rows) + 1)
            weights = (
                np.ones(len(rows))
                if np.isinf(self.half_after)
                else self.half_after / (self.half_after + away)
            )
            return rows, weights
        rows = np.arange(frame, other + step, step)
        even = (
            1.0 - confidence[rows].astype(np.float64) + LEAST_DOUBT if self.by_doubt else np.ones(len(rows))
        )
        walked = np.cumsum(0.5 * (even[1:] + even[:-1]))[:-1]
        total = walked[-1] + 0.5 * (even[-1] + even[-2]) if len(walked) else 1.0
        weights = 1.0 - walked / total
        if self.reach is not None:
            weights = np.minimum(weights, 1.0 - np.arange(1, len(weights) + 1) / self.reach)
        return rows[1:-1], np.maximum(weights, 0.0)


def untouched(correction: Correction) -> tuple[Positions, ConfidenceArray]:
    """Show the label at its own frame only."""
    return correction.positions, correction.confidence


def as_in_the_app(correction: Correction) -> tuple[Positions, ConfidenceArray]:
    """Bend by the program's own code."""
    positions, confidence = correction.positions.copy(), correction.confidence.copy()
    for point in range(positions.shape[1]):
        is_seen = np.ones(len(positions), np.bool_)
        track = Track(positions[:, point].copy(), is_seen, confidence[:, point].copy())
        after = bent(track, _labels(correction, point))
        positions[:, point], confidence[:, point] = after.positions, after.confidence
    return positions, confidence


def _labels(correction: Correction, point: int) -> dict[int, Label]:
    clip = correction.clip
    labels: dict[int, Label] = {}
    for frame in np.flatnonzero(correction.given[:, point]).tolist():
        x, y = clip.positions[frame, point].tolist()
        seen = Visibility.VISIBLE if clip.visible[frame, point] else Visibility.OCCLUDED
        labels[frame] = Label(PointId(1, point + 1), frame, x, y, seen)
    return labels


#: By the title in the table.
SHAPES: dict[str, Shape] = {
    "its frame only": untouched,
    "evenly to the next labels; holds": Falloff(None, by_doubt=False, half_after=np.inf),
    "by doubt to the next labels; holds": Falloff(None, half_after=np.inf),
    "evenly, 10 frames at most; half after 40": Falloff(by_doubt=False),
    "by doubt, 20 frames at most; half after 40": Falloff(20),
    "by doubt, 5 frames at most; half after 10": Falloff(5, half_after=10),
    "by doubt, 10 frames at most; half after 40 (the app)": as_in_the_app,
}
