"""REFINE by the published method, the named baseline, over the same port."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.predictor import OFFLINE_THRESHOLD
from talpose_app.engine.cotracker3.published import KeypointLabels, optimize_published
from talpose_app.engine.footage import Footage
from talpose_app.engine.steering import Steering
from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors, working_span
from talpose_app.tracking.fuse import Fused
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest

#: The released tool's default.
LEARNING_RATE = 1e-3


def run_published(
    network: CoTracker3,
    footage: Footage,
    request: TrackRequest,
    options: RefineOptions,
    steering: Steering,
) -> Iterator[RunUpdate]:
    """Refine as published; labels that change meanwhile count from the next run on.

    The whole clip is held in memory, as the published method demands.
    """
    labels = steering.labels()
    anchors = Anchors.from_labels(labels, working_span(labels, request.span))
    stop = anchors.start + anchors.n_frames
    footage.prepare(anchors.start, stop, lambda share: steering.look("features", share))
    point_idx, frame_idx = np.nonzero(anchors.is_seen.T)
    points, order = np.unique(point_idx, return_inverse=True)
    stride = network.config.stride
    coords = footage.to_feature_pixels(anchors.positions[frame_idx, point_idx]) * stride
    device = network.time_emb.device
    positions = torch.from_numpy(coords.astype(np.float32)).to(device)
    given = KeypointLabels(
        torch.from_numpy(frame_idx).to(device), torch.from_numpy(order.astype(np.int64)).to(device), positions
    )
    first = torch.from_numpy(np.searchsorted(order, np.arange(len(points)))).to(device)
    queries = torch.cat((given.frame_idx[first, None].float(), positions[first]), dim=1)
    rate = options.learning_rate or LEARNING_RATE
    pyramid = footage.pyramid(anchors.start, stop)
    started = time.perf_counter()
    for record in optimize_published(
        network, pyramid, queries, given, n_steps=options.n_steps, learning_rate=rate
    ):
        fused = _empty(anchors)
        output = record.output
        tracks = footage.to_image_pixels(output.tracks.detach().cpu().numpy() / stride)
        fused.tracks[:, points] = tracks
        fused.visibility[:, points] = output.visibility.detach().cpu().numpy() > OFFLINE_THRESHOLD
        fused.confidence[:, points] = output.confidence.detach().cpu().numpy()
        yield update(request, anchors, fused, record.step, options.n_steps, started, loss=record.loss)
        started = time.perf_counter()
        steering.look()


def _empty(anchors: Anchors) -> Fused:
    shape = (anchors.n_frames, anchors.n_points)
    return Fused(np.full((*shape, 2), np.nan), np.zeros(shape, np.bool_), np.zeros(shape))
