"""How far the surroundings of points are turned in every frame: animals seen from above turn all the time.

What a point looks like turns with its animal, and features of learned networks do not. The directions
from point to point turn likewise; limbs that swing and points that went astray are outvoted by the others.

Letters: T frames, N points, P pairs of points.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors

#: A point's surroundings are itself and so many others, those nearest to it.
_N_AROUND = 8

#: Directions that are voted on, and how narrowly a pair votes for its own (von Mises' concentration).
_N_DIRECTIONS, _NARROWNESS = 32, 10.0

#: Share of the votes that have to agree.
_LEAST_AGREEMENT = 0.4

#: Frames voted on together, so that memory stays small.
_CHUNK = 128


def orientation(anchors: Anchors, tracks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate how far what surrounds each point is turned.

    Args:
        anchors: The labels; the frame with most of them is what all others are compared with.
        tracks: Shape (T, N, 2), image pixels; NaN where there is none.

    Returns:
        Shape (T, N), radians, from x towards y; only differences between frames of one point mean
        anything. Where a frame does not tell, as in the nearest frame that does; 0 where none does.
    """
    turned = np.zeros(tracks.shape[:2])
    reference = int(anchors.is_known.sum(axis=1).argmax())
    places: NDArray[np.complex128] = tracks[..., 0] + 1j * tracks[..., 1]
    for point in np.flatnonzero(np.isfinite(places[reference])).tolist():
        pairs = _pairs_around(places[reference], point)
        if len(pairs):
            turned[:, point] = _voted(places, places[reference], pairs)
    return turned


def _pairs_around(places: NDArray[np.complex128], point: int) -> NDArray[np.int64]:
    """Pairs of the points around one, itself among them; (P, 2), none where it is alone with another."""
    away = np.abs(places - places[point])
    near = np.argsort(away, kind="stable")[: np.isfinite(away).sum()][: _N_AROUND + 1]
    pairs = list(combinations(near.tolist(), 2))
    return np.array(pairs if len(pairs) > 1 else [], np.int64).reshape(-1, 2)


def _voted(
    places: NDArray[np.complex128], reference: NDArray[np.complex128], pairs: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What most pairs say, (T,)."""
    before = reference[pairs[:, 1]] - reference[pairs[:, 0]]
    found = np.full(len(places), np.nan)
    for first in range(0, len(places), _CHUNK):
        part = places[first : first + _CHUNK]
        turn = np.nan_to_num((part[:, pairs[:, 1]] - part[:, pairs[:, 0]]) * before.conj())
        length = np.abs(turn)
        direction = np.divide(turn, length, out=np.ones_like(turn), where=length > 0.0)
        # A long pair's direction is surer than a short one's.
        found[first : first + _CHUNK] = _most_said(direction, np.sqrt(length))
    return _filled(found)


def _most_said(directions: NDArray[np.complex128], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle most of directions (T, P), of length 1, lie around, (T,); NaN where too few agree."""
    angles = (np.arange(_N_DIRECTIONS) * (2 * np.pi / _N_DIRECTIONS)).astype(np.float32)
    # Half as many digits choose the same candidate several times sooner.
    real, imag = directions.real.astype(np.float32), directions.imag.astype(np.float32)
    cosines = real[..., None] * np.cos(angles) + imag[..., None] * np.sin(angles)
    votes = np.einsum("tp,tpd->td", weight.astype(np.float32), np.exp(_NARROWNESS * (cosines - 1.0)))
    best = np.exp(1j * votes.argmax(axis=1) * (2 * np.pi / _N_DIRECTIONS))[:, None]
    agreeing = weight * np.exp(_NARROWNESS * ((directions * best.conj()).real - 1.0))
    mean = np.angle((agreeing * directions).sum(axis=1))
    total = weight.sum(axis=1)
    is_sure = agreeing.sum(axis=1) >= _LEAST_AGREEMENT * np.maximum(total, np.finfo(float).tiny)
    return np.where(is_sure & (total > 0.0), mean, np.nan)


def _filled(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill NaN (T,) from the nearest frame that has a value; 0 where there is none."""
    known = np.flatnonzero(np.isfinite(angles))
    if not len(known):
        return np.zeros_like(angles)
    frames = np.arange(len(angles))
    right = np.clip(np.searchsorted(known, frames), 1, max(len(known) - 1, 1))
    left, right = known[right - 1], known[np.minimum(right, len(known) - 1)]
    return angles[np.where(frames - left <= right - frames, left, right)]
