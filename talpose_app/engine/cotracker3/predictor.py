"""The conventions of the published predictors: sizes, support points, backward pass, thresholds.

What TALPose itself makes of the network lies elsewhere; this module says what
"CoTracker3 as published" means, for comparison and for parity.

Letters: T frames, N points.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from talpose_app.engine.cotracker3.network import ITERATIONS, CoTracker3, TrackOutput
from talpose_app.engine.cotracker3.online import OnlineTracker
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid

#: A point is shown as visible above this probability (offline predictor).
OFFLINE_THRESHOLD = 0.9

#: A point is shown as visible where visibility times confidence is above this (online predictor).
ONLINE_THRESHOLD = 0.6

#: Side of the grid of extra queries that gives the offline network context.
SUPPORT_GRID = 6


@dataclass(frozen=True, slots=True)
class Prediction:
    """Tracks in pixels of the original frames.

    Attributes:
        tracks: Shape (T, N, 2), float32, (x, y).
        visibility: Shape (T, N), bool.
    """

    tracks: Tensor
    visibility: Tensor


def resize_frames(frames: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize frames (T, 3, h, w) to (height, width): bilinear, corner pixels on corner pixels; float32."""
    frames = frames.float()
    if frames.shape[-2:] == size:
        return frames
    return F.interpolate(frames, size, mode="bilinear", align_corners=True)


def pixel_scale(from_size: tuple[int, int], to_size: tuple[int, int]) -> tuple[float, float]:
    """Return the factors of x and y between two sizes (height, width), pixel centers on pixel centers."""
    (from_height, from_width), (to_height, to_width) = from_size, to_size
    return (to_width - 1) / (from_width - 1), (to_height - 1) / (from_height - 1)


def grid_queries(n_side: int, size: tuple[int, int], frame_idx: int = 0) -> Tensor:
    """Spread queries evenly over a frame.

    Args:
        n_side: Queries along each side; a single one stands in the middle.
        size: Height and width of the frame, pixels.
        frame_idx: The frame that is queried.

    Returns:
        Shape (n_side**2, 3), (t, x, y), row by row.
    """
    height, width = size
    if n_side == 1:
        return torch.tensor([[frame_idx, width / 2, height / 2]])
    margin = width / 64
    ys = torch.linspace(margin, height - margin, n_side)
    xs = torch.linspace(margin, width - margin, n_side)
    y, x = torch.meshgrid(ys, xs, indexing="ij")
    return torch.stack((torch.full_like(x, frame_idx), x, y), dim=-1).flatten(0, 1)


def predict_offline(
    network: CoTracker3,
    frames: Tensor,
    queries: Tensor,
    *,
    support_grid: int = SUPPORT_GRID,
    backward: bool = False,
    iterations: int = ITERATIONS,
) -> Prediction:
    """Track queries as the published offline predictor does.

    Args:
        network: Weights of the offline model.
        frames: Shape (T, 3, height, width), RGB 0..255.
        queries: Shape (N, 3), (t, x, y), pixels of ``frames``.
        support_grid: Side of the grid of extra queries on frame 0; 0 for none.
        backward: Whether frames before a query come from a second run on the reversed clip.
        iterations: Updates of the network.

    Returns:
        Tracks that equal the queries at the queried frames.
    """
    resolution = network.config.model_resolution
    scale = queries.new_tensor(pixel_scale(_size(frames), resolution))
    pyramid = _encode(network, frames)
    model_queries = torch.cat((queries[:, :1], queries[:, 1:] * scale), dim=1)
    asked = torch.cat((model_queries, grid_queries(support_grid, resolution).to(queries)))
    output = _track(network, pyramid, asked, iterations)
    tracks, visibility = output.tracks, output.visibility
    if backward:
        last = pyramid.n_frames - 1
        flipped = torch.arange(last, -1, -1, device=queries.device)
        reversed_queries = torch.cat((last - asked[:, :1], asked[:, 1:]), dim=1)
        reverse = _track(network, pyramid[flipped], reversed_queries, iterations)
        is_before = flipped.flip(0)[:, None] < asked[:, 0]
        tracks = torch.where(is_before[..., None], reverse.tracks[flipped], tracks)
        visibility = torch.where(is_before, reverse.visibility[flipped], visibility)
    n_points = len(queries)
    tracks = tracks[:, :n_points] / scale
    is_visible = visibility[:, :n_points] > OFFLINE_THRESHOLD
    rows, columns = queries[:, 0].long(), torch.arange(n_points, device=queries.device)
    tracks[rows, columns] = queries[:, 1:]
    is_visible[rows, columns] = True
    return Prediction(tracks, is_visible)


class OnlinePredictor:
    """Tracks queries through a video that arrives chunk by chunk, as the published online predictor does.

    Chunks are a window long and begin half a window apart.
    """

    def __init__(self, network: CoTracker3, queries: Tensor, iterations: int = ITERATIONS) -> None:
        """Announce the queries, shape (N, 3), (t, x, y), pixels of the frames that follow."""
        self._network = network
        self._queries = queries
        self._iterations = iterations
        self._tracker: OnlineTracker | None = None

    def feed(self, frames: Tensor) -> Prediction:
        """Track through the next chunk.

        Args:
            frames: Shape (n, 3, height, width), RGB 0..255; the chunk's frames, overlap included.

        Returns:
            Tracks of every frame so far.
        """
        scale = self._queries.new_tensor(pixel_scale(_size(frames), self._network.config.model_resolution))
        if self._tracker is None:
            queries = torch.cat((self._queries[:, :1], self._queries[:, 1:] * scale), dim=1)
            self._tracker = OnlineTracker(self._network, queries, self._iterations)
        output = self._tracker.feed(_encode(self._network, frames))
        return Prediction(output.tracks / scale, output.visibility * output.confidence > ONLINE_THRESHOLD)


def _size(frames: Tensor) -> tuple[int, int]:
    """Height and width of frames (T, 3, height, width)."""
    return frames.shape[-2], frames.shape[-1]


def _encode(network: CoTracker3, frames: Tensor) -> FeaturePyramid:
    """Encode frames resized one at a time, so that memory does not hold the enlarged clip."""
    size = network.config.frame_size(network.config.model_resolution)
    return FeaturePyramid.cat([network.encode(resize_frames(f, size)) for f in torch.split(frames, 1)])


def _track(network: CoTracker3, pyramid: FeaturePyramid, queries: Tensor, iterations: int) -> TrackOutput:
    support = network.support(pyramid, queries)
    state = network.start(queries, pyramid.n_frames)
    for _ in range(iterations):
        state = network.update(pyramid, support, state)
    return network.output(state)
