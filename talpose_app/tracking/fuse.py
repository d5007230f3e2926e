"""Fuse path and network into tracks that pass through the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.confidence import VISIBLE_FROM, confidence_from_spread
from talpose_app.tracking.merge import Merged, pin


@dataclass(frozen=True, slots=True)
class Trust:
    """How much the network counts beside the path found without it.

    Attributes:
        most: Its share where nothing is known of the path, in [0, 1].
        spread: Spread of the path, as a share of the diagonal, at which it has half of that share.
    """

    most: float = 0.5
    spread: float = 0.01

    def share(self, spread: NDArray[np.float64], diagonal: float) -> NDArray[np.float64]:
        """The network's share where the path is spread by so many pixels; NaN: nothing is known of it."""
        relative = (spread / (self.spread * diagonal)) ** 2
        return self.most * np.where(np.isfinite(relative), relative / (1.0 + relative), 1.0)


#: What TRACK trusts.
USUAL_TRUST = Trust()

#: What REFINE trusts, whose paths are better, before labels have told.
CAREFUL_TRUST = Trust(most=0.25)


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


def fuse(
    anchors: Anchors,
    path: Merged,
    network: NetworkTracks | None,
    diagonal: float,
    trust: Trust = USUAL_TRUST,
) -> Fused:
    """Average path and network, the network the more the less certain the path is.

    Args:
        anchors: The labels.
        path: What flow and appearance say, finite wherever a label leads.
        network: The network's tracks; None to do without.
        diagonal: Of the frame, pixels.
        trust: In the network.
    """
    if network is None:
        tracks, apart, seen = path.tracks, np.zeros(path.spread.shape), np.ones(path.spread.shape)
    else:
        pinned = pin(anchors, network.tracks)
        share = trust.share(path.spread, diagonal)[..., None]
        tracks = (1.0 - share) * path.tracks + share * pinned
        apart, seen = np.linalg.norm(pinned - path.tracks, axis=-1), network.visibility
    is_known, is_tracked = anchors.is_known, anchors.is_tracked
    confidence = confidence_from_spread(path.disagreement, path.spread, apart, anchors.distance(), diagonal)
    tracks = np.where(is_known[..., None], anchors.positions, tracks)
    return Fused(
        np.where(is_tracked[..., None], tracks, np.nan),
        np.where(is_known, anchors.is_seen, seen > VISIBLE_FROM) & is_tracked,
        np.where(is_known, 1.0, np.where(is_tracked, confidence, 0.0)),
    )
