"""Encodings of motion and time that enter the update transformer."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

#: Longest wavelength of the time embedding over 2 pi (the published value).
_TIME_BASE = 10000.0


def time_table(n_frames: int, dim: int) -> Tensor:
    """Embed positions 0 .. n_frames - 1, sines first, then cosines; shape (1, n_frames, dim), float32."""
    rates = _TIME_BASE ** (-torch.arange(dim // 2, dtype=torch.float64) / (dim // 2))
    angles = torch.arange(n_frames, dtype=torch.float64)[:, None] * rates
    return torch.cat((angles.sin(), angles.cos()), dim=1)[None].float()


def time_embedding(table: Tensor, n_frames: int) -> Tensor:
    """Stretch the table (1, window_len, D) to n_frames; shape (1, n_frames, D)."""
    if table.shape[1] == n_frames:
        return table
    return F.interpolate(table.transpose(1, 2), n_frames, mode="linear").transpose(1, 2)


def motion_encoding(coords: Tensor, scale: tuple[float, float], degrees: int) -> Tensor:
    """Encode how every point moves to the next and from the previous frame.

    Args:
        coords: Shape (N, T, 2), (x, y) in feature pixels.
        scale: Width and height, in feature pixels, that differences are divided by.
        degrees: Number of octaves.

    Returns:
        Shape (N, T, 4 + 8 * degrees): differences, their sines octave by octave, their cosines likewise.
    """
    step = coords[:, :-1] - coords[:, 1:]
    to_next = F.pad(step, (0, 0, 0, 1))
    from_previous = F.pad(-step, (0, 0, 1, 0))
    motion = torch.cat((to_next, from_previous), dim=-1) / coords.new_tensor(scale * 2)
    octaves = 2.0 ** torch.arange(degrees, device=coords.device, dtype=coords.dtype)
    angles = (octaves[:, None] * motion[..., None, :]).flatten(-2)
    # The published network adds pi/2 inside the sine; in float32 a cosine would differ in the last digits.
    return torch.cat((motion, angles.sin(), (angles + 0.5 * math.pi).sin()), dim=-1)
