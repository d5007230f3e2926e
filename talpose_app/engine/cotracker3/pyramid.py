"""Feature pyramids of a clip, and templates: what points look like in them.

Maps are kept channels last, so that one feature vector is one contiguous run of
memory and a window is a plain gather of rows (see `windows`).

Letters: T frames, N points, C channels, S window side (7), L levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
