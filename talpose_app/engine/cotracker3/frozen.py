"""Linear layers and MLPs that are quick and lean while their weights stay as they are.

Tracking and test-time optimization never change the network. Then a CPU may lay weights out once the way
its kernels read them, which makes matrix products quicker; and the backward pass of an MLP
may keep the rows that went in and compute the hidden ones, four times as wide, anew. Where weights learn, on
other devices and with other number formats, PyTorch's own layers run.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx

#: Rows of an MLP that are computed at a time: their hidden values stay in the cache of a core.
_ROWS = 512


def _has_packed_products() -> bool:
    """Whether this torch can multiply by weights laid out beforehand: private operators, so they may go."""
    if platform.machine().lower() not in {"x86_64", "amd64"} or not torch.backends.mkldnn.is_available():
        return False
    return all(hasattr(torch.ops.mkldnn, name) for name in ("_linear_pointwise", "_reorder_linear_weight"))


_PACKS = _has_packed_products()


class Linear(nn.Linear):
    """``torch.nn.Linear`` under the same names, quicker on a CPU while its weights are frozen."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        self._packed: dict[bool, tuple[tuple[int, int], Tensor]] = {}

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


class Mlp(nn.Module):
    """Two linear layers around a tanh-approximated GELU."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = Linear(dim, hidden)
        self.fc2 = Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., C) to (..., C)."""
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))


def add_mlp(x: Tensor, norm: nn.LayerNorm, mlp: Mlp) -> Tensor:
    """The second half of a block of a pre-norm transformer.

    Args:
        x: Shape (..., C).
        norm: Without weights of its own.
        mlp: What is added to its input.

    Returns:
        ``x + mlp(norm(x))``, (..., C).
    """
    if not (mlp.fc1.is_packable(x) and mlp.fc2.is_packable(x)):
        return x + mlp(norm(x))
    return cast("Tensor", _AddMlp.apply(x, norm.eps, mlp))


class _AddMlp(torch.autograd.Function):
    """A frozen half block, a few rows at a time; keeps its input for the backward pass and nothing else."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, eps: float, mlp: Mlp) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x)
        ctx.eps, ctx.mlp = eps, mlp  # pyright: ignore[reportAttributeAccessIssue]
        result = torch.empty_like(x)
        for rows, out in _by_rows(x, result):
            hidden = mlp.fc1.product(F.layer_norm(rows, rows.shape[-1:], eps=eps), gelu=True)
            torch.add(rows, mlp.fc2.product(hidden), out=out)
        return result

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (x,) = cast("tuple[Tensor]", ctx.saved_tensors)  # pyright: ignore[reportAttributeAccessIssue]
        eps, mlp = cast("tuple[float, Mlp]", (ctx.eps, ctx.mlp))  # pyright: ignore[reportAttributeAccessIssue]
        result = torch.empty_like(x)
        for rows, gradient, out in _by_rows(x, gradients[0].contiguous(), result):
            width = rows.shape[-1:]
            normed, mean, scale = torch.native_layer_norm(rows, width, None, None, eps)
            before = mlp.fc1.product(normed)
            inside = mlp.fc2.product_back(gradient)
            inside = torch.ops.aten.gelu_backward(inside, before, approximate="tanh")
            inside = mlp.fc1.product_back(inside)
            inside, *_ = torch.ops.aten.native_layer_norm_backward(
                inside, rows, width, mean, scale, None, None, [True, False, False]
            )
            torch.add(gradient, inside, out=out)
        return result, None, None


def _by_rows(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Views of a few rows at a time of contiguous tensors (..., C)."""
    flat = [tensor.view(-1, tensor.shape[-1]) for tensor in tensors]
    for start in range(0, len(flat[0]), _ROWS):
        yield tuple(rows[start : start + _ROWS] for rows in flat)
