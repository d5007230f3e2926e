"""The running median: takes out spikes of a frame or two, leaves edges sharp."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.filters.block import TrackBlock, smooth_stretches


def median(block: TrackBlock, window: int) -> TrackBlock:
    """Replace every position by the median of those around it, x and y by themselves.

    Args:
        block: The tracks.
        window: Frames looked at, odd.

    Source: J. W. Tukey, Exploratory Data Analysis (1977), chapter 7.
    """
    return smooth_stretches(block, lambda values: running_median(values, window), window // 2)


def running_median(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The median over a window centered on each row; at the ends the window narrows and stays centered.

    Args:
        values: Shape (n, n_columns).
        window: Rows looked at, odd.
    """
    n_rows = len(values)
    half = min(window // 2, (n_rows - 1) // 2)
    result = values.copy()
    if half > 0:
        wide = np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1, axis=0)
        result[half : n_rows - half] = np.median(wide, axis=-1)
    for row in range(1, half):
        result[row] = np.median(values[: 2 * row + 1], axis=0)
        result[n_rows - 1 - row] = np.median(values[n_rows - 1 - 2 * row :], axis=0)
    return result
