"""REFINE: optimize what points look like on the user's labels, and stream the tracks as they improve.

In every step a keyframe is hidden: its labels are neither held nor shown to the network, which
has to find them from the others. What it misses them by is the loss. (A label that is held would
have none, and one the templates are cut from is no test.) A third of the keyframes is never learned
from; they tell whether what was learned holds elsewhere, and with that which state is the best.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from talpose_app.engine.anchored import ITERATIONS, WindowBlend
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.embedding import Embedding, EmbeddingMemory
from talpose_app.engine.flow import THOROUGH_PATCHES, FlowEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.reanchor import Reanchoring
from talpose_app.engine.scene import HiddenKeyframe, Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.calibration import best_agreement
from talpose_app.tracking.click_noise import click_variance, follow_video
from talpose_app.tracking.fuse import AGREEMENT, Fused, fuse
from talpose_app.tracking.merge import Merged
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest

#: Adam's step on features of unit length.
LEARNING_RATE = 3e-3

#: Weight of an iteration's loss relative to the next one's (the published value).
_GAMMA = 0.8

#: Model pixels beyond which the loss grows linearly (the published value).
_HUBER_DELTA = 6.0

#: Windows tracked again in a step: with the hidden keyframe, what fits into half a second on two cores.
_WINDOWS_PER_STEP = 2

#: How much the earlier estimates of a window count when it is tracked again.
_MEMORY = 0.6

#: One keyframe in so many is kept for judging.
_JUDGE_EVERY = 3


@dataclass(slots=True)
class _Keyframe:
    """A keyframe's part in the refinement.

    Attributes:
        loss: Of the latest search for its labels.
        first_loss: Before anything was learned.
        is_judge: Whether it is never learned from.
    """

    loss: float
    first_loss: float
    is_judge: bool


class Refinement:
    """The state of one refinement.

    Args:
        network: Frozen.
        footage: The video.
        request: What is refined.
        options: Steps and learning rate.
        steering: Of the run.
        memory: What earlier refinements learned; gone on from where the request goes on from earlier tracks.
    """

    def __init__(
        self,
        network: CoTracker3,
        footage: Footage,
        request: TrackRequest,
        options: RefineOptions,
        steering: Steering,
        memory: EmbeddingMemory,
    ) -> None:
        self._memory = memory
        self._network = network
        self._footage = footage
        self._request = request
        self._steering = steering
        self._diagonal = float(np.hypot(*footage.source.size))
        self._rate = options.learning_rate or LEARNING_RATE
        self._flow = FlowEvidence(footage.source.gray, THOROUGH_PATCHES, self._diagonal)
        self._reanchoring = Reanchoring(footage.source.gray, self._diagonal)
        self._embedding: Embedding | None = None
        self._turn = 0
        self._next_window = 0
        self.take_labels()

    @property
    def anchors(self) -> Anchors:
        """The labels the tracks stand on."""
        return self._scene.anchors

    @property
    def loss(self) -> float:
        """Mean over keyframes of the latest loss of those learned from; 0 without any."""
        return _mean([k.loss for k in self._keyframes.values() if not k.is_judge])

    @property
    def judgement(self) -> float:
        """Loss of the keyframes that are not learned from, relative to the first; the loss without any."""
        judges = [k for k in self._keyframes.values() if k.is_judge]
        if not judges:
            return self.loss
        return _mean([k.loss for k in judges]) / max(_mean([k.first_loss for k in judges]), 1e-9)

    def take_labels(self) -> None:
        """Begin from the present labels; what was learned of appearance stays."""
        labels = self._steering.labels()
        anchors = Anchors.from_labels(labels, working_span(labels, self._request.span))
        look = self._steering.look
        flow = self._flow.merged(anchors, lambda share: look("flow", share))
        self._footage.prepare(
            anchors.start, anchors.start + anchors.n_frames, lambda share: look("features", share)
        )
        self._scene = scene = Scene(self._network, self._footage, anchors, flow)
        if self._embedding is None:
            self._embedding = scene.new_embedding()
            if self._request.previous is not None:
                self._memory.recall(self._request.fingerprint, labels.points, self._embedding)
            self._optimizer = torch.optim.Adam(self._embedding.parameters(), lr=self._rate)
        self._blend = WindowBlend(anchors.n_frames, anchors.n_points)
        for done, span in enumerate(scene.spans):
            look("network", done / len(scene.spans))
            scene.track_window(span, self._embedding, self._blend)
        self._judge_first()
        near = self._reanchoring.corrected(anchors, flow.tracks, lambda share: look("labels' patches", share))
        variance = click_variance(anchors, flow, self._diagonal)
        self._evidence = Merged(follow_video(anchors, flow, near, variance), flow.disagreement, flow.miss)

    def fused(self) -> Fused:
        """The tracks as they stand."""
        network = self._scene.tracks(self._blend)
        return fuse(self.anchors, self._evidence, network, self._diagonal, self._agreement)

    def remember(self) -> None:
        """Keep what was learned for the next refinement of these points."""
        assert self._embedding is not None
        self._memory.keep(self._request.fingerprint, self._request.labels.points, self._embedding.snapshot())

    def step(self) -> None:
        """Learn from the next keyframe, judge by another, track the next windows again."""
        if self._steering.is_amended:
            self.take_labels()
        learned = [key for key, k in self._keyframes.items() if not k.is_judge]
        judges = [key for key, k in self._keyframes.items() if k.is_judge]
        if learned:
            key = learned[self._turn % len(learned)]
            self._learn(key)
            self._search(key)
        self._steering.look()
        if judges and self._turn % 2 == 0:
            self._search(judges[self._turn // 2 % len(judges)])
        self._turn += 1
        for _ in range(min(_WINDOWS_PER_STEP, len(self._scene.spans))):
            self._steering.look()
            span = self._scene.spans[self._next_window % len(self._scene.spans)]
            self._next_window += 1
            self._blend.fade(*span, _MEMORY)
            self._scene.track_window(span, self._embedding, self._blend)

    def _judge_first(self) -> None:
        """Search for every keyframe's labels once: the losses to start from, and how far to trust whom."""
        self._keyframes: dict[int, _Keyframe] = {}
        keys = self._scene.keyframes
        errors: list[NDArray[np.float64]] = []
        for order, key in enumerate(keys):
            self._steering.look("held-out labels", order / len(keys))
            is_judge = len(keys) >= _JUDGE_EVERY and order % _JUDGE_EVERY == _JUDGE_EVERY - 1
            self._keyframes[key] = _Keyframe(0.0, 0.0, is_judge)
            errors.append(self._search(key))
            self._keyframes[key].first_loss = self._keyframes[key].loss
        self._agreement = (
            best_agreement(np.concatenate(errors), self._footage.source.size) if errors else AGREEMENT
        )

    def _search(self, key: int) -> NDArray[np.float64]:
        """Note a keyframe's present loss; return what flow and network miss its labels by, (n, 5)."""
        hidden = self._scene.hide(key)
        assert self._embedding is not None
        with torch.no_grad():
            *_, found = self._scene.search(hidden, self._embedding.applied(hidden.support))
            self._keyframes[key].loss = self._loss(found, hidden).item()
            miss = torch.cat((hidden.flow_miss, found - hidden.goal), dim=1).double().cpu().numpy()
        to_image = self._scene.to_image_pixels
        return np.column_stack((to_image(miss[:, :2]), to_image(miss[:, 2:]), hidden.flow_disagreement))

    def _learn(self, key: int) -> None:
        """Take one step of Adam on a keyframe's labels; gradients are taken iteration by iteration."""
        hidden = self._scene.hide(key)
        assert self._embedding is not None
        corrected = self._embedding.applied(hidden.support)
        leaves = [level.detach().requires_grad_() for level in corrected.levels]
        for iteration, found in enumerate(self._scene.search(hidden, Support(tuple(leaves)))):
            (_GAMMA ** (ITERATIONS - 1 - iteration) * self._loss(found, hidden)).backward()
        self._optimizer.zero_grad()
        torch.autograd.backward(corrected.levels, [leaf.grad for leaf in leaves])
        self._optimizer.step()

    def _loss(self, found: torch.Tensor, hidden: HiddenKeyframe) -> torch.Tensor:
        stride = self._network.config.stride
        return torch.nn.functional.huber_loss(found * stride, hidden.goal * stride, delta=_HUBER_DELTA)


def optimize(
    network: CoTracker3,
    footage: Footage,
    request: TrackRequest,
    options: RefineOptions,
    steering: Steering,
    memory: EmbeddingMemory,
) -> Iterator[RunUpdate]:
    """Refine; one update a step, after one for the state before the first."""
    started = time.perf_counter()
    state = Refinement(network, footage, request, options, steering, memory)
    yield update(request, state.anchors, state.fused(), 0, options.n_steps, started, loss=state.loss)
    best = np.inf
    for step in range(1, options.n_steps + 1):
        started = time.perf_counter()
        state.step()
        judgement = state.judgement
        is_best, best = judgement <= best, min(judgement, best)
        if is_best:
            state.remember()
        fused = state.fused()
        yield update(
            request, state.anchors, fused, step, options.n_steps, started, loss=state.loss, is_best=is_best
        )


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0
