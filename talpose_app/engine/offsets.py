"""A grid of places around an expected one, and beliefs about where on it a point is.

Unit: feature pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

#: The grid reaches this far, in steps of this size.
_REACH, _STEP = 8.0, 0.5

#: Floor of a sum of beliefs.
_TINY = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class OffsetGrid:
    """Places around a center.

    Attributes:
        places: Shape (g, g, 2), (x, y), the middle one zero.
        step: Distance of neighbors.
    """

    places: Tensor
    step: float

    @classmethod
    @cache  # every frame that is followed asks for it
    def make(cls, device: torch.device) -> OffsetGrid:
        """Build the grid all paths are found on."""
        count = round(_REACH / _STEP)
        axis = torch.arange(-count, count + 1, device=device) * _STEP
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        return cls(torch.stack((x, y), dim=-1), _STEP)

    def near(self, offset: Tensor, spread: Tensor) -> Tensor:
        """Heavy-tailed belief that a point is near some place (Student's t with 3 degrees of freedom).

        Args:
            offset: Shape (n, 2).
            spread: Shape (n,): its scale.

        Returns:
            Density, shape (n, g, g), up to a constant.
        """
        squared = (self.places - offset[:, None, None]).square().sum(dim=-1)
        variance = spread.square()[:, None, None]
        return (1.0 + squared / (2.0 * variance)).pow(-2) / variance

    def steps(self, scale: float) -> Tensor:
        """Convolution that spreads a belief by one frame's unforeseen motion, (1, 1, k, k), of sum 1."""
        count = int(3 * scale / self.step) + 1
        axis = torch.arange(-count, count + 1, device=self.places.device) * self.step
        kernel = torch.exp(-(axis[:, None].square() + axis[None].square()).sqrt() / scale)
        return (kernel / kernel.sum())[None, None]

    def moments(self, belief: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (n, 2) and standard deviation (n,) of beliefs (n, g, g) that sum to 1."""
        mean = (belief[..., None] * self.places).sum(dim=(1, 2))
        squared = (belief * self.places.square().sum(dim=-1)).sum(dim=(1, 2))
        return mean, (squared - mean.square().sum(dim=-1)).clamp_min(0.0).sqrt()


def normalized(belief: Tensor) -> Tensor:
    """Scale beliefs (n, g, g) to sum 1."""
    return belief / belief.sum(dim=(1, 2), keepdim=True).clamp_min(_TINY)


def likelihood(responses: Tensor, sharpness: float, floor: float) -> Tensor:
    """Turn responses (n, g, g) into how likely each place is; the best one has 1 + ``floor``."""
    return torch.exp(sharpness * (responses - responses.amax(dim=(1, 2), keepdim=True))) + floor
