"""How far a merged track can be trusted, from what its sources say of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: A point is shown as visible from this probability on.
VISIBLE_FROM = 0.5


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Logits to probabilities, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits.astype(np.float64)))


def confidence_from_spread(
    spread: NDArray[np.float64], distance: NDArray[np.float64], diagonal: float
) -> NDArray[np.float64]:
    """Turn the spread of the sources into a probability of being within tolerance.

    Args:
        spread: Distance of the sources from each other, pixels, shape (n_frames, n_points); NaN where
            there is one source only, which is trusted less the farther the label is.
        distance: Frames to the nearest label, same shape.
        diagonal: Of the frame, pixels; tolerances go with it.

    Returns:
        In [0, 1], same shape.
    """
    alone = 0.004 * diagonal * np.sqrt(np.maximum(distance, 0.0))
    expected = np.where(np.isfinite(spread), spread, alone) / (0.012 * diagonal)
    near = np.exp(-distance / 400.0)
    return near / (1.0 + expected**2)
