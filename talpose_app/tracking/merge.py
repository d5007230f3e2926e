"""Merge tracks that come from both neighboring labels, and several such tracks, into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import NO_LABEL, Anchors
from talpose_app.tracking.interpolation import straight_lines

#: Sources differ by less than this share of the frame's diagonal for no reason: about half a pixel at 480p.
_NOISE = 0.0005

#: How much the distance from the other sources counts against a source, next to its own disagreement.
_SPREAD_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Tracks followed in one direction, starting anew at every label that shows the point.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels; NaN where nothing leads.
        arrived: Where the track of the previous label lands on a label's frame, before it starts
            anew; same shape, NaN at other frames.
    """

    tracks: NDArray[np.float64]
    arrived: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Tracks merged from several sources.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels; NaN where nothing leads.
        disagreement: Distance of the two directions, pixels, shape (n_frames, n_points); NaN where only
            one leads.
        miss: What the tracks that start at the label before each label's frame miss it by, shape
            (n_frames, n_points, 2), (x, y), pixels, mean over both directions; NaN at other frames.
        spread: How far off the tracks may be, pixels, shape (n_frames, n_points); NaN where nobody said.
    """

    tracks: NDArray[np.float64]
    disagreement: NDArray[np.float64]
    miss: NDArray[np.float64]
    spread: NDArray[np.float64]


def merge_directions(anchors: Anchors, forward: Chain, backward: Chain) -> Merged:
    """Blend both directions by time, each first bent to land on the label it runs towards.

    Drift grows about evenly, so the miss at the far label is taken back in proportion to time.
    """
    progress = anchors.progress()[..., None]
    points = np.arange(anchors.n_points)[None]
    ahead_miss = anchors.position_after() - forward.arrived[anchors.after, points]
    back_miss = anchors.position_before() - backward.arrived[anchors.before, points]
    ahead = forward.tracks + np.where(anchors.is_between[..., None], progress * ahead_miss, 0.0)
    back = backward.tracks + np.where(anchors.is_between[..., None], (1.0 - progress) * back_miss, 0.0)
    blended = (1.0 - progress) * ahead + progress * back
    single = np.where(np.isfinite(ahead), ahead, back)
    tracks = np.where(np.isfinite(blended), blended, single)
    disagreement: NDArray[np.float64] = np.linalg.norm(forward.tracks - backward.tracks, axis=-1)
    return Merged(
        np.where(anchors.is_known[..., None], anchors.positions, tracks),
        np.where(anchors.is_between, disagreement, np.nan),
        _miss_at_labels(anchors, forward, backward),
        np.full(disagreement.shape, np.nan),
    )


def combine(anchors: Anchors, sources: Sequence[Merged], diagonal: float) -> Merged:
    """Average sources, each by how well its two directions agree and how near it is to the others.

    Args:
        anchors: The labels.
        sources: Merged tracks of the same points.
        diagonal: Of the frame, pixels.

    Returns:
        Tracks finite wherever a label leads: straight lines where no source does.
    """
    lines = straight_lines(anchors)
    tracks = np.stack([np.where(np.isfinite(source.tracks), source.tracks, lines) for source in sources])
    disagreement = np.stack([source.disagreement for source in sources])
    spread = np.linalg.norm(tracks - np.median(tracks, axis=0), axis=-1)
    doubt = np.nan_to_num(disagreement) + _SPREAD_WEIGHT * spread + _NOISE * diagonal
    weight = 1.0 / doubt**2
    weight /= weight.sum(axis=0)
    return Merged(
        (weight[..., None] * tracks).sum(axis=0),
        disagreement.min(axis=0),
        _weighted_miss(anchors, sources, diagonal),
        np.full(disagreement.shape[1:], np.nan),
    )


def pin(anchors: Anchors, tracks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift tracks so that they pass through the labels.

    The shift is what the tracks miss at the neighboring labels, interpolated in time between them
    and held beyond the ends: no kink appears at a label, and the shape between labels stays.

    Args:
        anchors: The labels.
        tracks: Shape (n_frames, n_points, 2), image pixels, finite at labels.

    Returns:
        A new array; equal to the labels at their frames.
    """
    miss = anchors.positions - tracks
    points = np.arange(anchors.n_points)[None]
    before = np.where((anchors.before == NO_LABEL)[..., None], np.nan, miss[anchors.before, points])
    after = np.where((anchors.after == NO_LABEL)[..., None], np.nan, miss[anchors.after, points])
    between = before + anchors.progress()[..., None] * (after - before)
    one_sided = np.where(np.isfinite(before), before, after)
    return tracks + np.where(anchors.is_between[..., None], between, one_sided)


def _miss_at_labels(anchors: Anchors, forward: Chain, backward: Chain) -> NDArray[np.float64]:
    """Mean over both directions of how far a label's displacement is from what flow makes of it."""
    n_points = anchors.n_points
    points = np.arange(n_points)[None]
    # The label before a label's frame is found from the frame just earlier.
    earlier = np.vstack((np.full((1, n_points), NO_LABEL), anchors.before[:-1]))
    is_pair = anchors.is_known & (earlier != NO_LABEL)
    ahead = anchors.positions - forward.arrived
    back = backward.arrived[earlier, points] - anchors.positions[earlier, points]
    both = np.where(np.isfinite(ahead), np.where(np.isfinite(back), 0.5 * (ahead + back), ahead), back)
    return np.where(is_pair[..., None], both, np.nan)


def _weighted_miss(anchors: Anchors, sources: Sequence[Merged], diagonal: float) -> NDArray[np.float64]:
    """Average the sources' misses, each by its agreement over the gap that ends at the label."""
    misses = np.stack([source.miss for source in sources])
    doubt = np.stack([largest_in_gap(anchors, source.disagreement) for source in sources])
    weight = np.where(np.isfinite(misses[..., 0]), 1.0 / (doubt + _NOISE * diagonal) ** 2, 0.0)
    total = weight.sum(axis=0)
    mean = (weight[..., None] * np.nan_to_num(misses)).sum(axis=0) / np.where(total > 0, total, 1.0)[
        ..., None
    ]
    return np.where((total > 0)[..., None], mean, np.nan)


def largest_in_gap(anchors: Anchors, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest value since the label before, given at each label's frame; 0 where there is none.

    Args:
        anchors: The labels.
        values: Shape (n_frames, n_points); NaN is left out.
    """
    largest = np.zeros(values.shape)
    running = np.zeros(values.shape[1])
    is_known, filled = anchors.is_known, np.nan_to_num(values)
    for at in range(len(values)):
        largest[at] = np.where(is_known[at], running, 0.0)
        running = np.where(is_known[at], 0.0, np.maximum(running, filled[at]))
    return largest
