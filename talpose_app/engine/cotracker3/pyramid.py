"""Feature pyramids of a clip, and the windows cut out of them.

Maps are kept channels last, so that one feature vector is one contiguous run of
memory and a window is a plain gather of rows. Points lie between feature
pixels; a window of 7 x 7 at a fractional point is a bilinear mix of 8 x 8 whole
feature pixels. `gather` takes those 64, `interpolate` mixes them. Mixing is
linear, so the correlation mixes inner products, which are fewer than channels.

Letters: T frames, N points, C channels, S window side (7), L levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import torch
import torch.nn.functional as F
from torch import Tensor

#: Floor of the squared length of a feature vector, so that a zero vector stays finite.
_SQUARED_NORM_FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class FeaturePyramid:
    """Feature maps of a clip at several scales.

    Attributes:
        levels: Per level a tensor (T, h, w, C), contiguous; level i is at 1 / 2**i of level 0. Float16 stands
            for the same values in float32.
    """

    levels: tuple[Tensor, ...]

    @classmethod
    def from_maps(cls, maps: Tensor, n_levels: int) -> FeaturePyramid:
        """Build the pyramid over encoder output (T, C, h, w): unit vectors, then 2 x 2 means."""
        maps = maps.float()
        squared = maps.square().sum(dim=1, keepdim=True).clamp_min(_SQUARED_NORM_FLOOR)
        return cls.from_finest((maps / squared.sqrt()).permute(0, 2, 3, 1).contiguous(), n_levels)

    @classmethod
    def from_finest(cls, finest: Tensor, n_levels: int) -> FeaturePyramid:
        """Rebuild the pyramid from its level 0, shape (T, h, w, C)."""
        levels = [finest]
        for _ in range(n_levels - 1):
            pooled = F.avg_pool2d(levels[-1].permute(0, 3, 1, 2), 2)
            levels.append(pooled.permute(0, 2, 3, 1).contiguous())
        return cls(tuple(levels))

    @classmethod
    def cat(cls, parts: Sequence[FeaturePyramid]) -> FeaturePyramid:
        """Join pyramids of consecutive stretches of a clip."""
        return cls(tuple(torch.cat(maps) for maps in zip(*(part.levels for part in parts), strict=True)))

    @property
    def n_frames(self) -> int:
        """Number of frames T."""
        return self.levels[0].shape[0]

    @property
    def n_levels(self) -> int:
        """Number of levels L."""
        return len(self.levels)

    def __getitem__(self, frames: slice | Tensor) -> FeaturePyramid:
        """Select frames by slice (no copy) or by an index tensor."""
        return FeaturePyramid(tuple(maps[frames] for maps in self.levels))

    def to(
        self, device: torch.device | str | None = None, dtype: torch.dtype | None = None
    ) -> FeaturePyramid:
        """Move to a device or convert to a dtype."""
        return FeaturePyramid(tuple(maps.to(device=device, dtype=dtype) for maps in self.levels))


@dataclass(frozen=True, slots=True)
class Support:
    """What points look like: one window per point and level, the template that is searched for.

    Attributes:
        levels: Per level a tensor (N, S*S, C), or (T, N, S*S, C) where the template changes over time.
    """

    levels: tuple[Tensor, ...]

    @property
    def n_points(self) -> int:
        """Number of points N."""
        return self.levels[0].shape[-3]

    def map(self, function: Callable[[Tensor], Tensor]) -> Support:
        """Apply a function to the tensor of every level."""
        return Support(tuple(function(level) for level in self.levels))

    def mean_by_point(self, point_idx: Tensor, n_points: int) -> Support:
        """Average windows that belong to the same point.

        Args:
            point_idx: Shape (M,), int64: the point each of the M windows shows.
            n_points: Number of points N.

        Returns:
            Templates of N points; zeros where a point has no window.
        """
        counts = torch.bincount(point_idx, minlength=n_points).clamp_min(1)

        def average(level: Tensor) -> Tensor:
            total = level.new_zeros((n_points, *level.shape[1:])).index_add(0, point_idx, level)
            return total / counts.view(-1, 1, 1).to(level.dtype)

        return self.map(average)


def gather(maps: Tensor, frame_idx: Tensor, points: Tensor, radius: int) -> Tensor:
    """Gather the whole feature pixels that windows at fractional points are mixed from.

    Outside the map the nearest border pixel is repeated.

    Args:
        maps: Shape (T, h, w, C).
        frame_idx: Frame of each point, int64, broadcastable to the leading shape of ``points``.
        points: Shape (..., 2), (x, y) in pixels of ``maps``.
        radius: Window radius.

    Returns:
        Shape (..., (S+1)**2, C); the first window axis runs over x.
    """
    _, height, width, n_channels = maps.shape
    offsets = torch.arange(-radius, radius + 2, device=maps.device)
    corner = points.detach().floor().long()
    xs = (corner[..., 0, None] + offsets).clamp(0, width - 1)
    ys = (corner[..., 1, None] + offsets).clamp(0, height - 1) * width
    index = ys[..., None, :] + xs[..., :, None] + (frame_idx * (height * width))[..., None, None]
    rows = maps.reshape(-1, n_channels).index_select(0, index.reshape(-1))
    if rows.dtype == torch.float16:  # How features are kept, not how they are computed with.
        rows = rows.float()
    return rows.view(*points.shape[:-1], -1, n_channels)


def interpolate(values: Tensor, points: Tensor, radius: int) -> Tensor:
    """Mix values at the gathered whole pixels into values at the window's fractional positions.

    Args:
        values: Shape (..., (S+1)**2, K).
        points: Shape (..., 2), as given to `gather`.
        radius: Window radius.

    Returns:
        Shape (..., S*S, K).
    """
    side = 2 * radius + 2
    grid = values.view(*values.shape[:-2], side, side, values.shape[-1])
    fraction = (points.detach() - points.detach().floor()).to(values.dtype)
    along_x, along_y = fraction[..., None, None, None].unbind(-4)
    mixed = cast("Tensor", _MixNeighbors.apply(grid, along_x, -3))
    mixed = cast("Tensor", _MixNeighbors.apply(mixed, along_y, -2))
    return mixed.flatten(-3, -2)


class _MixContext(Protocol):
    """What one mix keeps for its backward pass."""

    dim: int
    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _MixNeighbors(torch.autograd.Function):
    """Mix every entry along an axis with the next one.

    Autograd's own backward pass of the two slices fills two arrays of the full
    size with zeros, which takes a sixth of an optimization step.
    """

    @staticmethod
    def forward(ctx: _MixContext, values: Tensor, fraction: Tensor, dim: int) -> Tensor:
        """Return ``(1 - fraction) * values[i] + fraction * values[i + 1]`` along ``dim``."""
        ctx.save_for_backward(fraction)
        ctx.dim = dim
        n_mixed = values.shape[dim] - 1
        return torch.lerp(values.narrow(dim, 0, n_mixed), values.narrow(dim, 1, n_mixed), fraction)

    @staticmethod
    def backward(ctx: _MixContext, *grads: Tensor) -> tuple[Tensor, None, None]:
        """Spread each gradient over the two entries it was mixed from."""
        (grad,) = grads
        (fraction,) = ctx.saved_tensors
        dim = ctx.dim
        to_next = grad * fraction
        shape = list(grad.shape)
        shape[dim] += 1
        spread = grad.new_zeros(shape)
        spread.narrow(dim, 0, grad.shape[dim]).copy_(grad).sub_(to_next)
        spread.narrow(dim, 1, grad.shape[dim]).add_(to_next)
        return spread, None, None


def sample_windows(maps: Tensor, frame_idx: Tensor, points: Tensor, radius: int) -> Tensor:
    """Sample windows of features around points.

    Args:
        maps: Shape (T, h, w, C).
        frame_idx: Shape (M,), int64.
        points: Shape (M, 2), (x, y) in pixels of ``maps``.
        radius: Window radius.

    Returns:
        Shape (M, S*S, C).
    """
    return interpolate(gather(maps, frame_idx, points, radius), points, radius)


def correlate(maps: Tensor, points: Tensor, support: Tensor, radius: int) -> Tensor:
    """Compare the window around every point of every frame with the point's template.

    Args:
        maps: Shape (T, h, w, C).
        points: Shape (N, T, 2), (x, y) in pixels of ``maps``.
        support: Templates (N, S*S, C) or (T, N, S*S, C).
        radius: Window radius.

    Returns:
        All inner products, shape (N, T, S**4): frame window first, template second.
    """
    n_points, n_frames, _ = points.shape
    frame_idx = torch.arange(n_frames, device=maps.device).expand(n_points, -1)
    pixels = gather(maps, frame_idx, points, radius)
    if support.ndim == 3:
        products = torch.bmm(pixels.flatten(1, 2), support.transpose(1, 2).to(pixels.dtype))
        products = products.view(n_points, n_frames, -1, products.shape[-1])
    else:
        templates = support.permute(1, 0, 3, 2).flatten(0, 1).to(pixels.dtype)
        products = torch.bmm(pixels.flatten(0, 1), templates)
        products = products.view(n_points, n_frames, *products.shape[1:])
    return interpolate(products, points, radius).flatten(-2)
