"""Choose between flow and network, frame by frame and point by point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.confidence import VISIBLE_FROM, confidence_from_spread
from talpose_app.tracking.interpolation import straight_lines
from talpose_app.tracking.merge import Merged, pin

#: The two directions of flow agree when they differ by less than this share of the frame's diagonal.
AGREEMENT = 0.016


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """Tracks with what is to be thought of them.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels; NaN where nothing is predicted.
        visibility: Shape (n_frames, n_points), bool.
        confidence: Shape (n_frames, n_points), float64 in [0, 1].
    """

    tracks: NDArray[np.float64]
    visibility: NDArray[np.bool_]
    confidence: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTracks:
    """What the network says.

    Attributes:
        tracks: Shape (n_frames, n_points, 2), float64, image pixels.
        visibility: Shape (n_frames, n_points), float64, probability.
        confidence: Shape (n_frames, n_points), float64, probability.
    """

    tracks: NDArray[np.float64]
    visibility: NDArray[np.float64]
    confidence: NDArray[np.float64]


def agreement_weight(disagreement: NDArray[np.float64], diagonal: float) -> NDArray[np.float64]:
    """How much flow counts: 1 where its directions coincide, 1/2 at the limit of agreement, NaN where alone."""
    return 1.0 / (1.0 + (disagreement / (AGREEMENT * diagonal)) ** 4)


def start_tracks(anchors: Anchors, flow: Merged, diagonal: float) -> NDArray[np.float64]:
    """Where the network starts: flow as far as its directions agree, straight lines elsewhere."""
    lines = straight_lines(anchors)
    weight = np.where(np.isfinite(flow.disagreement), agreement_weight(flow.disagreement, diagonal), 1.0)
    has_flow = np.isfinite(flow.tracks[..., 0])
    weight = np.where(has_flow, weight, 0.0)[..., None]
    return weight * np.where(has_flow[..., None], flow.tracks, 0.0) + (1.0 - weight) * lines


def fuse(anchors: Anchors, flow: Merged, network: NetworkTracks | None, diagonal: float) -> Fused:
    """Merge the sources into tracks that pass through the labels.

    Args:
        anchors: The labels.
        flow: Both directions of flow, merged.
        network: The network's tracks; None to do without.
        diagonal: Of the frame, pixels.
    """
    start = start_tracks(anchors, flow, diagonal)
    if network is None:
        spread = np.where(np.isfinite(flow.disagreement), flow.disagreement, np.nan)
        tracks, seen = start, np.ones(start.shape[:2])
    else:
        apart = np.linalg.norm(network.tracks - start, axis=-1)
        spread = np.where(np.isfinite(flow.disagreement), np.minimum(flow.disagreement, apart), apart)
        weight = np.where(np.isfinite(flow.disagreement), agreement_weight(flow.disagreement, diagonal), 0.5)
        weight = np.where(np.isfinite(flow.tracks[..., 0]), weight, 0.0)[..., None]
        tracks = weight * start + (1.0 - weight) * pin(anchors, network.tracks)
        seen = network.visibility
    confidence = confidence_from_spread(spread, anchors.distance(), diagonal)
    is_known = anchors.is_known
    tracks = np.where(is_known[..., None], anchors.positions, tracks)
    visibility = np.where(is_known, anchors.is_seen, seen > VISIBLE_FROM) & anchors.is_tracked
    confidence = np.where(is_known, 1.0, np.where(anchors.is_tracked, confidence, 0.0))
    return Fused(np.where(anchors.is_tracked[..., None], tracks, np.nan), visibility, confidence)
