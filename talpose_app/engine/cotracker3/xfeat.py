"""XFeat's backbone as an encoder: features learned from real pictures, cheap on a CPU.

Potje et al., "XFeat: Accelerated Features for Lightweight Image Matching" (CVPR 2024,
arXiv 2404.19174), section 3.1. Its weights are under Apache-2.0; batch norms are folded
into the convolutions before them (`training/xfeat_weights.py`).

The backbone has stride 8. The tracker works on a grid of stride 4, so it gives frames two times as
large as its own (`CoTracker3Config.enlargement`).
"""

from __future__ import annotations

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.frozen_convolution import Convolution

#: Channels of a feature.
XFEAT_DIM = 64

#: Added to the variance of a frame (the published value).
_NORM_EPS = 1e-5

#: Every block's convolutions: channels in, channels out, kernel side, stride.
LAYERS: dict[str, tuple[tuple[int, int, int, int], ...]] = {
    "block1": ((1, 4, 3, 1), (4, 8, 3, 2), (8, 8, 3, 1), (8, 24, 3, 2)),
    "block2": ((24, 24, 3, 1), (24, 24, 3, 1)),
    "block3": ((24, 64, 3, 2), (64, 64, 3, 1), (64, 64, 1, 1)),
    "block4": ((64, 64, 3, 2), (64, 64, 3, 1), (64, 64, 3, 1)),
    "block5": ((64, 128, 3, 2), (128, 128, 3, 1), (128, 128, 3, 1), (128, 64, 1, 1)),
    "block_fusion": ((64, 64, 3, 1), (64, 64, 3, 1)),
}


def layer_name(order: int) -> str:
    """What a block's weights know a convolution as: rectifiers used to be counted, too."""
    return str(2 * order)


class _Block(nn.Module):
    """Convolutions, each with a rectifier behind it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        for order, layer in enumerate(LAYERS[name]):
            self.add_module(layer_name(order), Convolution(*layer))

    def forward(self, maps: Tensor) -> Tensor:
        for layer in self.children():
            maps = cast("Convolution", layer).rectified(maps)
        return maps


class XFeatEncoder(nn.Module):
    """Frames to feature maps at an eighth of their size, not yet normalized."""

    def __init__(self) -> None:
        super().__init__()
        self.skip1 = Convolution(1, LAYERS["block1"][-1][1], 1)
        self.block1, self.block2, self.block3 = _Block("block1"), _Block("block2"), _Block("block3")
        self.block4, self.block5 = _Block("block4"), _Block("block5")
        self.block_fusion = _Block("block_fusion")
        self.output = Convolution(XFEAT_DIM, XFEAT_DIM, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """Encode frames.

        Args:
            frames: Shape (n, 3 or 1, height, width); only the mean of the channels counts, not its scale and
                offset.

        Returns:
            Shape (n, 64, height // 8, width // 8).
        """
        gray = _normalized(frames.mean(dim=1, keepdim=True))
        quarter = self.block2(self.block1(gray) + self.skip1(F.avg_pool2d(gray, 4)))
        eighth: Tensor = self.block3(quarter)
        sixteenth: Tensor = self.block4(eighth)
        coarsest: Tensor = self.block5(sixteenth)
        joined = eighth + _resized(sixteenth, eighth) + _resized(coarsest, eighth)
        return cast("Tensor", self.output(self.block_fusion(joined)))


def _normalized(gray: Tensor) -> Tensor:
    """Give every frame mean 0 and variance 1."""
    return F.layer_norm(gray, gray.shape[-2:], eps=_NORM_EPS)


def _resized(maps: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(maps, like.shape[-2:], mode="bilinear")
