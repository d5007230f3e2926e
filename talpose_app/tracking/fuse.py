"""Fuse flow and network into tracks that pass through the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.confidence import VISIBLE_FROM, confidence_from_spread
from talpose_app.tracking.merge import Merged, pin

#: Disagreement of flow's directions, as a share of the diagonal, at which flow and network count the same.
AGREEMENT = 0.02

#: How much flow counts where a label leads from one side only and nothing can disagree.
_ONE_SIDED_FLOW = 0.7


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


def flow_share(
    disagreement: NDArray[np.float64], diagonal: float, agreement: float = AGREEMENT
) -> NDArray[np.float64]:
    """How much flow counts against the network, in [0, 1].

    Args:
        disagreement: Of flow's directions, pixels, any shape; NaN where only one leads.
        diagonal: Of the frame, pixels.
        agreement: Share of the diagonal at which both count the same.
    """
    share = 1.0 / (1.0 + (disagreement / (agreement * diagonal)) ** 2)
    return np.where(np.isfinite(disagreement), share, _ONE_SIDED_FLOW)


def fuse(
    anchors: Anchors,
    flow: Merged,
    network: NetworkTracks | None,
    diagonal: float,
    agreement: float = AGREEMENT,
) -> Fused:
    """Average flow and network, flow the more the better its directions agree.

    Args:
        anchors: The labels.
        flow: Flow, finite wherever a label leads.
        network: The network's tracks; None to do without.
        diagonal: Of the frame, pixels.
        agreement: See `flow_share`.
    """
    if network is None:
        tracks, apart, seen = flow.tracks, np.zeros(flow.disagreement.shape), np.ones(flow.disagreement.shape)
    else:
        pinned = pin(anchors, network.tracks)
        share = flow_share(flow.disagreement, diagonal, agreement)[..., None]
        tracks = share * flow.tracks + (1.0 - share) * pinned
        apart, seen = np.linalg.norm(pinned - flow.tracks, axis=-1), network.visibility
    is_known, is_tracked = anchors.is_known, anchors.is_tracked
    confidence = confidence_from_spread(flow.disagreement, apart, anchors.distance(), diagonal)
    tracks = np.where(is_known[..., None], anchors.positions, tracks)
    return Fused(
        np.where(is_tracked[..., None], tracks, np.nan),
        np.where(is_known, anchors.is_seen, seen > VISIBLE_FROM) & is_tracked,
        np.where(is_known, 1.0, np.where(is_tracked, confidence, 0.0)),
    )
