"""Paths found at several resolutions of the features, and what they agree on: the evidence of REFINE.

Fine features place a point more exactly, coarse ones take it across larger motion; which is better
changes from frame to frame, and each path says how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.evidence import THOROUGH_AND_QUICK, PathEvidence
from talpose_app.engine.features import MAX_BYTES
from talpose_app.engine.following import Following
from talpose_app.engine.footage import Footage
from talpose_app.engine.templates import sample_templates
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.consensus import consensus
from talpose_app.tracking.merge import Merged

#: Resolutions beside the network's own, by encoder: where features are cheap. The published encoder would
#: take minutes for them.
_OTHER_SCALES: dict[str, tuple[float, ...]] = {"xfeat": (2 / 3, 4 / 3), "residual": ()}


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
        flows = Following(footage.workers)
        self._evidence = [own, *(PathEvidence(view, THOROUGH_AND_QUICK, flows) for view in self._views[1:])]
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
            found += evidence.merged(
                anchors, templates, lambda share, n=done: look("paths", (n + share) / n_views)
            )
        return consensus(anchors, found, self._diagonal)
