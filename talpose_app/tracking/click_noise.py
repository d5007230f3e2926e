"""How far clicks miss the point, and tracks that follow the video rather than the tremor of the hand.

Where flow is sure, the displacement it sees between two labels differs from theirs by the
errors of the two clicks. Each click takes part in two such differences with opposite signs, so the
product of neighboring differences is, on average, minus the variance of a click. Labels themselves
are never changed: only the tracks between them shift, and come back to each label within a few frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Merged, largest_in_gap

#: Gaps in which flow's directions stay this close, as a share of the diagonal, tell of clicks, not of drift.
_SURE = 0.006

#: A flow that misses a label by more than this share of the diagonal has slipped.
_SLIPPED = 0.03

#: Pairs of gaps needed for an estimate of the variance.
_MIN_PAIRS = 8

#: Share of the estimated variance that is used: it is rough, and too much costs more than too little.
_TRUST = 0.5

#: Frames within which a track comes back to a label.
_RETURN_FRAMES = 2.0

#: Least variance of drift over a gap, in units of a click's.
_MIN_DRIFT = 1.0


def without_click_noise(anchors: Anchors, path: Merged, diagonal: float) -> Merged:
    """Shift a path between labels by the clicks' likely errors, as far as they can be told.

    Args:
        anchors: The labels.
        path: Through them.
        diagonal: Of the frame, pixels.
    """
    variance = click_variance(anchors, path, diagonal)
    return replace(path, tracks=follow_video(anchors, path, path.tracks, variance))


def click_variance(anchors: Anchors, flow: Merged, diagonal: float) -> float:
    """Estimate the variance of a click along one axis, cautiously; 0 where it cannot be told from drift.

    Args:
        anchors: The labels.
        flow: Flow through them.
        diagonal: Of the frame, pixels.

    Returns:
        Pixels squared.
    """
    doubt = largest_in_gap(anchors, flow.disagreement)
    products: list[float] = []
    for point in range(anchors.n_points):
        at = _pairs(flow, point)
        miss = flow.miss[at, point]
        sure = (doubt[at, point] < _SURE * diagonal) & (np.linalg.norm(miss, axis=1) < _SLIPPED * diagonal)
        joined = sure[:-1] & sure[1:] & (anchors.before[at[1:] - 1, point] == at[:-1])
        products += (-(miss[:-1] * miss[1:]).mean(axis=1))[joined].tolist()
    return _TRUST * max(0.0, float(np.mean(products))) if len(products) >= _MIN_PAIRS else 0.0


def follow_video(
    anchors: Anchors, flow: Merged, tracks: NDArray[np.float64], variance: float
) -> NDArray[np.float64]:
    """Shift tracks between labels by the clicks' likely errors.

    Args:
        anchors: The labels.
        flow: Flow through them.
        tracks: Tracks that pass through the labels, shape (n_frames, n_points, 2), image pixels.
        variance: Of a click along one axis, pixels squared.

    Returns:
        A new array, unchanged at labels.
    """
    shifted = tracks.copy()
    if variance <= 0.0:
        return shifted
    frames = np.arange(anchors.n_frames)
    for point in range(anchors.n_points):
        labels = np.flatnonzero(anchors.is_known[:, point])
        if len(labels) < 2:
            continue
        errors = _click_errors(flow.miss[labels[1:], point], variance)
        distance = np.abs(frames[:, None] - labels[None]).min(axis=1)
        share = np.minimum(distance / _RETURN_FRAMES, 1.0)
        for axis in range(2):
            shifted[:, point, axis] -= share * np.interp(frames, labels, errors[:, axis])
    return shifted


def _pairs(flow: Merged, point: int) -> NDArray[np.int64]:
    """Frames of labels that flow from the label before reaches."""
    return np.flatnonzero(np.isfinite(flow.miss[:, point, 0]))


def _click_errors(misses: NDArray[np.float64], variance: float) -> NDArray[np.float64]:
    """Errors of K clicks from the K - 1 misses between them: least squares with drift over each gap.

    Drift's variance in a gap is what the miss exceeds the clicks' by, so a gap in which flow
    slipped joins nothing.
    """
    n_labels = len(misses) + 1
    is_joined = np.isfinite(misses[:, 0])
    misses = np.nan_to_num(misses)
    drift = np.maximum(_MIN_DRIFT * variance, (misses**2).mean(axis=1) - 2.0 * variance)
    stiffness = np.where(is_joined, 1.0 / drift, 0.0)
    normal = np.eye(n_labels) / variance
    right = np.zeros((n_labels, 2))
    k = np.arange(n_labels - 1)
    normal[k, k] += stiffness
    normal[k + 1, k + 1] += stiffness
    normal[k, k + 1] -= stiffness
    normal[k + 1, k] -= stiffness
    right[k + 1] += stiffness[:, None] * misses
    right[k] -= stiffness[:, None] * misses
    return np.asarray(np.linalg.solve(normal, right), np.float64)
