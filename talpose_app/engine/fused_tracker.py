"""The point tracker: paths by flow and appearance, and a CoTracker3 network, fused; any checkpoint."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.embedding import EmbeddingMemory
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.optimize import Refinement, optimize
from talpose_app.engine.published_run import run_published
from talpose_app.engine.steering import Steering
from talpose_app.engine.tracking import Tracking
from talpose_app.engine.workers import Workers, working_alone
from talpose_app.errors import UsageError
from talpose_app.tracking.tracker import RefineOptions, RunControl, RunUpdate, TrackRequest

_METHODS = ("talpose", "published")


@dataclass(slots=True)
class _Latest:
    """What was found out about the video worked on last.

    Attributes:
        key: Path and content hash of the video.
        footage: The video.
        evidence: TRACK's paths, which are part of REFINE's.
        tracking: TRACK.
        refinement: REFINE, if it ran.
    """

    key: tuple[str, str]
    footage: Footage
    evidence: PathEvidence
    tracking: Tracking
    refinement: Refinement | None = None


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
        self._latest: _Latest | None = None

    def track(self, request: TrackRequest, control: RunControl) -> Iterator[RunUpdate]:
        """See ``PointTracker.track``. Yields paths alone as step 0, then all; again if labels change."""
        steering = Steering(control, request.labels)
        with self._at_work_on(request, steering) as latest:
            while True:
                yield from latest.tracking.run(request, steering)
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
        with self._at_work_on(request, steering) as latest:
            if options.method == "published":
                yield from run_published(self._network, latest.footage, request, options, steering)
            else:
                started = time.perf_counter()
                state = self._refinement(latest, request, options, steering)
                yield from optimize(state, request, options, started)

    def _refinement(
        self, latest: _Latest, request: TrackRequest, options: RefineOptions, steering: Steering
    ) -> Refinement:
        """The latest refinement, gone on with, or a new one."""
        state = latest.refinement
        if state is not None and state.goes_on_for(request):
            state.go_on(request, options, steering)
            return state
        latest.refinement = None  # Its memory is given back before the next one takes its own.
        latest.refinement = Refinement(
            self._network, latest.footage, request, options, steering, self._memory, latest.evidence
        )
        return latest.refinement

    @contextmanager
    def _at_work_on(self, request: TrackRequest, steering: Steering) -> Generator[_Latest]:
        steering.look("opening video", 0.0)
        latest = self._opened(request)
        with working_alone() if self._network.config.is_light else nullcontext():
            try:
                yield latest
            finally:
                latest.footage.source.rest()

    def _opened(self, request: TrackRequest) -> _Latest:
        """What is known of the request's video, which stays open until another one is asked for."""
        key = (request.video, request.fingerprint)
        if self._latest is None or self._latest.key != key:
            if self._latest is not None:
                self._latest.footage.close()
                self._latest = None
            workers = Workers.of(self._network.time_emb.device)
            source = FrameSource(request.video)
            footage = Footage(source, request.fingerprint, self._network, self.weights_sha256, workers)
            evidence = PathEvidence(footage)
            self._latest = _Latest(key, footage, evidence, Tracking(self._network, footage, evidence))
        return self._latest
