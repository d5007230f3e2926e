"""Gap filling: a smooth curve over frames without a prediction one can trust."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.filters.block import TrackBlock
from talpose_app.tracking.stretches import stretches

#: A guess is worth this part of what the frames it hangs on are worth: it always counts as doubtful.
_GUESS = 0.45


def fill_gaps(block: TrackBlock, max_gap: int, min_confidence: float) -> TrackBlock:
    """Replace what is missing or doubtful by a curve through what is known on both sides.

    Nothing is guessed before the first and after the last known frame, nor across a frame where a label
    says that the point is absent.

    Args:
        block: The tracks.
        max_gap: Longest gap that is filled, frames.
        min_confidence: Predictions below it are not trusted; 0 trusts all.
    """
    is_trusted = block.is_known & (block.is_labeled | (block.confidence >= min_confidence))
    return fill(block, is_trusted, max_gap)


def fill(block: TrackBlock, is_trusted: NDArray[np.bool_], max_gap: int) -> TrackBlock:
    """Fill the gaps between trusted frames; confidence there says that it is a guess.

    Args:
        block: The tracks.
        is_trusted: Shape (n_frames, n_points).
        max_gap: Longest gap that is filled, frames.
    """
    positions, visibility = block.positions.copy(), block.visibility.copy()
    confidence, worth = block.confidence.copy(), np.where(block.is_labeled, 1, block.confidence)
    for point_idx in range(positions.shape[1]):
        trusted = is_trusted[:, point_idx]
        for part in stretches(~block.is_absent[:, point_idx]):
            known = part.start + np.flatnonzero(trusted[part])
            frames = _frames_to_fill(known, max_gap)
            if len(frames) == 0:
                continue
            was_missing = frames[~np.isfinite(positions[frames, point_idx, 0])]
            positions[frames, point_idx] = monotone_cubic(known, positions[known, point_idx], frames)
            visibility[was_missing, point_idx] = False
            sides = np.searchsorted(known, frames)
            ends = np.minimum(worth[known[sides - 1], point_idx], worth[known[sides], point_idx])
            confidence[frames, point_idx] = _GUESS * ends
    return replace(block.moved(positions), visibility=visibility, confidence=confidence)


def _frames_to_fill(known: NDArray[np.int64], max_gap: int) -> NDArray[np.int64]:
    """The frames of gaps that are short enough."""
    if len(known) < 2:
        return np.zeros(0, np.int64)
    frames = np.arange(int(known[0]), int(known[-1]))
    left = np.searchsorted(known, frames, side="right") - 1
    is_short = known[left + 1] - known[left] - 1 <= max_gap
    return frames[(frames != known[left]) & is_short]


def monotone_cubic(
    at: NDArray[np.int64], values: NDArray[np.float64], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    """A cubic curve through points that does not swing beyond them.

    Args:
        at: Shape (n,), ascending, n at least 2.
        values: Shape (n, n_columns).
        wanted: Shape (m,), within ``at``.

    Returns:
        Shape (m, n_columns).

    Source: F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984), 300-304.
    """
    steps = np.diff(at).astype(np.float64)[:, None]
    rises = np.diff(values, axis=0) / steps
    slopes = _slopes(steps, rises)
    left = np.clip(np.searchsorted(at, wanted, side="right") - 1, 0, len(at) - 2)
    step = steps[left]
    t = (wanted - at[left])[:, None] / step
    u = 1 - t
    ends = u * u * (1 + 2 * t) * values[left] + t * t * (1 + 2 * u) * values[left + 1]
    return ends + step * t * u * (u * slopes[left] - t * slopes[left + 1])


def _slopes(steps: NDArray[np.float64], rises: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slopes at the points: the weighted harmonic mean of both sides, 0 where the curve turns."""
    before, after = rises[:-1], rises[1:]
    w_before = 2 * steps[1:] + steps[:-1]
    w_after = steps[1:] + 2 * steps[:-1]
    does_turn = before * after <= 0
    safe_before, safe_after = np.where(does_turn, 1, before), np.where(does_turn, 1, after)
    mean = (w_before + w_after) / (w_before / safe_before + w_after / safe_after)
    return np.concatenate((rises[:1], np.where(does_turn, 0, mean), rises[-1:]))
