"""Runs of frames over which something holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def stretches(mask: NDArray[np.bool_]) -> Iterator[slice]:
    """The longest runs of frames over which ``mask``, shape (n_frames,), is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    for start, stop in edges.reshape(-1, 2):
        yield slice(int(start), int(stop))
