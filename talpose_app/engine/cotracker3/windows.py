"""Windows cut out of feature maps, and their correlation with templates.

Points lie between feature pixels; a window of 7 x 7 at a fractional point is a
bilinear mix of 8 x 8 whole feature pixels. `gather` takes those 64,
`interpolate` mixes them. Mixing is linear, so the correlation mixes inner
products, which are fewer than channels.

Letters: T frames, N points, C channels, S window side (7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx

#: Numbers of the pixels that are gathered at a time where that is possible: what a cache holds.
_PART = 2**20


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
    index = _window_index(maps, frame_idx, points, radius)
    return _rows(maps, index.reshape(-1)).view(*index.shape, -1)


def _window_index(maps: Tensor, frame_idx: Tensor, points: Tensor, radius: int) -> Tensor:
    """Where the pixels of windows lie among all of ``maps``; shape (..., (S+1)**2), int64."""
    _, height, width, _ = maps.shape
    offsets = torch.arange(-radius, radius + 2, device=maps.device)
    corner = points.detach().floor().long()
    xs = (corner[..., 0, None] + offsets).clamp(0, width - 1)
    ys = (corner[..., 1, None] + offsets).clamp(0, height - 1) * width
    index = ys[..., None, :] + xs[..., :, None] + (frame_idx * (height * width))[..., None, None]
    return index.flatten(-2)


def _rows(maps: Tensor, index: Tensor) -> Tensor:
    """Feature vectors (K, C) at indices (K,)."""
    return maps.reshape(-1, maps.shape[-1]).index_select(0, index).to(_computed_in(maps))


def _computed_in(maps: Tensor) -> torch.dtype:
    """Float16 is how features are kept, not how they are computed with."""
    return torch.float32 if maps.dtype == torch.float16 else maps.dtype


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
    index = _window_index(maps, frame_idx, points, radius)
    # By point, and by frame where it changes: (N, 1 or T, S*S, C).
    templates = (support[None] if support.ndim == 3 else support).transpose(0, 1).to(_computed_in(maps))
    if maps.requires_grad:
        products = _pixels(maps, index, templates) @ templates.mT
    else:
        products = cast("Tensor", _Products.apply(templates, maps, index))
    return interpolate(products.view(*index.shape, -1), points, radius).flatten(-2)


def _pixels(maps: Tensor, index: Tensor, templates: Tensor) -> Tensor:
    """The pixels at indices (N, T, (S+1)**2) as templates (N, K, S*S, C) meet them; shape (N, K, -1, C)."""
    shape = (*templates.shape[:2], -1, maps.shape[-1])
    return _rows(maps, index.reshape(-1)).view(shape)


class _Products(torch.autograd.Function):
    """Inner products of pixels and templates, a few points at a time.

    The pixels of a point at all frames fit into a cache, those of all points take a tenth of the memory of
    an optimization step. So they are gathered anew for the backward pass.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, templates: Tensor, maps: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(templates, maps, index)
        parts = _by_points(maps, index, templates)
        return _joined([_pixels(maps, where, template) @ template.mT for where, template in parts])

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        templates, maps, index = cast("tuple[Tensor, ...]", ctx.saved_tensors)  # pyright: ignore[reportAttributeAccessIssue]  one type in torch's stubs
        to_templates: list[Tensor] = []
        start = 0
        for where, template in _by_points(maps, index, templates):
            gradient = gradients[0][start : start + len(where)]
            to_templates.append(gradient.mT @ _pixels(maps, where, template))
            start += len(where)
        return _joined(to_templates), None, None


def _by_points(maps: Tensor, index: Tensor, templates: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Indices and templates of a few points at a time."""
    n_points = max(_PART // max(index[:1].numel() * maps.shape[-1], 1), 1)
    for start in range(0, len(index), n_points):
        points = slice(start, start + n_points)
        yield index[points], templates[points]


def _joined(parts: list[Tensor]) -> Tensor:
    return torch.cat(parts) if len(parts) > 1 else parts[0]
