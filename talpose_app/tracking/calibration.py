"""How far to trust flow and network in this video, judged by labels neither was told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.fuse import AGREEMENT, flow_share

#: Settings tried, shares of the diagonal; the last leaves nearly all to flow.
_CANDIDATES = (0.005, 0.01, AGREEMENT, 0.05, 0.1, 0.3)

#: Held-out labels below which the default stands.
_MIN_LABELS = 24

#: Gain in the share of labels within tolerance that makes another setting than the default worth it.
_MIN_GAIN = 0.004

#: Tolerances in pixels of a 256 x 256 image, those of delta_avg.
_TOLERANCES = (1.0, 2.0, 4.0, 8.0, 16.0)
_SIDE = 256.0


def best_agreement(errors: NDArray[np.float64], size: tuple[int, int]) -> float:
    """Choose the agreement of `flow_share` that brings most held-out labels within tolerance.

    Args:
        errors: One row a held-out label, (n, 5): what flow misses it by (x, y), what the network misses
            it by (x, y), and how far flow's directions disagree (NaN where one leads); image pixels.
        size: (width, height) of a frame, pixels.
    """
    errors = errors[np.isfinite(errors[:, :4]).all(axis=1)]
    if len(errors) < _MIN_LABELS:
        return AGREEMENT
    diagonal = float(np.hypot(*size))
    scale = _SIDE / np.array(size, np.float64)

    def within(agreement: float) -> float:
        share = flow_share(errors[:, 4], diagonal, agreement)[:, None]
        fused = (share * errors[:, :2] + (1.0 - share) * errors[:, 2:4]) * scale
        distance = np.hypot(fused[:, 0], fused[:, 1])
        return float(np.mean([(distance < limit).mean() for limit in _TOLERANCES]))

    best = max(_CANDIDATES, key=within)
    return best if within(best) > within(AGREEMENT) + _MIN_GAIN else AGREEMENT
