"""The Savitzky-Golay filter: smooths jitter and keeps the height and width of real movements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.filters.block import TrackBlock, smooth_stretches


def savgol(block: TrackBlock, window: int, order: int) -> TrackBlock:
    """Replace every position by the value there of a polynomial fitted to those around it.

    Args:
        block: The tracks.
        window: Frames looked at, odd.
        order: Degree of the polynomial, below ``window``.

    Source: A. Savitzky and M. J. E. Golay, Analytical Chemistry 36 (1964), 1627-1639.
    """
    return smooth_stretches(block, lambda values: fit_locally(values, window, order), window // 2)


def fit_locally(values: NDArray[np.float64], window: int, order: int) -> NDArray[np.float64]:
    """Fit polynomials by least squares over a moving window; at the ends the last whole window's serves.

    Args:
        values: Shape (n, n_columns), evenly spaced. A series shorter than the window is fitted with the
            widest odd one it has room for, or left alone if that does not determine a polynomial.
        window: Rows looked at, odd.
        order: Degree of the polynomial.
    """
    n_rows = len(values)
    window = min(window, n_rows - 1 + n_rows % 2)
    if window <= order + 1:
        return values.copy()
    half = window // 2
    powers = np.vander(np.arange(-half, half + 1, dtype=np.float64), order + 1)
    fit = powers @ np.linalg.pinv(powers)
    result = np.empty_like(values)
    wide = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)
    result[half : n_rows - half] = wide @ fit[half]
    result[:half] = fit[:half] @ values[:window]
    result[n_rows - half :] = fit[half + 1 :] @ values[-window:]
    return result
