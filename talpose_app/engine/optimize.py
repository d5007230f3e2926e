"""REFINE: optimize what points look like on the user's labels, and stream the tracks as they improve.

In every step some keyframes are hidden: their labels are neither held nor shown to the
network, which has to find them between the others. Their misses are the loss. Labels that
are held would have none, and a loss on frames the network is told would teach nothing.

Each step also lets the corrected templates improve a share of the video's windows, from where
they are; estimates of a window from several steps are averaged.

Letters: T frames, N points.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from talpose_app.engine.anchored import Known
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.embedding import Embedding
from talpose_app.engine.footage import Footage
from talpose_app.engine.sources import ITERATIONS, flow_tracks, network_tracks
from talpose_app.engine.steering import Steering
from talpose_app.engine.templates import sample_templates
from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.fuse import Fused, fuse, start_tracks
from talpose_app.tracking.interpolation import straight_lines
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest

#: Adam's step on features of unit length.
LEARNING_RATE = 3e-3

#: Weight of an iteration's loss relative to the next one's (the published value).
_GAMMA = 0.8

#: Model pixels beyond which the loss grows linearly (the published value).
_HUBER_DELTA = 6.0

#: Keyframes hidden in one step: what fits into well under half a second.
_HIDDEN_PER_STEP = 2


class Refinement:
    """The state of one refinement.

    Args:
        network: Frozen.
        footage: The video.
        request: What is refined.
        options: Steps and learning rate.
        steering: Of the run.
    """

    def __init__(
        self,
        network: CoTracker3,
        footage: Footage,
        request: TrackRequest,
        options: RefineOptions,
        steering: Steering,
    ) -> None:
        self._network = network
        self._footage = footage
        self._request = request
        self._steering = steering
        self._diagonal = float(np.hypot(*footage.source.size))
        self._rate = options.learning_rate or LEARNING_RATE
        self._embedding: Embedding | None = None
        self._losses: dict[int, float] = {}
        self._cursor = 0
        self._window_cursor = 0
        self.take_labels()

    def take_labels(self) -> None:
        """Start, or start over, from the present labels; what was learned of appearance stays."""
        labels = self._steering.labels()
        self._anchors = anchors = Anchors.from_labels(labels, working_span(labels, self._request.span))
        self._flow = flow_tracks(anchors, self._footage.source, self._steering)
        stop = anchors.start + anchors.n_frames
        self._footage.prepare(anchors.start, stop, lambda done: self._steering.look("features", done))
        self._templates = sample_templates(self._network, self._footage, anchors)
        if self._embedding is None:
            self._embedding = Embedding(self._templates.between(0, 1))
            self._optimizer = torch.optim.Adam(self._embedding.parameters(), lr=self._rate)
        self._known = self._footage.known(anchors)
        start = start_tracks(anchors, self._flow, self._diagonal)
        self._estimate = network_tracks(
            self._network, self._footage, anchors, start, self._steering, self._templates
        )
        self._keyframes = np.flatnonzero((anchors.is_seen & anchors.is_known).any(1))
        self._losses = {int(key): self._held_out(int(key), learn=False) for key in self._keyframes}

    def fused(self) -> Fused:
        """The tracks as they stand."""
        return fuse(self._anchors, self._flow, self._estimate, self._diagonal)

    @property
    def anchors(self) -> Anchors:
        """The labels the tracks stand on."""
        return self._anchors

    @property
    def loss(self) -> float:
        """Mean over keyframes of their labels' latest held-out loss."""
        values = [value for value in self._losses.values() if np.isfinite(value)]
        return float(np.mean(values)) if values else 0.0

    def step(self) -> None:
        """Learn from the next hidden keyframes, then improve the next windows."""
        if self._steering.is_amended:
            self.take_labels()
        self._optimizer.zero_grad()
        for _ in range(min(_HIDDEN_PER_STEP, len(self._keyframes))):
            key = int(self._keyframes[self._cursor % len(self._keyframes)])
            self._cursor += 1
            self._losses[key] = self._held_out(key, learn=True)
            self._steering.look()
        self._optimizer.step()

    def _held_out(self, key: int, *, learn: bool) -> float:
        """Hide one keyframe, let the network find its labels, and return the loss."""
        anchors, network = self._anchors, self._network
        length = network.config.window_len
        first = int(np.clip(key - length // 2, 0, max(anchors.n_frames - length, 0)))
        stop = min(first + length, anchors.n_frames)
        hidden = anchors.is_known.copy()
        hidden[np.arange(anchors.n_frames) != key] = False
        hidden &= anchors.is_seen
        lonely = anchors.is_known.sum(0) < 2
        hidden[:, lonely] = False
        targets = np.flatnonzero(hidden[key])
        if not len(targets):
            return float("nan")
        start = straight_lines(anchors.without(hidden))
        coords = np.nan_to_num(self._footage.to_feature_pixels(start[first:stop])).astype(np.float32)
        known = self._known[slice(first, stop)]
        free = torch.from_numpy(hidden[first:stop]).to(known.mask.device)
        known = Known(known.mask & ~free, known.coords, known.logit)
        pyramid = self._footage.pyramid(anchors.start + first, anchors.start + stop)
        is_hidden = self._templates.frame_idx == key
        base = self._templates.between(first, stop, is_hidden)
        state = TrackState.from_coords(torch.from_numpy(coords).to(known.coords.device))
        goal = self._known.coords[key, targets]
        total = 0.0
        state = known.hold(state)
        with torch.set_grad_enabled(learn):
            for iteration in range(ITERATIONS):
                support = self._embedding.applied(base)
                out = network.update(pyramid, support, state)
                weight = _GAMMA ** (ITERATIONS - 1 - iteration)
                loss = weight * _huber(
                    out.coords[key - first, targets] * network.config.stride, goal * network.config.stride
                )
                if learn:
                    loss.backward()
                total += loss.item()
                state = known.hold(
                    TrackState(out.coords.detach(), out.visibility.detach(), out.confidence.detach())
                )
        return total

    def improve(self) -> None:
        """Track again with the present templates."""
        start = start_tracks(self._anchors, self._flow, self._diagonal)
        self._estimate = network_tracks(
            self._network,
            self._footage,
            self._anchors,
            start,
            self._steering,
            self._templates,
            self._embedding,
        )


def optimize(
    network: CoTracker3,
    footage: Footage,
    request: TrackRequest,
    options: RefineOptions,
    steering: Steering,
) -> Iterator[RunUpdate]:
    """Refine; one update a step."""
    started = time.perf_counter()
    state = Refinement(network, footage, request, options, steering)
    yield update(request, state.anchors, state.fused(), 0, options.n_steps, started, loss=state.loss)
    best = state.loss
    for step in range(1, options.n_steps + 1):
        started = time.perf_counter()
        state.step()
        state.improve()
        is_best = state.loss <= best
        best = min(best, state.loss)
        yield update(
            request,
            state.anchors,
            state.fused(),
            step,
            options.n_steps,
            started,
            loss=state.loss,
            is_best=is_best,
        )


def _huber(found: Tensor, goal: Tensor) -> Tensor:
    return torch.nn.functional.huber_loss(found, goal, delta=_HUBER_DELTA)
