"""What a refinement learns: a correction of each point's appearance, one window a level.

The correction is added to the templates mixed from the point's labels, so it starts
as nothing, serves every frame, and survives new labels. Feature vectors keep their
length: features live on the unit sphere, and a longer one would only mean a louder one.

Letters: N points, C channels, S window side.
"""

from __future__ import annotations

import torch
from torch import Tensor

from talpose_app.engine.cotracker3.pyramid import Support

#: Floor of a feature vector's length, for points without a template.
_NORM_FLOOR = 1e-6


class Embedding:
    """Corrections of N points' templates.

    Args:
        like: Templates whose shapes, (N, S*S, C) per level, the corrections take.
    """

    def __init__(self, like: Support) -> None:
        self.levels = [torch.zeros_like(level).requires_grad_() for level in like.levels]

    def parameters(self) -> list[Tensor]:
        """The tensors to optimize."""
        return self.levels

    def applied(self, support: Support) -> Support:
        """Correct templates; each feature vector keeps its length."""
        return Support(
            tuple(_turned(level, change) for level, change in zip(support.levels, self.levels, strict=True))
        )

    def snapshot(self) -> list[Tensor]:
        """Copy the corrections."""
        return [level.detach().clone() for level in self.levels]

    def restore(self, levels: list[Tensor]) -> None:
        """Go back to copied corrections."""
        with torch.no_grad():
            for own, other in zip(self.levels, levels, strict=True):
                own.copy_(other)


def _turned(level: Tensor, change: Tensor) -> Tensor:
    moved = level + change
    return moved * (_length(level) / _length(moved))


def _length(features: Tensor) -> Tensor:
    # Floored before the root, whose slope at nothing is infinite.
    return features.square().sum(dim=-1, keepdim=True).clamp_min(_NORM_FLOOR**2).sqrt()
