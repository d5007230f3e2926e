"""Merge tracks that come from both neighboring labels into one that passes through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import NO_LABEL, Anchors


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Tracks followed in one direction, starting anew at every label.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels; NaN where no label leads.
        arrived: Where the track of the previous label lands on a label's frame, before it starts
            anew; same shape, NaN at other frames.
        slip: Mean over the steps since the label of how far following back and forth misses the start,
            pixels; shape (n_frames, n_points); inf where the chain has no seen label to start from.
    """

    tracks: NDArray[np.float64]
    arrived: NDArray[np.float64]
    slip: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Both directions in one.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels; NaN where neither leads.
        disagreement: Distance of the two directions, pixels, shape (n_frames, n_points); NaN where only
            one leads.
    """

    tracks: NDArray[np.float64]
    disagreement: NDArray[np.float64]


def merge_directions(anchors: Anchors, forward: Chain, backward: Chain) -> Merged:
    """Blend both directions by time, each first bent to land on the label it runs towards.

    Drift grows about evenly, so the miss at the far label is taken back in proportion to time.
    A direction that starts from an occluded label has nothing to follow and does not count.
    """
    progress = anchors.progress()[..., None]
    ahead = _bent(anchors, forward, anchors.after, anchors.position_after(), progress)
    back = _bent(anchors, backward, anchors.before, anchors.position_before(), 1.0 - progress)
    ahead = np.where(np.isfinite(forward.slip)[..., None], ahead, np.nan)
    back = np.where(np.isfinite(backward.slip)[..., None], back, np.nan)
    blended = (1.0 - progress) * ahead + progress * back
    single = np.where(np.isfinite(ahead), ahead, back)
    disagreement = np.linalg.norm(forward.tracks - backward.tracks, axis=-1)
    disagreement = np.where(np.isfinite(forward.slip) & np.isfinite(backward.slip), disagreement, np.nan)
    return Merged(np.where(np.isfinite(blended), blended, single), disagreement)


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


def _bent(
    anchors: Anchors,
    chain: Chain,
    far: NDArray[np.int64],
    far_label: NDArray[np.float64],
    share: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Take back a chain's miss at the far label, in proportion to ``share`` of the way."""
    points = np.arange(anchors.n_points)[None]
    miss = far_label - chain.arrived[far, points]
    usable = anchors.is_between[..., None] & np.isfinite(miss)
    return chain.tracks + np.where(usable, share * np.where(usable, miss, 0.0), 0.0)
