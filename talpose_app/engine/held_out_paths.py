"""What paths miss labels by that they were not told: an honest error, and where to start looking for them.

Every other label of each point is hidden, the paths between the rest are found as usual, and what they
miss the hidden labels by is noted; then the same with the others hidden. A path depends on the labels on
both sides (far from them also a little on what the point looks like at others), so this is leaving out one
label after the other, at the price of two. Gaps are twice as long as in use, so the errors are rather too
large than too small.

Letters: T frames, N points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.templates import sample_templates
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import HeldOutErrors

_N_FOLDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutMisses:
    """What the paths make of hidden labels.

    Attributes:
        miss: Path minus label, shape (T, N, 2), image pixels; NaN where there is no label, or no other one
            of its point leads there.
        spread: Of the belief there, shape (T, N), image pixels; NaN likewise.
    """

    miss: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def none(cls, anchors: Anchors) -> HeldOutMisses:
        """Where nothing was held out."""
        shape = (anchors.n_frames, anchors.n_points)
        return cls(np.full((*shape, 2), np.nan), np.full(shape, np.nan))

    def errors(self, start: int, labels: LabelTable) -> HeldOutErrors:
        """List the distances.

        Args:
            start: Frame of the video the arrays count from.
            labels: That were hidden.
        """
        distance = np.linalg.norm(self.miss, axis=-1)
        frames, points = np.nonzero(np.isfinite(distance))
        return HeldOutErrors(points, frames + start, distance[frames, points].astype(np.float32), labels)


class HeldOutPaths:
    """Finds paths through half of the labels at a time; follows again only what changed labels can change.

    Args:
        network: Its features are compared.
        footage: The video.
    """

    def __init__(self, network: CoTracker3, footage: Footage) -> None:
        self._network, self._footage = network, footage
        self._folds = [PathEvidence(footage) for _ in range(_N_FOLDS)]

    def misses(self, anchors: Anchors, each_part: Callable[[float], None]) -> HeldOutMisses:
        """Hide the labels and look what becomes of them.

        Args:
            anchors: The labels.
            each_part: Called with the share done; may raise to stop.
        """
        found = HeldOutMisses.none(anchors)
        turn = np.cumsum(anchors.is_seen, axis=0) % _N_FOLDS
        for fold, evidence in enumerate(self._folds):
            hidden = anchors.is_seen & (turn == fold)
            rest = anchors.without(hidden)
            templates = sample_templates(self._network, self._footage, rest)
            (path,) = evidence.merged(
                rest, templates, lambda share, n=fold: each_part((n + share) / _N_FOLDS)
            )
            found.miss[hidden] = (path.tracks - anchors.positions)[hidden]
            found.spread[hidden] = path.spread[hidden]
        return found
