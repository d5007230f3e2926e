"""REFINE: optimize what points look like on the user's labels, and stream the tracks as they improve.

In every step a keyframe is hidden and learned from (`held_out`), and meanwhile a few windows of the video
are tracked again with what was learned before; estimates of a window from several steps are averaged. The
rest of the evidence is more thorough than in TRACK, and gathered before the first step.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from talpose_app.engine.anchored import WindowBlend
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.embedding import EmbeddingMemory
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.held_out import HeldOutKeyframes
from talpose_app.engine.held_out_paths import HeldOutPaths
from talpose_app.engine.scales import ScaledPaths
from talpose_app.engine.scene import Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.templates import sample_templates
from talpose_app.engine.updates import update
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.click_noise import without_click_noise
from talpose_app.tracking.fuse import Fused, fuse
from talpose_app.tracking.tracker import HeldOutErrors, RefineOptions, RunUpdate, TrackRequest

#: Adam's step on features of unit length.
LEARNING_RATE = 3e-3

#: Windows tracked again in a step: with the hidden keyframe, what fits into half a second on two cores.
_WINDOWS_PER_STEP = 2

#: How much the earlier estimates of a window count when it is tracked again.
_MEMORY = 0.6


class Refinement:
    """The state of one refinement.

    Attributes:
        anchors: The labels the tracks stand on.
        held_out: Keyframes hidden in turn.

    Args:
        network: Frozen.
        footage: The video.
        request: What is refined.
        options: Steps and learning rate.
        steering: Of the run.
        memory: What earlier refinements learned; gone on from where the request goes on from earlier tracks.
        evidence: Finds the paths that TRACK finds, too.
    """

    def __init__(
        self,
        network: CoTracker3,
        footage: Footage,
        request: TrackRequest,
        options: RefineOptions,
        steering: Steering,
        memory: EmbeddingMemory,
        evidence: PathEvidence,
    ) -> None:
        self._network = network
        self._footage = footage
        self._request = request
        self._steering = steering
        self._memory = memory
        self._diagonal = float(np.hypot(*footage.source.size))
        self._held_out_paths = HeldOutPaths(network, footage)
        self._next_window = 0
        anchors = self._lay_out()
        self._paths = ScaledPaths(network, footage, anchors.n_frames, evidence)
        self._find_paths(anchors)
        self._scene = self._look_at()
        self._embedding = self._scene.new_embedding()
        if request.previous is not None:
            memory.recall(request.fingerprint, request.labels.points, self._embedding)
        self._standing = self._embedding.copy()
        rate = options.learning_rate or LEARNING_RATE
        self._optimizer = torch.optim.Adam(self._embedding.parameters(), lr=rate)
        stride, size = network.config.stride, footage.source.size
        self.held_out = HeldOutKeyframes(self._embedding, self._optimizer, stride, size)
        self._blend = WindowBlend(anchors.n_frames, anchors.n_points)
        self._settle(self._scene.changed_since(None))
        self._is_settled = True

    def goes_on_for(self, request: TrackRequest) -> bool:
        """Whether a request is for what this is: the same points and frames, and tracks to go on from."""
        is_same = request.labels.points == self._request.labels.points and request.span == self._request.span
        return self._is_settled and is_same and request.previous is not None

    def go_on(self, request: TrackRequest, options: RefineOptions, steering: Steering) -> None:
        """Take up the work of an earlier run with what it kept, and catch up with the labels.

        Args:
            request: One that this goes on for.
            options: Steps and learning rate.
            steering: Of the new run.
        """
        self._request, self._steering = request, steering
        self._memory.recall(request.fingerprint, request.labels.points, self._embedding)
        self._standing = self._embedding.copy()
        self._optimizer.param_groups[0]["lr"] = options.learning_rate or LEARNING_RATE
        self._find_paths(self._lay_out())
        self.catch_up()

    def fused(self) -> Fused:
        """The tracks as they stand."""
        is_same_range = self._scene.anchors.is_same_range(self.anchors)
        network = self._scene.tracks(self._blend) if is_same_range else None
        return fuse(self.anchors, self._evidence, network, self._diagonal, self.held_out.trust)

    def held_out_errors(self) -> HeldOutErrors:
        """What the paths miss hidden labels by."""
        return self._scene.held_out.errors(self.anchors.start, self._labels)

    def remember(self) -> None:
        """Keep what the tracks stand on for the next refinement of these points."""
        points = self._request.labels.points
        self._memory.keep(self._request.fingerprint, points, self._standing.levels)

    def take_labels(self) -> bool:
        """Find the paths anew where labels changed: the tracks know them, what the network says is older.

        Returns:
            Whether labels had changed; then ``catch_up`` is next.
        """
        self._steering.look()
        if not self._steering.is_amended:
            return False
        self._find_paths(self._lay_out())
        return True

    def catch_up(self) -> None:
        """Do the rest of what changed labels ask for; what was learned stays, and what they do not touch."""
        self._is_settled = False
        old, self._scene = self._scene, self._look_at()
        if not old.anchors.is_same_range(self.anchors):
            self._blend = WindowBlend(self.anchors.n_frames, self.anchors.n_points)
        self._settle(self._scene.changed_since(old))
        self._is_settled = True

    def step(self) -> None:
        """Track the next windows with what was learned so far, judge it, and meanwhile learn some more."""
        self._standing = self._embedding.copy()
        self.held_out.next_turn()
        spans = self._next_spans()
        track = [partial(self._scene.tracked, [span], self._standing) for span in spans]
        tasks = [self._learn, *track, self._judge]
        _, *found, _ = self._footage.workers.do(tasks, lambda _: self._steering.look())
        for span, (state,) in zip(spans, found, strict=True):
            self._blend.add(span[0], state, _MEMORY)

    def _learn(self, each_part: EachPart) -> list[TrackState]:
        self.held_out.learn(self._scene, each_part)
        return []

    def _judge(self, each_part: EachPart) -> list[TrackState]:
        self.held_out.judge(self._scene, self._standing, each_part)
        return []

    def _next_spans(self) -> list[tuple[int, int]]:
        spans = self._scene.spans
        count = min(_WINDOWS_PER_STEP, len(spans))
        chosen = [spans[(self._next_window + turn) % len(spans)] for turn in range(count)]
        self._next_window += count
        return chosen

    def _lay_out(self) -> Anchors:
        self._labels = labels = self._steering.labels()
        return Anchors.from_labels(labels, working_span(labels, self._request.span))

    def _find_paths(self, anchors: Anchors) -> None:
        self._path = self._paths.merged(anchors, self._steering.look)
        self._evidence = without_click_noise(anchors, self._path, self._diagonal)
        self.anchors = anchors

    def _look_at(self) -> Scene:
        """Gather templates, and what paths make of hidden labels."""
        look = self._steering.look
        templates = sample_templates(self._network, self._footage, self.anchors)
        held_out = self._held_out_paths.misses(self.anchors, lambda share: look("held-out labels", share))
        return Scene(self._network, self._footage, self.anchors, templates, self._path, held_out)

    def _settle(self, changed: NDArray[np.bool_]) -> None:
        """Bring estimate and keyframes up to date with the scene on the frames that changed."""
        scene, look = self._scene, self._steering.look
        self._blend.forget(changed)
        spans = [span for span in scene.spans if changed[slice(*span)].any()]
        states = scene.tracked(spans, self._embedding, lambda share: look("network", share))
        for span, state in zip(spans, states, strict=True):
            self._blend.add(span[0], state)
        self.held_out.take(scene, changed, self._steering)


def load_optimizer() -> None:
    """Let torch import what its optimizers need: the first one takes over a second for it."""
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


def optimize(
    state: Refinement, request: TrackRequest, options: RefineOptions, started: float
) -> Iterator[RunUpdate]:
    """Refine; one update a step, after one for the state before the first.

    Args:
        state: Begun or gone on with for the request.
        request: What is refined.
        options: Steps.
        started: When the work on the request began, by ``time.perf_counter``.
    """
    fused, loss = state.fused(), state.held_out.loss
    held_out = state.held_out_errors()
    yield update(request, state.anchors, fused, 0, options.n_steps, started, loss=loss, held_out=held_out)
    best = np.inf
    for step in range(1, options.n_steps + 1):
        started = time.perf_counter()
        is_amended = state.take_labels()
        if is_amended:
            # What waits for the user's eyes comes first. It took no step, so it has no loss.
            yield update(request, state.anchors, state.fused(), step - 1, options.n_steps, started)
            started = time.perf_counter()
            state.catch_up()
            # A state that does not know the latest labels is never better than one that does.
            best = np.inf
        state.step()
        judgement, loss = state.held_out.judgement, state.held_out.loss
        is_best, best = judgement <= best, min(judgement, best)
        if is_best:
            state.remember()
        yield update(
            request,
            state.anchors,
            state.fused(),
            step,
            options.n_steps,
            started,
            loss=loss,
            is_best=is_best,
            held_out=state.held_out_errors() if is_amended else None,
        )
