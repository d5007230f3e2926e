"""What the tracker is trained for: positions, visibility and confidence over the iterations.

Letters: T frames, N points.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from talpose_app.engine.cotracker3.network import TrackState

#: Later iterations count more: iteration i of I is weighted by this to the power I - i (CoTracker3).
GAMMA = 0.8

#: Where the position loss starts to level off, pixels. It grows as c log(1 + e / c) with the error e: a lost
#: point pulls less than one that is nearly right, so that precision is learned beside recovery. (CoTracker's
#: Huber loss, tried first, spent the short training on lost points and blurred good ones.)
LEVEL_PX = 8.0

#: Errors below about this many pixels count quadratically.
SMOOTH_PX = 0.5

#: A point counts as well placed within this many pixels: 12 at 384 x 512, half of it at half the size.
CONFIDENT_PX = 6.0

#: Weight of positions nobody can see: they teach persistence, but are guesses (CoTracker3).
OCCLUDED_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Truth:
    """What the tracks should be.

    Attributes:
        tracks: Shape (T, N, 2), float32, model pixels.
        visibility: Shape (T, N), float32, 1 where visible.
        weight: Shape (T, N), float32, how much a position counts; 0 where it is given or far outside.
    """

    tracks: Tensor
    visibility: Tensor
    weight: Tensor


def tracking_loss(states: list[TrackState], truth: Truth, stride: int) -> tuple[Tensor, dict[str, float]]:
    """Sum the terms over the iterations.

    Args:
        states: The estimate after every iteration.
        truth: The target.
        stride: Image pixels per feature pixel.

    Returns:
        The loss, and the numbers worth logging about the last iteration.
    """
    total = truth.tracks.new_zeros(())
    n = len(states)
    seen = truth.visibility * (truth.weight > 0)
    error = truth.tracks
    for step, state in enumerate(states):
        predicted = state.coords * stride
        error = (predicted - truth.tracks).square().sum(-1).add(1e-12).sqrt()
        smooth = (error.square() + SMOOTH_PX**2).sqrt()
        place = LEVEL_PX * torch.log1p(smooth / LEVEL_PX)
        near = (error.detach() < CONFIDENT_PX).float()
        loss = mean(place, truth.weight)
        seeing = F.binary_cross_entropy_with_logits(state.visibility, truth.visibility, reduction="none")
        trusting = F.binary_cross_entropy_with_logits(state.confidence, near, reduction="none")
        loss = loss + mean(seeing, (truth.weight > 0).float()) + 0.5 * mean(trusting, seen)
        total = total + GAMMA ** (n - 1 - step) * loss
    with torch.no_grad():
        delta = delta_avg(states[-1], truth, stride)
        accuracy = mean(
            ((states[-1].visibility > 0).float() == truth.visibility).float(), (truth.weight > 0).float()
        )
    return total, {"delta": delta, "seen": float(accuracy)}


def delta_avg(state: TrackState, truth: Truth, stride: int) -> float:
    """Average the shares of visible points within 1, 2, 4, 8 and 16 pixels (TAP-Vid)."""
    error = (state.coords.detach() * stride - truth.tracks).square().sum(-1).sqrt()
    seen = truth.visibility * (truth.weight > 0)
    return float(torch.stack([mean((error < px).float(), seen) for px in (1, 2, 4, 8, 16)]).mean())


def mean(values: Tensor, weight: Tensor) -> Tensor:
    """Average with weights; 0 where all weights are 0."""
    return (values * weight).sum() / weight.sum().clamp_min(1e-6)
