"""How far a fused track can be trusted, from what its sources say of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: A point is shown as visible from this probability on.
VISIBLE_FROM = 0.5

#: Constant and weights of a logistic regression on log2 of the terms below, plus one; see docs/method.md.
_BIAS, _DISAGREEMENT, _SPREAD, _APART, _DISTANCE = 8.70, -0.27, -2.19, -0.43, -0.30

#: The same where labels lead from one side only: in place of disagreement, and of distance.
_ALONE, _DISTANCE_ALONE = -0.86, -0.51

#: Unit of distances, as a share of the diagonal: about a pixel at 480p.
_UNIT = 0.001

#: What a path is taken to be spread by, in units, where nobody says.
_UNKNOWN_SPREAD = 5.0


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Logits to probabilities, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits.astype(np.float64)))


def confidence_from_spread(
    disagreement: NDArray[np.float64],
    spread: NDArray[np.float64],
    apart: NDArray[np.float64],
    distance: NDArray[np.float64],
    diagonal: float,
) -> NDArray[np.float64]:
    """Turn the spread of the sources into a probability of being within 0.8 % of the diagonal of the truth.

    Args:
        disagreement: Of flow's directions, pixels, shape (n_frames, n_points); NaN where one leads.
        spread: Of the belief about the path, pixels, same shape; NaN where there is none.
        apart: Distance of path and network, pixels, same shape.
        distance: Frames to the nearest label, same shape; inf where none leads.
        diagonal: Of the frame, pixels.

    Returns:
        In [0, 1], same shape.
    """
    unit = _UNIT * diagonal
    is_alone = ~np.isfinite(disagreement)
    directions = np.where(is_alone, _ALONE, _DISAGREEMENT * np.log2(1.0 + np.nan_to_num(disagreement) / unit))
    belief = np.where(np.isfinite(spread), spread / unit, _UNKNOWN_SPREAD)
    frames = np.log2(1.0 + np.minimum(distance, 1e6))
    return sigmoid(
        _BIAS
        + directions
        + _SPREAD * np.log2(1.0 + belief)
        + _APART * np.log2(1.0 + np.nan_to_num(apart) / unit)
        + np.where(is_alone, _DISTANCE_ALONE, _DISTANCE) * frames
    )
