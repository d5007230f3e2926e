"""The convolutional encoder that turns frames into feature maps."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.config import CoTracker3Config

#: Added to the variance in every instance norm (the published value).
_NORM_EPS = 1e-5

_STAGE_STRIDES = (1, 2, 2, 2)


class InstanceNorm(nn.Module):
    """Normalize every channel of every image to mean 0 and variance 1; no parameters."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalize images of shape (n, channels, height, width)."""
        return F.instance_norm(x, eps=_NORM_EPS)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with instance norm and a shortcut."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1)
        self.norm = InstanceNorm()
        self.downsample: nn.Sequential | None = None
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride), self.norm)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, n_in, h, w) to (n, n_out, h / stride, w / stride)."""
        y = F.relu(self.norm(self.conv1(x)))
        y = F.relu(self.norm(self.conv2(y)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return F.relu(shortcut + y)


class Encoder(nn.Module):
    """Frames in [-1, 1] to feature maps at 1/stride of the resolution, not yet normalized.

    A stem and four residual stages; the four outputs, resized to one grid, are
    joined by two convolutions.
    """

    def __init__(self, config: CoTracker3Config) -> None:
        super().__init__()
        self._stride = config.stride
        widths = (config.stem_width, *config.stage_widths)
        self.conv1 = nn.Conv2d(3, widths[0], 7, 2, padding=3)
        self.norm = InstanceNorm()
        stages = [
            nn.Sequential(ResidualBlock(n_in, n_out, stride), ResidualBlock(n_out, n_out, 1))
            for n_in, n_out, stride in zip(widths[:-1], widths[1:], _STAGE_STRIDES, strict=True)
        ]
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.conv2 = nn.Conv2d(sum(config.stage_widths), config.fuse_width, 3, padding=1)
        self.conv3 = nn.Conv2d(config.fuse_width, config.latent_dim, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, frames: Tensor) -> Tensor:
        """Encode frames.

        Args:
            frames: Shape (n, 3, height, width), values in [-1, 1].

        Returns:
            Shape (n, latent_dim, height // stride, width // stride).
        """
        size = (frames.shape[-2] // self._stride, frames.shape[-1] // self._stride)
        x = F.relu(self.norm(self.conv1(frames)))
        outputs: list[Tensor] = []
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            outputs.append(F.interpolate(x, size, mode="bilinear", align_corners=True))
        y: Tensor = F.relu(self.norm(self.conv2(torch.cat(outputs, dim=1))))
        return self.conv3(y)
