"""Outlier rejection: frames where a track jumps away from itself are replaced by a guess."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.filters.block import TrackBlock
from talpose_app.tracking.filters.gaps import fill
from talpose_app.tracking.filters.median import running_median
from talpose_app.tracking.stretches import stretches

#: The usual scatter and speed are looked up over this many windows, so that a jump does not excuse itself.
_USUAL_WINDOWS = 5
#: Less is never a jump, however still the point is: the tracker's own noise, pixels.
_MIN_JUMP_PX = 1.5


def reject_outliers(block: TrackBlock, window: int, threshold: float, max_speed: float | None) -> TrackBlock:
    """Replace jumps by a curve through the frames around them. Labels are never taken for outliers.

    A jump at the very start or end of what is predicted stays: nothing lies beyond it to go by.

    Args:
        block: The tracks.
        window: Odd; jumps that last up to half of it are found.
        threshold: How many times the usual scatter is too far.
        max_speed: Pixels a frame; what can be reached from before and from after only at a higher speed is
            rejected too. None sets no limit.

    The scatter is measured by a median, as F. R. Hampel proposed (J. Am. Stat. Assoc. 69 (1974), 383-393).
    """
    is_outlier = np.zeros(block.visibility.shape, np.bool_)
    for point_idx in range(block.positions.shape[1]):
        for frames in stretches(block.is_known[:, point_idx]):
            values, fixed = block.positions[frames, point_idx], block.is_labeled[frames, point_idx]
            found = jumps(values, fixed, window // 2, threshold)
            if max_speed is not None:
                found |= _too_fast(values, fixed, max_speed)
            is_outlier[frames, point_idx] = found & ~fixed
    filled = fill(block, block.is_known & ~is_outlier, len(is_outlier))
    return replace(
        block,
        positions=np.where(is_outlier[..., None], filled.positions, block.positions),
        visibility=np.where(is_outlier, filled.visibility, block.visibility),
        confidence=np.where(is_outlier, filled.confidence, block.confidence),
    )


def jumps(
    values: NDArray[np.float64], fixed: NDArray[np.bool_], longest: int, threshold: float
) -> NDArray[np.bool_]:
    """Find short excursions: rows that leave a path which goes on without them as if they had not been.

    A step from one place to another is none, however large: it does not come back.

    Args:
        values: Shape (n, 2).
        fixed: Shape (n,); rows that cannot be part of one.
        longest: Rows that one may last.
        threshold: How many times the usual scatter it must be away.

    Returns:
        Shape (n,).
    """
    is_jump = np.zeros(len(values), np.bool_)
    if len(values) < 3:
        return is_jump
    usual = _usual(values, 2 * longest + 1, threshold)
    found = [e for length in range(1, longest + 1) for e in _excursions(values, fixed, length, usual)]
    # The neighbor of a jump looks like one itself: the farthest come first, and none may touch another.
    for _, start, stop in sorted(found, reverse=True):
        if not is_jump[start - 1 : stop + 1].any():
            is_jump[start:stop] = True
    return is_jump


def _excursions(
    values: NDArray[np.float64],
    fixed: NDArray[np.bool_],
    length: int,
    usual: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[tuple[float, int, int]]:
    """Candidates of one length, as (distance, start, stop); ``usual``: speed and tolerance by row."""
    n_starts = len(values) - length - 1
    if n_starts < 1:
        return []
    speed, tolerance = (of_rows[1 : n_starts + 1] for of_rows in usual)
    before, after = values[:n_starts], values[length + 1 :]
    distance, is_free = np.full(n_starts, np.inf), np.ones(n_starts, np.bool_)
    for row in range(1, length + 1):
        chord = before + row / (length + 1) * (after - before)
        distance = np.minimum(distance, np.linalg.norm(values[row : row + n_starts] - chord, axis=1))
        is_free &= ~fixed[row : row + n_starts]
    does_return = np.linalg.norm(after - before, axis=1) <= (length + 1) * (2 * speed + tolerance)
    # A curve leaves its chord by the square of the chord's length.
    is_far = distance > tolerance * ((length + 1) / 2) ** 2
    starts: list[int] = (1 + np.flatnonzero(is_far & does_return & is_free)).tolist()
    return [(float(distance[start - 1]), start, start + length) for start in starts]


def _usual(
    values: NDArray[np.float64], window: int, threshold: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How fast the path usually is around each row, and how far from straight is too far."""
    steps = np.linalg.norm(np.diff(values, axis=0), axis=1)
    bends = np.linalg.norm(values[1:-1] - (values[:-2] + values[2:]) / 2, axis=1)
    wide = _USUAL_WINDOWS * window
    speed = running_median(np.append(steps, steps[-1:])[:, None], wide)[:, 0]
    scatter = running_median(np.concatenate((bends[:1], bends, bends[-1:]))[:, None], wide)[:, 0]
    return speed, np.maximum(threshold * scatter, _MIN_JUMP_PX)


def _too_fast(values: NDArray[np.float64], fixed: NDArray[np.bool_], max_speed: float) -> NDArray[np.bool_]:
    """Rows that cannot be reached from either side: a side alone might itself start with an outlier."""
    forward = _out_of_reach(values, fixed, max_speed)
    backward = _out_of_reach(values[::-1], fixed[::-1], max_speed)[::-1]
    return forward & backward


def _out_of_reach(
    values: NDArray[np.float64], fixed: NDArray[np.bool_], max_speed: float
) -> NDArray[np.bool_]:
    """Rows that the last row within reach cannot have moved to; a fixed row is always within reach."""
    is_out = np.zeros(len(values), np.bool_)
    last = 0
    for row in range(1, len(values)):
        distance = float(np.linalg.norm(values[row] - values[last]))
        is_out[row] = not fixed[row] and distance > max_speed * (row - last)
        if not is_out[row]:
            last = row
    return is_out
