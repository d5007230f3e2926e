"""How far to trust the network in this video, judged by labels that neither it nor the path was told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.fuse import CAREFUL_TRUST, Trust

#: Settings tried beside the usual one; the first leaves all to the path, the last nothing.
_CANDIDATES = (
    Trust(0.0),
    *(Trust(most, spread) for most in (0.5, 1.0) for spread in (0.003, 0.01, 0.03)),
    Trust(1.0, 1e-6),
)

#: Held-out labels below which the usual trust stands.
_MIN_LABELS = 24

#: Gain in the share of labels within tolerance that makes another setting than the usual one worth it. Gaps
#: around hidden labels are twice as long as in use, which costs the path more than the network.
_MIN_GAIN = 0.03

#: Tolerances in pixels of a 256 x 256 image, those of delta_avg.
_TOLERANCES = (1.0, 2.0, 4.0, 8.0, 16.0)
_SIDE = 256.0


def best_trust(errors: NDArray[np.float64], size: tuple[int, int]) -> Trust:
    """Choose the trust that brings most held-out labels within tolerance.

    Args:
        errors: One row a held-out label, (n, 5): what the path misses it by (x, y), what the network misses
            it by (x, y), and the path's spread there; image pixels.
        size: (width, height) of a frame, pixels.
    """
    errors = errors[np.isfinite(errors).all(axis=1)]
    if len(errors) < _MIN_LABELS:
        return CAREFUL_TRUST
    diagonal = float(np.hypot(*size))
    scale = _SIDE / np.array(size, np.float64)

    def within(trust: Trust) -> float:
        share = trust.share(errors[:, 4], diagonal)[:, None]
        fused = ((1.0 - share) * errors[:, :2] + share * errors[:, 2:4]) * scale
        distance = np.hypot(fused[:, 0], fused[:, 1])
        return float(np.mean([(distance < limit).mean() for limit in _TOLERANCES]))

    best = max(_CANDIDATES, key=within)
    return best if within(best) > within(CAREFUL_TRUST) + _MIN_GAIN else CAREFUL_TRUST
