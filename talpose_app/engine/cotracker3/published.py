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

import torch
import torch.nn.functional as F
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3, TrackOutput, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support
from talpose_app.engine.cotracker3.workspace import Mark, Workspace

#: Iterations of the network in a step; inference elsewhere uses 6.
_ITERATIONS = 4

#: Weight of an iteration's loss relative to the next one's.
_GAMMA = 0.8

#: Model pixels beyond which the loss grows linearly.
_HUBER_DELTA = 6.0

#: Weight of the mean distance of the templates from their start.
_REGULARIZATION = 0.01

#: Last iterations whose hidden values are kept, too, where all iterations are.
_WITH_HIDDEN = 3


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
    keep_all: bool = False,
) -> Iterator[PublishedStep]:
    """Optimize the templates on the labels with Adam; stop by not asking for the next step.

    Args:
        network: Frozen weights of the offline model.
        pyramid: Features of the T frames.
        queries: Shape (N, 3), (t, x, y), model pixels: the first label of each point.
        labels: All labels.
        n_steps: Number of steps.
        learning_rate: Of Adam.
        keep_all: Whether all iterations are kept for the backward pass, rather than the last one and the
            others computed anew: quicker by a quarter for twice the memory, the same result.

    Yields:
        One record per step.
    """
    start = initial_template(network, pyramid, labels, len(queries)).detach()
    template = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([template], lr=learning_rate)
    differentiate = _Differentiation(network, pyramid, labels, keep_all=keep_all)
    for step in range(1, n_steps + 1):
        last, track_loss, gradient = differentiate(queries, template.detach())
        regularization = (template - start).abs().mean()
        (regularizing,) = torch.autograd.grad(_REGULARIZATION * regularization, template)
        template.grad = gradient + regularizing
        optimizer.step()
        yield PublishedStep(
            step=step,
            loss=track_loss + _REGULARIZATION * regularization.item(),
            track_loss=track_loss,
            regularization=regularization.item(),
            output=network.output(last),
            gradient=template.grad.clone(),
            template=template.detach().clone(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Iteration:
    """One iteration, ready for its backward pass.

    Attributes:
        inputs: Template, visibility and confidence logits it started from.
        state: The estimate after it.
        mark: Where the workspace ended before it.
    """

    inputs: tuple[Tensor, Tensor, Tensor]
    state: TrackState
    mark: Mark


class _Differentiation:
    """The loss on labels and its gradient with respect to templates, one iteration at a time.

    Coordinates are detached between iterations, logits are not: from one iteration to the one before
    it goes no more than the gradient with respect to the logits it started from.
    """

    def __init__(
        self, network: CoTracker3, pyramid: FeaturePyramid, labels: KeypointLabels, *, keep_all: bool
    ) -> None:
        self._network = network
        self._pyramid = pyramid
        self._labels = labels
        self._labeled_frames = labels.frame_idx.bincount().nonzero()[:, 0]
        self._keep_all = keep_all
        self._workspace = Workspace()

    def __call__(self, queries: Tensor, template: Tensor) -> tuple[TrackState, float, Tensor]:
        """The estimate after all iterations, the loss, and its gradient (N, S*S, C)."""
        state = self._network.start(queries, self._pyramid.n_frames)
        done: list[_Iteration | TrackState] = []
        for i in range(_ITERATIONS):
            if self._keep_all or i == _ITERATIONS - 1:
                done.append(iteration := self._run(i, template, state))
                state = _detached(iteration.state)
            else:
                done.append(state)
                with torch.no_grad():
                    state = self._update(template, state)
        return state, *self._backward(template, done)

    def _backward(self, template: Tensor, done: list[_Iteration | TrackState]) -> tuple[float, Tensor]:
        """Loss and gradient, from the last iteration to the first; of some only the start is known."""
        loss, gradient = 0.0, torch.zeros_like(template)
        from_later: tuple[Tensor, ...] = ()
        while done:
            iteration = done.pop()
            if isinstance(iteration, TrackState):
                iteration = self._run(len(done), template, iteration)
            share = self._loss(len(done), iteration.state)
            outputs = (share, iteration.state.visibility, iteration.state.confidence)[: 1 + len(from_later)]
            seeds = (torch.ones_like(share), *from_later)
            to_template, *to_logits = torch.autograd.grad(outputs, iteration.inputs, seeds)
            self._workspace.release(iteration.mark)
            gradient += to_template
            loss += share.item()
            from_later = tuple(to_logits)
        return loss, gradient

    def _run(self, i: int, template: Tensor, state: TrackState) -> _Iteration:
        """Run an iteration and keep what its backward pass needs."""
        leaves = (template, state.visibility, state.confidence)
        template, visibility, confidence = (each.clone().requires_grad_() for each in leaves)
        start = TrackState(state.coords, visibility, confidence)
        # What follows the last iteration is the loss alone, and it looks at labeled frames.
        taught = self._labeled_frames if i == _ITERATIONS - 1 else None
        mark = self._workspace.mark()
        with self._workspace.lent(for_hidden=not self._keep_all or i >= _ITERATIONS - _WITH_HIDDEN):
            after = self._update(template, start, taught)
        return _Iteration((template, visibility, confidence), after, mark)

    def _update(self, template: Tensor, state: TrackState, taught: Tensor | None = None) -> TrackState:
        """One iteration with the same template on all levels."""
        support = Support((template,) * self._pyramid.n_levels)
        return self._network.update(self._pyramid, support, state, taught)

    def _loss(self, i: int, state: TrackState) -> Tensor:
        """An iteration's share of the Huber distance to the labels; later ones weigh more."""
        labels = self._labels
        predicted = state.coords[labels.frame_idx, labels.point_idx] * self._network.config.stride
        weight = _GAMMA ** (_ITERATIONS - 1 - i) / _ITERATIONS
        return weight * F.huber_loss(predicted, labels.positions, delta=_HUBER_DELTA)


def _detached(state: TrackState) -> TrackState:
    return TrackState(state.coords.detach(), state.visibility.detach(), state.confidence.detach())
