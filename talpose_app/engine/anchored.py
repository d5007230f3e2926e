"""The network between labels: known frames are held while it improves the rest.

A clip is worked on in windows that overlap by half, so memory does not grow with its length.
Each window starts from the tracks it is given, not from a query's position.

Letters: T frames, N points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support

#: Logit of visibility and confidence at a labeled frame; the value the built-in weights are trained with.
KNOWN_LOGIT = 4.0

#: Iterations a window gets; the start is good, so fewer than from a bare query.
ITERATIONS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is given at some frames, on the network's device.

    Attributes:
        mask: Shape (T, N), bool: where the position is given.
        coords: Shape (T, N, 2), float32, (x, y) in feature pixels; zeros elsewhere.
        logit: Shape (T, N), float32, visibility: ``KNOWN_LOGIT`` where seen, its negative where hidden.
    """

    mask: Tensor
    coords: Tensor
    logit: Tensor

    def hold(self, state: TrackState) -> TrackState:
        """Put what is given back into an estimate."""
        return TrackState(
            torch.where(self.mask[..., None], self.coords, state.coords),
            torch.where(self.mask, self.logit, state.visibility),
            torch.where(self.mask, torch.full_like(self.logit, KNOWN_LOGIT), state.confidence),
        )

    def without(self, frame: int, points: Tensor) -> Known:
        """Forget what is given of some points at one frame."""
        mask = self.mask.clone()
        mask[frame, points] = False
        return Known(mask, self.coords, self.logit)

    def __getitem__(self, frames: slice) -> Known:
        """Select frames."""
        return Known(self.mask[frames], self.coords[frames], self.logit[frames])


def improve(
    network: CoTracker3, pyramid: FeaturePyramid, support: Support, known: Known, state: TrackState
) -> Iterator[TrackState]:
    """Iterate over one window; yields each free estimate, before known frames are put back.

    Gradients flow from one estimate to the support, not on to the estimates before it.
    """
    for _ in range(ITERATIONS):
        state = known.hold(
            TrackState(state.coords.detach(), state.visibility.detach(), state.confidence.detach())
        )
        state = network.update(pyramid, support, state)
        yield state


def windows(n_frames: int, length: int) -> list[tuple[int, int]]:
    """Cover a range by half-overlapping windows of equal length, the last moved back to fit."""
    if n_frames <= length:
        return [(0, n_frames)]
    starts = [*range(0, n_frames - length, length // 2), n_frames - length]
    return [(start, start + length) for start in starts]


class WindowBlend:
    """Averages windows into one estimate, each weighted less towards its ends, where it sees one side only.

    Args:
        n_frames: Frames of the range.
        n_points: Number of points.
    """

    def __init__(self, n_frames: int, n_points: int) -> None:
        self._total = np.zeros((n_frames, n_points, 4))
        self._weight = np.zeros((n_frames, 1, 1))

    def forget(self, frames: NDArray[np.bool_]) -> None:
        """Drop what was added to the frames marked, shape (n_frames,)."""
        self._total[frames] = 0.0
        self._weight[frames] = 0.0

    def add(self, start: int, state: TrackState, memory: float = 1.0) -> None:
        """Add a window.

        Args:
            start: Frame of the range that it begins at.
            state: What was found.
            memory: How much what was added before to these frames goes on counting.
        """
        length = len(state.coords)
        self._total[start : start + length] *= memory
        self._weight[start : start + length] *= memory
        ramp = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1))[:, None, None].astype(
            np.float64
        )
        logits = torch.stack((state.visibility, state.confidence), dim=-1)
        values = torch.cat((state.coords, logits), dim=-1).detach().float().cpu().numpy()
        self._total[start : start + length] += ramp * values
        self._weight[start : start + length] += ramp

    def mean(self) -> NDArray[np.float64]:
        """The weighted mean, shape (n_frames, n_points, 4): x, y in feature pixels, two logits."""
        return self._total / self._weight
