"""TRACK: paths through all labels, then the network where paths are uncertain; no optimization.

What is found is kept for the next time: a new label costs what it touches.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from talpose_app.engine.anchored import WindowBlend
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.footage import Footage
from talpose_app.engine.scene import Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.templates import sample_templates
from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.click_noise import without_click_noise
from talpose_app.tracking.fuse import fuse
from talpose_app.tracking.tracker import RunUpdate, TrackRequest


class Tracking:
    """The paths and estimates of one video's points.

    Args:
        network: Frozen.
        footage: The video.
        evidence: Finds the paths, through TRACK's patches.
    """

    def __init__(self, network: CoTracker3, footage: Footage, evidence: PathEvidence) -> None:
        self._network, self._footage, self._evidence = network, footage, evidence
        self._diagonal = float(np.hypot(*footage.source.size))
        self._scene: Scene | None = None
        self._states: dict[tuple[int, int], TrackState] = {}

    def run(self, request: TrackRequest, steering: Steering) -> Iterator[RunUpdate]:
        """Track once through the steering's labels; yields paths alone as step 0, then all.

        Args:
            request: What is tracked.
            steering: Of the run.
        """
        started = time.perf_counter()
        labels = steering.labels()
        anchors = Anchors.from_labels(labels, working_span(labels, request.span))
        stop = anchors.start + anchors.n_frames
        self._footage.prepare(anchors.start, stop, lambda share: steering.look("features", share))
        templates = sample_templates(self._network, self._footage, anchors)
        (path,) = self._evidence.merged(anchors, templates, lambda share: steering.look("paths", share))
        smooth = without_click_noise(anchors, path, self._diagonal)
        yield update(request, anchors, fuse(anchors, smooth, None, self._diagonal), 0, 1, started)
        scene = Scene(self._network, self._footage, anchors, templates, path)
        self._look_again(scene, steering)
        blend = WindowBlend(anchors.n_frames, anchors.n_points)
        for start, stop in scene.spans:
            blend.add(start, self._states[start, stop])
        fused = fuse(anchors, smooth, scene.tracks(blend), self._diagonal)
        yield update(request, anchors, fused, 1, 1, started)

    def _look_again(self, scene: Scene, steering: Steering) -> None:
        """Let the network improve the windows in which something changed."""
        changed = scene.changed_since(self._scene)
        spans = [span for span in scene.spans if changed[slice(*span)].any()]
        states = scene.tracked(spans, None, lambda share: steering.look("network", share))
        found = dict(zip(spans, states, strict=True))
        self._states = {span: found[span] if span in found else self._states[span] for span in scene.spans}
        self._scene = scene
