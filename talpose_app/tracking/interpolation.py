"""Paths through the labels alone, without looking at the video."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors


def straight_lines(anchors: Anchors) -> NDArray[np.float64]:
    """Join labels by straight lines; beyond the first and the last label the point stays.

    Returns:
        Shape (n_frames, n_points, 2), image pixels; NaN where no label leads.
    """
    before, after = anchors.position_before(), anchors.position_after()
    progress = anchors.progress()[..., None]
    between = before + progress * (after - before)
    one_sided = np.where(np.isfinite(before), before, after)
    return np.where(anchors.is_between[..., None], between, one_sided)
