"""The evidence for tracks: flow and network over one range of frames."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from talpose_app.engine.anchored import WindowBlend, improve, windows
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.embedding import Embedding
from talpose_app.engine.flow import chain
from talpose_app.engine.footage import Footage
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.steering import Steering
from talpose_app.engine.templates import Templates, sample_templates
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.confidence import sigmoid
from talpose_app.tracking.fuse import NetworkTracks
from talpose_app.tracking.merge import Merged, merge_directions

#: Iterations a window gets; the start is good, so fewer than from a bare query.
ITERATIONS = 4


def flow_tracks(anchors: Anchors, source: FrameSource, steering: Steering) -> Merged:
    """Follow every point by flow from both sides."""
    total = 2 * anchors.n_frames

    def gray(at: int) -> NDArray[np.uint8]:
        return source.gray(anchors.start + at)

    forward = chain(anchors, gray, +1, lambda done: steering.look("flow", done / total))
    backward = chain(anchors, gray, -1, lambda done: steering.look("flow", (anchors.n_frames + done) / total))
    return merge_directions(anchors, forward, backward)


def network_tracks(
    network: CoTracker3,
    footage: Footage,
    anchors: Anchors,
    start: NDArray[np.float64],
    steering: Steering,
    templates: Templates | None = None,
    embedding: Embedding | None = None,
) -> NetworkTracks:
    """Improve tracks by the network, window by window.

    Args:
        network: The weights.
        footage: The video.
        anchors: The labels, held.
        start: Where the tracks start, shape (n_frames, n_points, 2), image pixels.
        steering: Of the run.
        templates: What points look like; sampled at the labels when None.
        embedding: What a refinement has learned.
    """
    templates = sample_templates(network, footage, anchors) if templates is None else templates
    known = footage.known(anchors)
    coords = np.nan_to_num(footage.to_feature_pixels(start)).astype(np.float32)
    blend = WindowBlend(anchors.n_frames, anchors.n_points)
    spans = windows(anchors.n_frames, network.config.window_len)
    for done, (first, stop) in enumerate(spans):
        steering.look("network", done / len(spans))
        state = TrackState.from_coords(torch.from_numpy(coords[first:stop]).to(known.coords.device))
        pyramid = footage.pyramid(anchors.start + first, anchors.start + stop)
        support = templates.between(first, stop)
        with torch.no_grad():
            if embedding is not None:
                support = embedding.applied(support)
            *_, free = improve(network, pyramid, support, known[first:stop], state, ITERATIONS)
        blend.add(first, known[first:stop].hold(free))
    result = blend.result()
    tracks = footage.to_image_pixels(result.coords)
    return NetworkTracks(tracks, sigmoid(result.visibility), sigmoid(result.confidence))
