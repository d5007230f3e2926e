"""Tracks between labels by the network: known frames are held while it improves the rest.

A clip is worked on in windows that overlap by half, so memory does not grow with its length.
Each window starts from the tracks it is given, not from a query's position.

Letters: T frames, N points, C channels, S window side.
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

    def __getitem__(self, frames: slice) -> Known:
        """Select frames."""
        return Known(self.mask[frames], self.coords[frames], self.logit[frames])


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What the network makes of a range of frames.

    Attributes:
        coords: Shape (T, N, 2), float32, feature pixels.
        visibility: Shape (T, N), float32, logits.
        confidence: Shape (T, N), float32, logits.
    """

    coords: NDArray[np.float32]
    visibility: NDArray[np.float32]
    confidence: NDArray[np.float32]


def improve(
    network: CoTracker3,
    pyramid: FeaturePyramid,
    support: Support,
    known: Known,
    state: TrackState,
    iterations: int,
) -> Iterator[TrackState]:
    """Iterate over one window; yields each free estimate, before known frames are put back."""
    state = known.hold(state)
    for _ in range(iterations):
        free = network.update(pyramid, support, state)
        yield free
        state = known.hold(free)


def windows(n_frames: int, length: int) -> list[tuple[int, int]]:
    """Cover a range by half-overlapping windows of equal length, the last moved back to fit."""
    if n_frames <= length:
        return [(0, n_frames)]
    starts = [*range(0, n_frames - length, length // 2), n_frames - length]
    return [(start, start + length) for start in starts]


class WindowBlend:
    """Sums windows into one estimate, each weighted less towards its ends, where it sees one side only."""

    def __init__(self, n_frames: int, n_points: int) -> None:
        self._total = np.zeros((n_frames, n_points, 4))
        self._weight = np.zeros((n_frames, 1, 1))

    def add(self, start: int, state: TrackState) -> None:
        """Add a window that begins at frame ``start`` of the range."""
        length = len(state.coords)
        ramp = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)).astype(np.float64)[
            :, None, None
        ]
        logits = torch.stack((state.visibility, state.confidence), dim=-1)
        values = torch.cat((state.coords, logits), dim=-1).detach().float().cpu().numpy()
        self._total[start : start + length] += ramp * values
        self._weight[start : start + length] += ramp

    def result(self) -> Estimate:
        """The weighted mean."""
        mean = (self._total / self._weight).astype(np.float32)
        return Estimate(mean[..., :2], mean[..., 2], mean[..., 3])
