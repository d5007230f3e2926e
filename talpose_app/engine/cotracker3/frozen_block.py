"""A transformer block of frozen weights on a CPU, with a backward pass of its own.

A few tracks or frames go through the whole block at a time, so that what lies between its layers stays in the
cache of a core. For the backward pass little is kept; on request also the hidden values of the MLP, two
thirds as large as the rest, which it would else compute anew.

Letters: B tracks (attention over time) or frames (over tracks), n tokens that ask, m tokens of the context,
C token width, H heads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.layers import Attention, Mlp
from talpose_app.engine.cotracker3.workspace import keeps_hidden, kept

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx

#: Tokens that go through at a time.
_ROWS = 1024

#: Whether this torch has attention that gives what the way back needs: private operators, so they may go.
_HAS_ATTENTION = all(
    hasattr(torch.ops.aten, f"_scaled_dot_product_flash_attention_for_cpu{way}") for way in ("", "_backward")
)


@dataclass(frozen=True, slots=True)
class FrozenBlock:
    """Layers of a block, none of which learns.

    Attributes:
        norm: Of the tokens, before the attention and before the MLP.
        context_norm: Of the context.
        attn: The attention.
        mlp: The MLP.
    """

    norm: nn.LayerNorm
    context_norm: nn.LayerNorm
    attn: Attention
    mlp: Mlp

    def is_usable(self, x: Tensor) -> bool:
        """Whether these layers are frozen, and the tokens lie where it pays."""
        linear = (self.attn.to_q, self.attn.to_kv, self.attn.to_out, self.mlp.fc1, self.mlp.fc2)
        learns = any(weight.requires_grad for weight in self.context_norm.parameters())
        return _HAS_ATTENTION and not learns and all(layer.is_packable(x) for layer in linear)

    def __call__(self, x: Tensor, context: Tensor | None) -> Tensor:
        """Map (B, n, C) with a context (B, m, C) to (B, n, C); without one, tokens attend to each other."""
        return cast("Tensor", _Run.apply(x, context, self))

    def forward(self, x: Tensor, context: Tensor | None, trace: _Trace | None, result: Tensor) -> None:
        """Write the result of a few rows to ``result``, and what the way back needs to ``trace``."""
        attn, mlp = self.attn, self.mlp
        normed = _normed(self.norm, x)
        query = attn.to_q.product(normed)
        pairs = attn.to_kv.product(normed if context is None else _normed(self.context_norm, context))
        attend = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu  # noqa: SLF001  no public name
        mixed, sums = attend(*self._heads(query, pairs))
        mixed = mixed.transpose(1, 2).flatten(2)
        between = x + attn.to_out.product(mixed)
        normed = _normed(self.norm, between)
        if trace is None or trace.hidden is None:
            active = mlp.fc1.product(normed, gelu=True)
        else:
            trace.hidden.copy_(mlp.fc1.product(normed))
            active = F.gelu(trace.hidden, approximate="tanh")
        torch.add(between, mlp.fc2.product(active), out=result)
        if trace is not None:
            trace.keep(query, pairs, mixed, sums, between)

    def backward(
        self, x: Tensor, context: Tensor | None, trace: _Trace, gradient: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """The gradients of a few rows with respect to tokens and context."""
        attn = self.attn
        gradient = gradient + self._mlp_backward(trace, gradient)
        heads = self._heads(trace.query, trace.pairs)
        mixed, incoming = attn.split(trace.mixed), attn.split(attn.to_out.product_back(gradient))
        attend_back = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward  # noqa: SLF001
        to_query, to_key, to_value = attend_back(incoming, *heads, mixed, trace.sums, 0.0, False)  # noqa: FBT003
        to_pairs = torch.cat([part.transpose(1, 2).flatten(2) for part in (to_key, to_value)], dim=-1)
        to_x = attn.to_q.product_back(to_query.transpose(1, 2).flatten(2))
        to_context = attn.to_kv.product_back(to_pairs)
        if context is None:
            return gradient + _norm_backward(self.norm, x, to_x + to_context), None
        to_context = _norm_backward(self.context_norm, context, to_context)
        return gradient + _norm_backward(self.norm, x, to_x), to_context

    def _mlp_backward(self, trace: _Trace, gradient: Tensor) -> Tensor:
        mlp, hidden = self.mlp, trace.hidden
        if hidden is None:
            hidden = mlp.fc1.product(_normed(self.norm, trace.between))
        inside = mlp.fc2.product_back(gradient)
        inside = torch.ops.aten.gelu_backward(inside, hidden, approximate="tanh")
        return _norm_backward(self.norm, trace.between, mlp.fc1.product_back(inside))

    def _heads(self, query: Tensor, pairs: Tensor) -> Iterator[Tensor]:
        """Queries, keys and values (B, H, n or m, C / H)."""
        return (self.attn.split(part) for part in (query, *pairs.chunk(2, dim=-1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """What a block keeps for its backward pass.

    Attributes:
        query: Shape (B, n, C).
        pairs: Shape (B, m, 2 C): keys, then values.
        mixed: Shape (B, n, C): values as attention mixed them.
        sums: Shape (B, H, n): logarithms of the sums that attention was divided by.
        between: Shape (B, n, C): tokens after the attention.
        hidden: Shape (B, n, hidden width) before the activation; None to compute them anew.
    """

    query: Tensor
    pairs: Tensor
    mixed: Tensor
    sums: Tensor
    between: Tensor
    hidden: Tensor | None

    @classmethod
    def make(cls, x: Tensor, context: Tensor | None, block: FrozenBlock) -> _Trace:
        """Make room for the block's tokens."""
        n_rows, n_asking, width = x.shape
        n_context = n_asking if context is None else context.shape[1]
        pairs, sums = (n_rows, n_context, 2 * width), (n_rows, block.attn.n_heads, n_asking)
        hidden = kept((n_rows, n_asking, block.mlp.fc1.out_features)) if keeps_hidden() else None
        return cls(kept(x.shape), kept(pairs), kept(x.shape), kept(sums), kept(x.shape), hidden)

    def keep(self, query: Tensor, pairs: Tensor, mixed: Tensor, sums: Tensor, between: Tensor) -> None:
        """Copy what a part of the block found, while it is in the cache."""
        self.query.copy_(query)
        self.pairs.copy_(pairs)
        self.mixed.copy_(mixed)
        self.sums.copy_(sums)
        self.between.copy_(between)

    def part(self, rows: slice) -> _Trace:
        """The part of some tracks or frames."""
        hidden = None if self.hidden is None else self.hidden[rows]
        return _Trace(
            self.query[rows], self.pairs[rows], self.mixed[rows], self.sums[rows], self.between[rows], hidden
        )


class _Run(torch.autograd.Function):
    """A frozen block by parts."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, context: Tensor | None, block: FrozenBlock) -> Tensor:
        is_traced = any(cast("tuple[bool, ...]", ctx.needs_input_grad))  # pyright: ignore[reportAttributeAccessIssue]
        trace = _Trace.make(x, context, block) if is_traced else None
        result = kept(x.shape) if is_traced else x.new_empty(x.shape)
        for rows in _parts(x):
            block.forward(*_cut(rows, x, context), trace and trace.part(rows), result[rows])
        if trace is not None:
            ctx.save_for_backward(*((x,) if context is None else (x, context)))
            ctx.block, ctx.trace = block, trace  # pyright: ignore[reportAttributeAccessIssue]
        return result

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, Tensor | None, None]:
        x, *rest = cast("tuple[Tensor, ...]", ctx.saved_tensors)  # pyright: ignore[reportAttributeAccessIssue]
        context = rest[0] if rest else None
        block, trace = cast("tuple[FrozenBlock, _Trace]", (ctx.block, ctx.trace))  # pyright: ignore[reportAttributeAccessIssue]
        to_x = x.new_empty(x.shape)
        to_context = None if context is None else context.new_empty(context.shape)
        for rows in _parts(x):
            found = block.backward(*_cut(rows, x, context), trace.part(rows), gradients[0][rows])
            to_x[rows] = found[0]
            if to_context is not None and found[1] is not None:
                to_context[rows] = found[1]
        return to_x, to_context, None


def _parts(x: Tensor) -> Iterator[slice]:
    """Tracks or frames that go through together."""
    n_rows = max(_ROWS // max(x.shape[1], 1), 1)
    return (slice(start, start + n_rows) for start in range(0, len(x), n_rows))


def _cut(rows: slice, x: Tensor, context: Tensor | None) -> tuple[Tensor, Tensor | None]:
    return x[rows], None if context is None else context[rows]


def _normed(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], norm.weight, norm.bias, norm.eps)


def _norm_backward(norm: nn.LayerNorm, x: Tensor, gradient: Tensor) -> Tensor:
    """The gradient with respect to what went into a norm."""
    shape, x = x.shape[-1:], x.contiguous()
    _, mean, scale = torch.native_layer_norm(x, shape, norm.weight, norm.bias, norm.eps)
    to_x, *_ = torch.ops.aten.native_layer_norm_backward(
        gradient.contiguous(), x, shape, mean, scale, norm.weight, norm.bias, [True, False, False]
    )
    return to_x
