"""Begin a larger tracker with a smaller one, so that it computes the same at first.

What is added either multiplies into zeros (hidden units of an MLP) or adds nothing yet (whole
rounds of attention): function-preserving growth as in Net2Net (Chen et al. 2016, arXiv 1511.05641).
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3

#: Parts that are taken over; the encoder is not.
_PARTS = ("updateformer.", "corr_mlp.")

#: The linear layers at the end of a residual branch, and of the correlation MLP.
_OUTPUTS = re.compile(r"(to_out|mlp\.fc2|corr_mlp\.fc2)\.(weight|bias)$")


def grow(network: CoTracker3, smaller: Mapping[str, Tensor]) -> None:
    """Copy a smaller tracker's weights into the leading part of a larger one's.

    Token width, feature levels and heads must be the same; depth and hidden widths may be larger.

    Args:
        network: Freshly made; changed in place.
        smaller: The other's state dict.
    """
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if not name.startswith(_PARTS):
                continue
            if _OUTPUTS.search(name):
                parameter.zero_()
            known = smaller.get(name)
            if known is not None:
                parameter[tuple(slice(n) for n in known.shape)] = known.to(parameter.dtype)
