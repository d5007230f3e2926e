"""The point tracker: flow and a CoTracker3 network, merged; any checkpoint."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.footage import Footage
from talpose_app.engine.optimize import optimize
from talpose_app.engine.sources import flow_tracks, network_tracks
from talpose_app.engine.steering import Steering
from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.fuse import fuse, start_tracks
from talpose_app.tracking.tracker import RefineOptions, RunControl, RunUpdate, TrackRequest


class FusedTracker:
    """Tracks by flow where its two directions agree, by the network elsewhere.

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

    def track(self, request: TrackRequest, control: RunControl) -> Iterator[RunUpdate]:
        """See ``PointTracker.track``. Yields flow alone as step 0, then the whole; again if labels change."""
        steering = Steering(control, request.labels)
        footage = self._open(request, steering)
        try:
            while True:
                yield from self._track_once(request, footage, steering)
                steering.look()
                if not steering.is_amended:
                    return
        finally:
            footage.close()

    def refine(
        self, request: TrackRequest, options: RefineOptions, control: RunControl
    ) -> Iterator[RunUpdate]:
        """See ``PointTracker.refine``."""
        steering = Steering(control, request.labels)
        footage = self._open(request, steering)
        try:
            yield from optimize(self._network, footage, request, options, steering)
        finally:
            footage.close()

    def _open(self, request: TrackRequest, steering: Steering) -> Footage:
        steering.look("opening video", 0.0)
        return Footage(request.video, request.fingerprint, self._network, self.weights_sha256)

    def _track_once(self, request: TrackRequest, footage: Footage, steering: Steering) -> Iterator[RunUpdate]:
        started = time.perf_counter()
        labels = steering.labels()
        anchors = Anchors.from_labels(labels, working_span(labels, request.span))
        diagonal = float(np.hypot(*footage.source.size))
        flow = flow_tracks(anchors, footage.source, steering)
        yield update(request, anchors, fuse(anchors, flow, None, diagonal), 0, 1, started)
        stop = anchors.start + anchors.n_frames
        footage.prepare(anchors.start, stop, lambda done: steering.look("features", done))
        start = start_tracks(anchors, flow, diagonal)
        network = network_tracks(self._network, footage, anchors, start, steering)
        yield update(request, anchors, fuse(anchors, flow, network, diagonal), 1, 1, started)
