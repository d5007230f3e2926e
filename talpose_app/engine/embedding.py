"""What a refinement learns: a correction of each point's appearance, one window a level.

The correction is added to the templates mixed from the point's labels, so it starts
as nothing, serves every frame, and survives new labels. Feature vectors keep their
length: features live on the unit sphere, and a longer one would only mean a louder one.

Letters: N points, C channels, S window side.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor

from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.model.label import PointId

#: Points whose corrections are kept for the next refinement: some 40 kB each with the built-in tracker.
_MAX_REMEMBERED = 500

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

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was learned yet."""
        return not any(bool(level.any()) for level in self.levels)

    def applied(self, support: Support) -> Support:
        """Correct templates; each feature vector keeps its length."""
        return Support(
            tuple(_turned(level, change) for level, change in zip(support.levels, self.levels, strict=True))
        )

    def copy(self) -> Embedding:
        """The corrections as they stand; what is learned later does not change them."""
        copy = Embedding(Support(tuple(self.levels)))
        copy.levels = [level.detach().clone() for level in self.levels]
        return copy


class EmbeddingMemory:
    """What refinements learned of points, for the next one; the least recently used are forgotten first."""

    def __init__(self) -> None:
        self._corrections: OrderedDict[tuple[str, PointId], list[Tensor]] = OrderedDict()

    def keep(self, fingerprint: str, points: Sequence[PointId], levels: Sequence[Tensor]) -> None:
        """Remember the corrections of a video's points, (N, S*S, C) per level."""
        for idx, point in enumerate(points):
            self._corrections[fingerprint, point] = [level[idx].clone() for level in levels]
            self._corrections.move_to_end((fingerprint, point))
        while len(self._corrections) > _MAX_REMEMBERED:
            self._corrections.popitem(last=False)

    def recall(self, fingerprint: str, points: Sequence[PointId], embedding: Embedding) -> None:
        """Set the corrections of the points that are remembered; leave the others."""
        with torch.no_grad():
            for idx, point in enumerate(points):
                for level, correction in zip(
                    embedding.levels, self._corrections.get((fingerprint, point), ()), strict=False
                ):
                    level[idx] = correction


def _turned(level: Tensor, change: Tensor) -> Tensor:
    moved = level + change
    return moved * (_length(level) / _length(moved))


def _length(features: Tensor) -> Tensor:
    # Floored before the root, whose slope at nothing is infinite.
    return features.square().sum(dim=-1, keepdim=True).clamp_min(_NORM_FLOOR**2).sqrt()
