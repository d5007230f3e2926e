"""Test-time optimization exactly as published (arXiv 2506.03868, as its authors' tool runs it).

The baseline that TALPose's own refinement is measured against, kept as it is:
one window per keypoint serves all pyramid levels, every track starts at its
first label, visibility is not supervised, and the tracks of a step are those
from before it. Only the tool's un-normalized encoder input is not repeated.

Letters: T frames, N points, M labels, C channels, S window side (7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils import checkpoint

from talpose_app.engine.cotracker3.network import CoTracker3, TrackOutput, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support
from talpose_app.engine.heap import return_freed_memory

#: Iterations of the network in a step; inference elsewhere uses 6.
_ITERATIONS = 4

#: Weight of an iteration's loss relative to the next one's.
_GAMMA = 0.8

#: Model pixels beyond which the loss grows linearly.
_HUBER_DELTA = 6.0

#: Weight of the mean distance of the templates from their start.
_REGULARIZATION = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class KeypointLabels:
    """Labels as the optimization sees them.

    Attributes:
        frame_idx: Shape (M,), int64.
        point_idx: Shape (M,), int64.
        positions: Shape (M, 2), float32, (x, y), model pixels.
    """

    frame_idx: Tensor
    point_idx: Tensor
    positions: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class PublishedStep:
    """What one optimization step saw and did.

    Attributes:
        step: 1-based.
        loss: Sum of the two that follow, weighted.
        track_loss: Huber loss on labels, before the step.
        regularization: Mean absolute change of the templates, before the step.
        output: Tracks before the step, model pixels.
        gradient: Shape (N, S*S, C): of the loss with respect to the templates.
        template: Shape (N, S*S, C): the templates after the step.
    """

    step: int
    loss: float
    track_loss: float
    regularization: float
    output: TrackOutput
    gradient: Tensor
    template: Tensor


def initial_template(
    network: CoTracker3, pyramid: FeaturePyramid, labels: KeypointLabels, n_points: int
) -> Tensor:
    """Average the finest windows over each point's labels; shape (N, S*S, C)."""
    queries = torch.cat((labels.frame_idx[:, None].float(), labels.positions), dim=1)
    finest = FeaturePyramid(pyramid.levels[:1])
    return network.support(finest, queries).mean_by_point(labels.point_idx, n_points).levels[0]


def optimize_published(
    network: CoTracker3,
    pyramid: FeaturePyramid,
    queries: Tensor,
    labels: KeypointLabels,
    *,
    n_steps: int,
    learning_rate: float,
    recompute: bool = True,
) -> Iterator[PublishedStep]:
    """Optimize the templates on the labels with Adam; stop by not asking for the next step.

    Args:
        network: Frozen weights of the offline model.
        pyramid: Features of the T frames.
        queries: Shape (N, 3), (t, x, y), model pixels: the first label of each point.
        labels: All labels.
        n_steps: Number of steps.
        learning_rate: Of Adam.
        recompute: Whether the backward pass computes iterations anew instead of keeping them: a
            quarter of the memory for a third more time, the same result.

    Yields:
        One record per step.
    """
    start = initial_template(network, pyramid, labels, len(queries)).detach()
    template = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([template], lr=learning_rate)
    for step in range(1, n_steps + 1):
        states = _iterate(network, pyramid, queries, template, recompute=recompute)
        track_loss = _track_loss(states, labels, network.config.stride)
        regularization = (template - start).abs().mean()
        loss = track_loss + _REGULARIZATION * regularization
        (gradient,) = torch.autograd.grad(loss, template)
        # Holes left between what a step kept would make the next one larger.
        return_freed_memory()
        template.grad = gradient
        optimizer.step()
        last = states[-1]
        yield PublishedStep(
            step=step,
            loss=loss.item(),
            track_loss=track_loss.item(),
            regularization=regularization.item(),
            output=network.output(
                TrackState(last.coords.detach(), last.visibility.detach(), last.confidence.detach())
            ),
            gradient=gradient,
            template=template.detach().clone(),
        )


def _iterate(
    network: CoTracker3, pyramid: FeaturePyramid, queries: Tensor, template: Tensor, *, recompute: bool
) -> list[TrackState]:
    """Run the network with one template on all levels; the estimate after each iteration.

    Gradients pass from iteration to iteration through the logits, so iterations
    cannot be differentiated one by one; recomputing saves the memory instead.
    """

    def update(template: Tensor, coords: Tensor, visibility: Tensor, confidence: Tensor) -> TrackState:
        support = Support((template,) * pyramid.n_levels)
        return network.update(pyramid, support, TrackState(coords, visibility, confidence))

    state = network.start(queries, pyramid.n_frames)
    states: list[TrackState] = []
    for _ in range(_ITERATIONS):
        inputs = (template, state.coords, state.visibility, state.confidence)
        if recompute:
            state = cast("TrackState", checkpoint.checkpoint(update, *inputs, use_reentrant=False))
        else:
            state = update(*inputs)
        states.append(state)
    return states


def _track_loss(states: list[TrackState], labels: KeypointLabels, stride: int) -> Tensor:
    """Huber distance to the labels, later iterations weighing more."""
    total = labels.positions.new_zeros(())
    for i, state in enumerate(reversed(states)):
        predicted = state.coords[labels.frame_idx, labels.point_idx] * stride
        total = total + _GAMMA**i * F.huber_loss(predicted, labels.positions, delta=_HUBER_DELTA)
    return total / len(states)
