"""How close tracks come to a known truth: delta_avg, PCK and median error. Arrays only; reads no files.

A point is never scored at a frame where it carries a label: there the tracker was
told the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Distances of TAP-Vid's delta_avg, in pixels of a picture scaled to ``NORMAL_SIZE``.
DELTA_THRESHOLDS = (1.0, 2.0, 4.0, 8.0, 16.0)

#: Side of the square that delta_avg scales every video to, so that its scores compare across videos.
NORMAL_SIZE = 256.0

#: Distances of PCK, in pixels of the video itself.
PCK_THRESHOLDS = (1.0, 2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True, slots=True)
class Score:
    """How well tracks agree with the truth.

    Attributes:
        n: Truth points that were scored.
        n_missing: Of these, how many had no prediction; they count as infinitely far.
        delta_avg: Share closer than d, averaged over ``DELTA_THRESHOLDS``; NaN when n is 0.
        median_px: Median distance in pixels of the video; NaN when n is 0, infinite when most are missing.
        mean_px: Mean distance of the points that were predicted; NaN when there are none.
        pck: Share closer than each of ``PCK_THRESHOLDS``, in their order; NaN when n is 0.
    """

    n: int
    n_missing: int
    delta_avg: float
    median_px: float
    mean_px: float
    pck: tuple[float, ...]


def scored_mask(
    truth: NDArray[np.floating], visible: NDArray[np.bool_], labeled: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which truth points count: known, visible, and not labeled.

    Args:
        truth: Shape (n_frames, n_points, 2), image pixels; NaN where unknown.
        visible: Shape (n_frames, n_points): whether the truth says the point is seen.
        labeled: Shape (n_frames, n_points): where the tracker was given a label.

    Returns:
        Shape (n_frames, n_points), bool.
    """
    return np.isfinite(truth).all(axis=-1) & visible & ~labeled


def distances(tracks: NDArray[np.floating], truth: NDArray[np.floating]) -> NDArray[np.float64]:
    """Measure how far each position is from the truth.

    Args:
        tracks: Shape (..., 2), image pixels; NaN where nothing is predicted.
        truth: Same shape.

    Returns:
        Shape (...), float64, pixels; infinite where nothing is predicted.
    """
    offset = np.asarray(tracks, np.float64) - np.asarray(truth, np.float64)
    return np.where(np.isfinite(offset).all(axis=-1), np.hypot(offset[..., 0], offset[..., 1]), np.inf)


def delta_avg(
    tracks: NDArray[np.floating], truth: NDArray[np.floating], mask: NDArray[np.bool_], size: tuple[int, int]
) -> float:
    """Average position accuracy as TAP-Vid defines it (Doersch et al. 2022, section 3.2, "< delta^x_avg").

    Positions are scaled to a picture of 256 x 256 pixels (x * 256 / width, y * 256 / height);
    the share of points strictly closer than d is averaged over d = 1, 2, 4, 8, 16.

    Args:
        tracks: Shape (n_frames, n_points, 2), image pixels; NaN where nothing is predicted, which misses.
        truth: Same shape, image pixels.
        mask: Shape (n_frames, n_points): what to score (``scored_mask``).
        size: (width, height) of the video in pixels.

    Returns:
        In [0, 1]; NaN when ``mask`` is empty.
    """
    scale = NORMAL_SIZE / np.array(size, np.float64)
    scaled = distances(np.asarray(tracks, np.float64) * scale, np.asarray(truth, np.float64) * scale)[mask]
    return float(np.mean(shares_within(scaled, DELTA_THRESHOLDS)))


def shares_within(errors: NDArray[np.float64], thresholds: Sequence[float]) -> tuple[float, ...]:
    """Share of errors strictly below each threshold; NaN when there are no errors.

    Args:
        errors: Shape (n,), pixels.
        thresholds: Pixels.
    """
    if errors.size == 0:
        return tuple(float("nan") for _ in thresholds)
    return tuple(float(np.mean(errors < threshold)) for threshold in thresholds)


def score(
    tracks: NDArray[np.floating], truth: NDArray[np.floating], mask: NDArray[np.bool_], size: tuple[int, int]
) -> Score:
    """Score tracks against the truth.

    Args:
        tracks: Shape (n_frames, n_points, 2), image pixels; NaN where nothing is predicted.
        truth: Same shape, image pixels.
        mask: Shape (n_frames, n_points): what to score (``scored_mask``).
        size: (width, height) of the video in pixels.
    """
    errors = distances(tracks, truth)[mask]
    predicted = errors[np.isfinite(errors)]
    return Score(
        n=int(errors.size),
        n_missing=int(errors.size - predicted.size),
        delta_avg=delta_avg(tracks, truth, mask, size),
        median_px=float(np.median(errors)) if errors.size else float("nan"),
        mean_px=float(np.mean(predicted)) if predicted.size else float("nan"),
        pck=shares_within(errors, PCK_THRESHOLDS),
    )
