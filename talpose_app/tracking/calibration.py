"""How far to trust the network in this video, judged by labels that neither it nor the path was told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.fuse import CAREFUL_TRUST, Trust

#: Settings tried beside the usual one; the first leaves all to the path, the last nothing.
_CANDIDATES = (
    Trust(0.0),
    *(Trust(most, spread) for most in (0.5, 1.0) for spread in (0.003, 0.01, 0.03)),
    Trust(1.0, 1e-6),
)

#: Held-out labels, and keyframes they lie on, below which the usual trust stands.
_MIN_LABELS, _MIN_KEYFRAMES = 24, 6

#: Gain in the share of labels within tolerance that makes another setting than the usual one worth it. Hidden
#: labels speak against the path: people label where it was wrong, and gaps without them are twice as long.
_MIN_GAIN = 0.06

#: By so many standard errors a gain has to be larger. Labels of one keyframe are right or wrong together, so
#: keyframes are what is counted.
_N_ERRORS = 2.0

#: Tolerances in pixels of a 256 x 256 image, those of delta_avg.
_TOLERANCES = (1.0, 2.0, 4.0, 8.0, 16.0)
_SIDE = 256.0


def best_trust(keyframes: Sequence[NDArray[np.float64]], size: tuple[int, int]) -> Trust:
    """Choose the trust that brings most held-out labels within tolerance, if it surely does.

    Args:
        keyframes: For each, one row a held-out label, (n, 5): what the path misses it by (x, y), what the
            network misses it by (x, y), and the path's spread there; image pixels. Rows that are not finite
            are of labels nobody could look for.
        size: (width, height) of a frame, pixels.
    """
    known = [rows[np.isfinite(rows).all(axis=1)] for rows in keyframes]
    known = [rows for rows in known if len(rows)]
    if len(known) < _MIN_KEYFRAMES or sum(map(len, known)) < _MIN_LABELS:
        return CAREFUL_TRUST
    usual = [_within(rows, CAREFUL_TRUST, size) for rows in known]

    def sure_gain(trust: Trust) -> float:
        return _sure_mean([_within(rows, trust, size) - old for rows, old in zip(known, usual, strict=True)])

    best = max(_CANDIDATES, key=sure_gain)
    return best if sure_gain(best) > _MIN_GAIN else CAREFUL_TRUST


def _within(errors: NDArray[np.float64], trust: Trust, size: tuple[int, int]) -> NDArray[np.float64]:
    """Share of the tolerances that each label (n, 5) is found within, (n,)."""
    share = trust.share(errors[:, 4], float(np.hypot(*size)))[:, None]
    fused = ((1.0 - share) * errors[:, :2] + share * errors[:, 2:4]) * (_SIDE / np.array(size, np.float64))
    distance = np.hypot(fused[:, 0], fused[:, 1])
    return np.mean([distance < limit for limit in _TOLERANCES], axis=0)


def _sure_mean(groups: Sequence[NDArray[np.float64]]) -> float:
    """The mean of all values less its standard errors, where values of one group are not independent."""
    count, n_groups = sum(map(len, groups)), len(groups)
    mean = sum(float(group.sum()) for group in groups) / count
    residuals = np.array([float((group - mean).sum()) for group in groups])
    error = float(np.sqrt(np.square(residuals).sum() * n_groups / (n_groups - 1))) / count
    return mean - _N_ERRORS * error
