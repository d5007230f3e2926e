"""Paths found at several resolutions of the features, averaged: the evidence of REFINE.

Fine features place a point more exactly, coarse ones take it across larger motion; which is better
changes from frame to frame, and each path says how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.evidence import THOROUGH_AND_QUICK, PathEvidence
from talpose_app.engine.features import MAX_BYTES
from talpose_app.engine.footage import Footage
from talpose_app.engine.lost import is_far
from talpose_app.engine.templates import sample_templates
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Merged

#: Resolutions beside the network's own, by encoder: where features are cheap. The published encoder would
#: take minutes for them.
_OTHER_SCALES: dict[str, tuple[float, ...]] = {"xfeat": (2 / 3, 4 / 3), "residual": ()}

#: Paths are never surer than this share of the frame's diagonal: about half a pixel at 480p.
_LEAST_SPREAD = 0.0005


class ScaledPaths:
    """Finds paths at several resolutions; follows again only what changed labels can change.

    Args:
        network: Gives the features.
        footage: The video at the network's own resolution.
        n_frames: How many frames are to be tracked: a long video is looked at in one resolution only.
        quick: Finds paths through TRACK's patches at the network's own resolution; shared with TRACK.
    """

    def __init__(self, network: CoTracker3, footage: Footage, n_frames: int, quick: PathEvidence) -> None:
        self._network = network
        views = [footage, *(footage.at_scale(scale) for scale in _OTHER_SCALES[footage.encoder])]
        fits = sum(view.feature_bytes(n_frames) for view in views) <= MAX_BYTES
        self._views = views if fits else views[:1]
        # Where there are others, TRACK's patches are enough at the network's own resolution, and do better.
        own = quick if len(self._views) > 1 else PathEvidence(footage, THOROUGH_AND_QUICK)
        self._evidence = [own, *(PathEvidence(view, THOROUGH_AND_QUICK) for view in self._views[1:])]
        self._diagonal = float(np.hypot(*footage.source.size))

    def merged(self, anchors: Anchors, look: Callable[[str, float], None]) -> Merged:
        """Find the paths.

        Args:
            anchors: The labels.
            look: Called with what is done and the share done; may raise to stop.
        """
        start, stop = anchors.start, anchors.start + anchors.n_frames
        n_views = len(self._views)
        found: list[Merged] = []
        for done, view in enumerate(self._views):
            view.prepare(start, stop, lambda share, n=done: look("features", (n + share) / n_views))
        for done, (view, evidence) in enumerate(zip(self._views, self._evidence, strict=True)):
            templates = sample_templates(self._network, view, anchors)
            *thorough, quick = evidence.merged(
                anchors, templates, lambda share, n=done: look("paths", (n + share) / n_views)
            )
            is_coarse = view.resolution[0] < self._views[0].resolution[0]
            found += [self._near_labels(path, anchors) for path in thorough]
            found.append(self._near_labels(quick, anchors) if is_coarse else quick)
        # What the first one says of flow is what is told of the average.
        return average_by_spread(found, self._diagonal)

    @staticmethod
    def _near_labels(path: Merged, anchors: Anchors) -> Merged:
        """Let a path count only where labels are near: elsewhere fine looks tell most.

        There paths err by taking one thing for another, and a mean of two things is neither.
        """
        return replace(path, spread=np.where(is_far(anchors), np.inf, path.spread))


def average_by_spread(paths: Sequence[Merged], diagonal: float) -> Merged:
    """Average paths of the same points, each by how sure it is.

    Args:
        paths: The first one's disagreement and misses are kept; one of infinite spread does not count there.
        diagonal: Of the frame, pixels.

    Returns:
        Paths whose spread also holds how far they lie apart.
    """
    if len(paths) == 1:
        return paths[0]
    spreads = np.stack([path.spread for path in paths])
    counts = ~np.isinf(spreads)
    spreads = np.where(counts, spreads, 0.0)
    weight = counts / (np.nan_to_num(spreads, nan=diagonal) + _LEAST_SPREAD * diagonal) ** 2
    weight /= weight.sum(axis=0)
    tracks = np.stack([path.tracks for path in paths])
    # Around the first, so that equal tracks (at labels) come out exactly equal.
    mean = tracks[0] + (weight[..., None] * (tracks - tracks[0])).sum(axis=0)
    apart: NDArray[np.float64] = np.square(tracks - mean).sum(axis=-1)
    spread = np.sqrt((weight * (np.square(spreads) + apart)).sum(axis=0))
    return replace(paths[0], tracks=mean, spread=spread)
