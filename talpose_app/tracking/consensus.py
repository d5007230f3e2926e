"""Merge several paths of the same points into the one that most agree on: errors seldom coincide.

Where paths differ by less than anybody minds they are averaged, each by how sure it is. Where they have
taken one thing for another, a mean of two things would be neither: the place that most weight lies around
is kept, and the others only say that it is doubtful.

Letters: P paths, T frames, N points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Merged

#: Paths are never surer than this share of the frame's diagonal: about half a pixel at 480p.
_LEAST_SPREAD = 0.0005

#: Paths about so far apart say the same, as a share of the diagonal: what confidence calls right.
_SAME = 0.008

#: Votes are those of so many frames around (standard deviation), so that paths seldom change sides.
_VOTING_FRAMES = 4.0


def consensus(anchors: Anchors, paths: Sequence[Merged], diagonal: float) -> Merged:
    """Merge paths of the same points.

    Args:
        anchors: The labels.
        paths: The first one's disagreement and misses are kept.
        diagonal: Of the frame, pixels.

    Returns:
        Paths whose spread also holds how far all of them lie away; where all are equal, exactly theirs.
    """
    if len(paths) == 1:
        return paths[0]
    tracks = np.stack([path.tracks for path in paths])
    spreads = np.stack([path.spread for path in paths])
    weight = 1.0 / (np.nan_to_num(spreads, nan=diagonal) + _LEAST_SPREAD * diagonal) ** 2
    weight /= weight.sum(axis=0)
    agreeing = np.stack([weight * _agreement(tracks, one, diagonal) for one in tracks])
    chosen = np.stack([_votes(anchors, weights) for weights in agreeing]).argmax(axis=0)
    share = np.take_along_axis(agreeing, chosen[None, None], axis=0)[0]
    share /= share.sum(axis=0)
    # Around the first, so that equal tracks (at labels) come out exactly equal.
    mean = tracks[0] + (share[..., None] * (tracks - tracks[0])).sum(axis=0)
    apart: NDArray[np.float64] = np.square(tracks - mean).sum(axis=-1)
    spread = np.sqrt((weight * (np.square(spreads) + apart)).sum(axis=0))
    return replace(paths[0], tracks=mean, spread=spread)


def _agreement(tracks: NDArray[np.float64], one: NDArray[np.float64], diagonal: float) -> NDArray[np.float64]:
    """How far paths (P, T, N, 2) say what one of them does (T, N, 2): from 0 to 1, (P, T, N)."""
    apart = np.linalg.norm(tracks - one, axis=-1) / (_SAME * diagonal)
    return np.nan_to_num(np.exp(-0.5 * np.square(apart)), nan=1.0)


def _votes(anchors: Anchors, agreeing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight of those that agree (P, T, N), over the frames around up to the labels, (T, N).

    Which path is right on one side of a label says nothing of the other side.
    """
    total: NDArray[np.float64] = agreeing.sum(axis=0)
    votes = total.copy()
    for away in range(1, round(3 * _VOTING_FRAMES) + 1):
        share = np.exp(-0.5 * (away / _VOTING_FRAMES) ** 2)
        is_same_gap = anchors.before[away:] == anchors.before[:-away]
        votes[away:] += share * np.where(is_same_gap, total[:-away], 0.0)
        votes[:-away] += share * np.where(is_same_gap, total[away:], 0.0)
    return votes
