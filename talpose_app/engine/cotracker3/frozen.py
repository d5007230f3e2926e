"""Linear layers that are quick and lean while their weights stay as they are.

Tracking and test-time optimization never change the network. Then a CPU may lay weights out once the way
its kernels read them, which makes matrix products quicker. Where weights learn, on other devices and with
other number formats, PyTorch's own layers run.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx


def has_kernels(*operators: str) -> bool:
    """Whether this torch computes with weights laid out beforehand: by private operators, so they may go.

    Args:
        operators: What is needed, such as ``mkldnn._linear_pointwise``.
    """
    if platform.machine().lower() not in {"x86_64", "amd64"} or not torch.backends.mkldnn.is_available():
        return False
    return all(hasattr(getattr(torch.ops, space), name) for space, name in (x.split(".") for x in operators))


_PACKS = has_kernels("mkldnn._linear_pointwise", "mkldnn._reorder_linear_weight")


class Linear(nn.Linear):
    """``torch.nn.Linear`` under the same names, quicker on a CPU while its weights are frozen."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        self._packed: dict[bool, tuple[tuple[int, int], Tensor]] = {}

    def __getstate__(self) -> dict[str, object]:
        """For copies and files: what is laid out can be neither copied nor written, and is made again."""
        return {**self.__dict__, "_packed": {}}

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  the name of the layer it stands for
        """Map (..., in_features) to (..., out_features)."""
        if not self.is_packable(input):
            return super().forward(input)
        return cast("Tensor", _Product.apply(input, self))

    def is_packable(self, x: Tensor) -> bool:
        """Whether weights laid out beforehand serve this input."""
        weight = self.weight
        return (
            _PACKS
            and not weight.requires_grad
            and x.dtype == weight.dtype == torch.float32
            and x.device.type == weight.device.type == "cpu"
            and not torch.is_autocast_enabled("cpu")
        )

    def product(self, x: Tensor, *, gelu: bool = False) -> Tensor:
        """The layer's result, without a gradient; on request through a tanh-approximated GELU."""
        packed = self._laid_out(transposed=False)
        after, form = ("gelu", "tanh") if gelu else ("none", "")
        return torch.ops.mkldnn._linear_pointwise(x, packed, self.bias, after, [], form)  # noqa: SLF001  no public name

    def product_back(self, gradient: Tensor) -> Tensor:
        """The gradient with respect to the input, from the one with respect to the result."""
        packed = self._laid_out(transposed=True)
        return torch.ops.mkldnn._linear_pointwise(gradient, packed, None, "none", [], "")  # noqa: SLF001

    def _laid_out(self, *, transposed: bool) -> Tensor:
        weight = self.weight.detach()
        state = (weight.data_ptr(), weight._version)  # noqa: SLF001  tells that weights were loaded since
        known = self._packed.get(transposed)
        if known is None or known[0] != state:
            source = (weight.t() if transposed else weight).contiguous()
            known = state, torch.ops.mkldnn._reorder_linear_weight(source, None)  # noqa: SLF001
            self._packed[transposed] = known
        return known[1]


class _Product(torch.autograd.Function):
    """A frozen layer; keeps nothing for the backward pass."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, layer: Linear) -> Tensor:
        ctx.layer = layer  # pyright: ignore[reportAttributeAccessIssue]  how torch passes what is no tensor
        return layer.product(x)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None]:
        layer = cast("Linear", ctx.layer)  # pyright: ignore[reportAttributeAccessIssue]
        return layer.product_back(gradients[0]), None
