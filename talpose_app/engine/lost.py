"""Where flow has lost a point: far from labels, and where another place looks much more like them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.footage import Footage
from talpose_app.tracking.stretches import stretches

#: Paths this near each other are the same, feature pixels: the finer one is kept.
_SAME = 4.0

#: How much more a stretch of the other path has to look like the labels, in cosine.
_MARGIN = 0.12

#: How far around a path its looks are taken from, in steps of the grid of offsets.
_AROUND = 2


def is_lost(
    footage: Footage,
    appearance: Appearance,
    points: NDArray[np.int64],
    paths: NDArray[np.float64],
    others: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Mark the stretches of paths for which other ones should be taken.

    Args:
        footage: The video.
        appearance: What points look like at their labels.
        points: Which points they are.
        paths: Found by flow, shape (n_frames, n, 2), image pixels.
        others: Found without, likewise; NaN where paths are not in doubt.

    Returns:
        Shape (n_frames, n).
    """
    apart = np.linalg.norm(footage.to_feature_pixels(others - paths), axis=-1)
    differs = apart > _SAME  # Nowhere where one of them is missing.
    gain = np.zeros(differs.shape)
    for at in np.flatnonzero(differs.any(axis=1)).tolist():
        rows = np.flatnonzero(differs[at])
        looks = [
            _looks(footage, appearance, at, points[rows], tracks[at, rows]) for tracks in (others, paths)
        ]
        gain[at, rows] = looks[0] - looks[1]
    lost = np.zeros(differs.shape, np.bool_)
    for column in range(differs.shape[1]):
        for frames in stretches(differs[:, column]):
            lost[frames, column] = gain[frames, column].mean() > _MARGIN
    return lost


def _looks(
    footage: Footage,
    appearance: Appearance,
    at: int,
    points: NDArray[np.int64],
    positions: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much the places (n, 2) look like the points at their labels, cosines (n,)."""
    centers = torch.from_numpy(footage.to_feature_pixels(positions)).float().to(footage.device)
    near = appearance.near_mixed(at, points, centers)
    middle = near.shape[-1] // 2
    inner = slice(middle - _AROUND, middle + _AROUND + 1)
    return near[:, inner, inner].amax(dim=(1, 2)).cpu().double().numpy()
