"""Convolutions that are quick while their weights stay as they are.

Encoding a frame never changes the encoder. Then a CPU may lay weights out once, in the number format that is
asked for, and rectify what it has just computed while that is still at hand. Where weights learn and on other
devices, PyTorch's own layers run.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from talpose_app.engine.cotracker3.frozen import has_kernels

_PACKS = has_kernels("mkldnn._convolution_pointwise", "aten.mkldnn_reorder_conv2d_weight")


class Convolution(nn.Conv2d):
    """``torch.nn.Conv2d`` under the same names, quicker on a CPU while its weights are frozen.

    Args:
        n_in: Channels in.
        n_out: Channels out.
        side: Of the kernel, odd; zeros are put around the map so that its middle may be anywhere.
        stride: Between places.
    """

    def __init__(self, n_in: int, n_out: int, side: int, stride: int = 1) -> None:
        super().__init__(n_in, n_out, side, stride, padding=side // 2)
        self._packed: dict[torch.dtype, tuple[tuple[int, ...], Tensor, Tensor]] = {}

    def __getstate__(self) -> dict[str, object]:
        """For copies and files: what is laid out can be neither copied nor written, and is made again."""
        return {**self.__dict__, "_packed": {}}

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  the name of the layer it stands for
        """Map (n, n_in, height, width) to (n, n_out, height / stride, width / stride)."""
        return self._convolved(input, "none") if self._is_packable(input) else super().forward(input)

    def rectified(self, x: Tensor) -> Tensor:
        """The same through a rectifier."""
        return self._convolved(x, "relu") if self._is_packable(x) else super().forward(x).relu_()

    def _is_packable(self, x: Tensor) -> bool:
        weight = self.weight
        return (
            _PACKS
            and not weight.requires_grad
            and not (x.requires_grad and torch.is_grad_enabled())
            and x.device.type == weight.device.type == "cpu"
        )

    def _convolved(self, x: Tensor, after: str) -> Tensor:
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else self.weight.dtype
        weight, bias = self._laid_out(dtype)
        frames = x.to(dtype=dtype, memory_format=torch.channels_last)
        return cast(
            "Tensor",
            torch.ops.mkldnn._convolution_pointwise(  # noqa: SLF001  no public name
                frames, weight, bias, self.padding, self.stride, self.dilation, self.groups, after, [], ""
            ),
        )

    def _laid_out(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Weight and bias as the processor's kernels read them."""
        weight, bias = self.weight.detach(), cast("Tensor", self.bias).detach()
        # Tells that weights were loaded since.
        state = (weight.data_ptr(), weight._version, bias.data_ptr(), bias._version)  # noqa: SLF001
        known = self._packed.get(dtype)
        if known is None or known[0] != state:
            known = self._packed[dtype] = state, self._reordered(weight.to(dtype)), bias.to(dtype)
        return known[1], known[2]

    def _reordered(self, weight: Tensor) -> Tensor:
        shape = self.padding, self.stride, self.dilation, self.groups
        return cast("Tensor", torch.ops.aten.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), *shape))
