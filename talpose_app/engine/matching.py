"""How much places around a point look like a template.

Only what lies around the point is compared: a tenth of the frame and less.
"""

from __future__ import annotations

from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor

#: The least a cosine can be: how much a place outside the frame looks like anything.
_UNLIKE = -1.0


def match_around(maps: Tensor, patches: Tensor, centers: Tensor, offsets: Tensor) -> Tensor:
    """Compare patches with a frame at places around points.

    Args:
        maps: Features of the frame, shape (h, w, C), contiguous, float16 or float32; zero outside.
        patches: A template for each point, shape (n, side, side, C), rows first, side odd.
        centers: Shape (n, 2), (x, y), feature pixels, finite.
        offsets: Places around them, shape (g, g, 2), (x, y), feature pixels.

    Returns:
        Sums of products, shape (n, g, g), bilinear between feature pixels; -1 outside the frame.
    """
    reach = int(offsets.abs().amax().ceil())
    count = 2 * reach + 2
    first = centers.floor().long() - reach
    margin = patches.shape[1] // 2
    axis = torch.arange(-margin, count + margin, device=maps.device)
    around = _cut_out(maps, first[:, 1:] + axis, first[:, :1] + axis)
    responses = _slide(around, patches, count)
    return _interpolated(responses, centers, first, offsets, maps.shape[:2])


def _cut_out(maps: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Features at rows (n, s) and columns (n, s); shape (n, s, s, C)."""
    height, width = maps.shape[:2]
    is_inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
    index = (rows.clamp(0, height - 1) * width)[:, :, None] + columns.clamp(0, width - 1)[:, None]
    found = maps.flatten(0, 1).index_select(0, index.flatten()).float()
    return found.view(*index.shape, maps.shape[-1]) * is_inside[..., None]


def _slide(around: Tensor, patches: Tensor, count: int) -> Tensor:
    """Responses (n, count, count): every feature times every part of the template, then the sums of parts."""
    n_points, size, side = len(around), around.shape[1], patches.shape[1]
    products = torch.bmm(around.flatten(1, 2), patches.flatten(1, 2).transpose(1, 2))
    parts = products.view(n_points, size, size, side, side)
    responses = parts.new_zeros(n_points, count, count)
    for row, column in product(range(side), repeat=2):
        responses += parts[:, row : row + count, column : column + count, row, column]
    return responses


def _interpolated(
    responses: Tensor, centers: Tensor, first: Tensor, offsets: Tensor, frame: tuple[int, ...]
) -> Tensor:
    places = centers[:, None, None] + offsets
    scale = 2.0 / (responses.shape[-1] - 1)
    grid = (places - first[:, None, None]) * scale - 1.0
    values = F.grid_sample(responses[:, None], grid.to(responses.dtype), align_corners=True)[:, 0]
    last = places.new_tensor([frame[1] - 1, frame[0] - 1])
    return torch.where(((places >= 0) & (places <= last)).all(dim=-1), values, _UNLIKE)
