"""What points look like over time: windows at their labels, mixed for every stretch of the video.

A point looks most like it did at the labels nearest in time; the mean over all its
labels, which the published method uses, is blurred by every turn of the animal.

Letters: M labels that show a point, N points, C channels, S window side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.footage import Footage
from talpose_app.tracking.anchors import Anchors


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """One window a seen label and level.

    Attributes:
        windows: M windows, per level (M, S*S, C).
        frame_idx: Frame of each, from the anchors' start, ascending within a point; shape (M,), int64.
        point_idx: Point of each, shape (M,), int64.
        n_points: Number of points N.
    """

    windows: Support
    frame_idx: NDArray[np.int64]
    point_idx: NDArray[np.int64]
    n_points: int

    def between(self, start: int, stop: int, hidden: NDArray[np.bool_] | None = None) -> Support:
        """Mix each point's windows for frames [start, stop): by nearness in time to the labels around them.

        Args:
            start: First frame, counted as ``frame_idx``.
            stop: One past the last frame.
            hidden: Shape (M,), bool: windows left out; a point whose every window is hidden keeps them all.

        Returns:
            Per level (N, S*S, C); zeros for points without a seen label.
        """
        weights = torch.from_numpy(self._weights(start, stop, hidden)).to(self.windows.levels[0].device)
        return self.windows.map(lambda level: _mix(weights, level))

    def _weights(self, start: int, stop: int, hidden: NDArray[np.bool_] | None) -> NDArray[np.float32]:
        weights = np.zeros((self.n_points, len(self.frame_idx)), np.float32)
        for point in range(self.n_points):
            rows = np.flatnonzero(self.point_idx == point)
            if hidden is not None and not hidden[rows].all():
                rows = rows[~hidden[rows]]
            if len(rows):
                weights[point, rows] = time_weights(self.frame_idx[rows], start, stop)
        return weights


def time_weights(at: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
    """Mean over frames [start, stop) of linear interpolation between samples at ``at`` (ascending)."""
    frames = np.arange(start, stop)
    right = np.clip(np.searchsorted(at, frames, side="right"), 1, max(len(at) - 1, 1))
    if len(at) == 1:
        return np.ones(1)
    left = right - 1
    share = np.clip((frames - at[left]) / (at[right] - at[left]), 0.0, 1.0)
    weights = np.bincount(left, 1.0 - share, len(at)) + np.bincount(right, share, len(at))
    return weights / len(frames)


def sample_templates(network: CoTracker3, footage: Footage, anchors: Anchors) -> Templates:
    """Cut out the windows of all labels that show their point.

    Args:
        network: Says how large a window is.
        footage: Gives the features.
        anchors: The labels.
    """
    point_idx, frame_idx = np.nonzero(anchors.is_seen.T)
    coords = footage.to_feature_pixels(anchors.positions[frame_idx, point_idx]) * network.config.stride
    config, device = network.config, network.time_emb.device
    shape = (len(point_idx), config.window_area, config.latent_dim)
    levels = [torch.zeros(shape, device=device) for _ in range(config.n_levels)]
    for frame in np.unique(frame_idx).tolist():
        rows = np.flatnonzero(frame_idx == frame)
        xy = torch.from_numpy(coords[rows].astype(np.float32)).to(device)
        absolute = anchors.start + frame
        pyramid = footage.pyramid(absolute, absolute + 1)
        windows = network.support(pyramid, torch.nn.functional.pad(xy, (1, 0)))
        for level, window in zip(levels, windows.levels, strict=True):
            level[torch.from_numpy(rows)] = window
    return Templates(Support(tuple(levels)), frame_idx, point_idx, anchors.n_points)


def _mix(weights: Tensor, level: Tensor) -> Tensor:
    """Weighted sums (N, M) of windows (M, S*S, C)."""
    return (weights @ level.flatten(1)).view(len(weights), *level.shape[1:])
