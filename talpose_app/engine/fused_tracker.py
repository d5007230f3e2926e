"""The point tracker: paths by flow and appearance, and a CoTracker3 network, fused; any checkpoint."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext

import numpy as np

from talpose_app.engine.anchored import WindowBlend
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.embedding import EmbeddingMemory
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.optimize import optimize
from talpose_app.engine.published_run import run_published
from talpose_app.engine.scene import Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.templates import sample_templates
from talpose_app.engine.updates import update
from talpose_app.engine.workers import Workers, working_alone
from talpose_app.errors import UsageError
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.click_noise import without_click_noise
from talpose_app.tracking.fuse import fuse
from talpose_app.tracking.tracker import RefineOptions, RunControl, RunUpdate, TrackRequest

_METHODS = ("talpose", "published")


class FusedTracker:
    """Tracks by flow and appearance, by the network the more the less certain they are.

    Attributes:
        name: Of the checkpoint.
        weights_sha256: Of the weights.
        device: Where the network runs.
    """

    def __init__(self, name: str, weights_sha256: str, network: CoTracker3) -> None:
        self.name = name
        self.weights_sha256 = weights_sha256
        self.device = network.time_emb.device.type
        self._network = network
        self._memory = EmbeddingMemory()

    def track(self, request: TrackRequest, control: RunControl) -> Iterator[RunUpdate]:
        """See ``PointTracker.track``. Yields paths alone as step 0, then all; again if labels change."""
        steering = Steering(control, request.labels)
        with self._opened(request, steering) as footage:
            evidence = PathEvidence(footage)
            while True:
                yield from self._track_once(request, footage, evidence, steering)
                steering.look()
                if not steering.is_amended:
                    return

    def refine(
        self, request: TrackRequest, options: RefineOptions, control: RunControl
    ) -> Iterator[RunUpdate]:
        """See ``PointTracker.refine``."""
        if options.method not in _METHODS:
            raise UsageError(
                f'There is no refinement "{options.method}".', hint=f"Choose one of: {', '.join(_METHODS)}."
            )
        steering = Steering(control, request.labels)
        with self._opened(request, steering) as footage:
            if options.method == "published":
                yield from run_published(self._network, footage, request, options, steering)
            else:
                yield from optimize(self._network, footage, request, options, steering, self._memory)

    @contextmanager
    def _opened(self, request: TrackRequest, steering: Steering) -> Generator[Footage]:
        steering.look("opening video", 0.0)
        source, workers = FrameSource(request.video), Workers.of(self._network.time_emb.device)
        with working_alone() if self._network.config.is_light else nullcontext():
            footage = Footage(source, request.fingerprint, self._network, self.weights_sha256, workers)
            try:
                yield footage
            finally:
                footage.close()

    def _track_once(
        self, request: TrackRequest, footage: Footage, evidence: PathEvidence, steering: Steering
    ) -> Iterator[RunUpdate]:
        started = time.perf_counter()
        labels = steering.labels()
        anchors = Anchors.from_labels(labels, working_span(labels, request.span))
        diagonal = float(np.hypot(*footage.source.size))
        stop = anchors.start + anchors.n_frames
        footage.prepare(anchors.start, stop, lambda share: steering.look("features", share))
        templates = sample_templates(self._network, footage, anchors)
        (path,) = evidence.merged(anchors, templates, lambda share: steering.look("paths", share))
        path = without_click_noise(anchors, path, diagonal)
        yield update(request, anchors, fuse(anchors, path, None, diagonal), 0, 1, started)
        scene = Scene(self._network, footage, anchors, templates, path)
        blend = WindowBlend(anchors.n_frames, anchors.n_points)
        states = scene.tracked(scene.spans, None, lambda share: steering.look("network", share))
        for span, state in zip(scene.spans, states, strict=True):
            blend.add(span[0], state)
        fused = fuse(anchors, path, scene.tracks(blend), diagonal)
        yield update(request, anchors, fused, 1, 1, started)
