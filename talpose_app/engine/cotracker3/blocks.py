"""Blocks of the update transformer: attention, then an MLP, each added to what goes in.

On a CPU with frozen weights a block runs as `frozen_block` has it; else PyTorch's autograd does as always.

Letters: B tracks (attention over time) or frames (over tracks), n tokens that ask, m tokens of the context,
C token width, H heads.
"""

from __future__ import annotations

from torch import Tensor, nn

from talpose_app.engine.cotracker3.frozen_block import FrozenBlock
from talpose_app.engine.cotracker3.layers import Attention, Mlp

#: Epsilon of the norms before attention and MLP (the published value).
_NORM_EPS = 1e-6


class SelfBlock(nn.Module):
    """Tokens attend to each other."""

    def __init__(self, dim: int, n_heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=_NORM_EPS, elementwise_affine=False)
        self.attn = Attention(dim, n_heads)
        self.mlp = Mlp(dim, mlp_ratio * dim)

    def forward(self, x: Tensor, at: Tensor | None = None) -> Tensor:
        """Map (B, m, C) to (B, n, C): all tokens, or the ones at these indices, shape (n,)."""
        asking = x if at is None else x[:, at]
        context = None if at is None else x
        return _block(asking, context, self.norm, self.norm, self.attn, self.mlp)


class CrossBlock(nn.Module):
    """Tokens attend to others."""

    def __init__(self, dim: int, n_heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=_NORM_EPS, elementwise_affine=False)
        self.norm_context = nn.LayerNorm(dim)
        self.cross_attn = Attention(dim, n_heads)
        self.mlp = Mlp(dim, mlp_ratio * dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Map x (B or 1, n, C) with context (B, m, C) to (B, n, C)."""
        x = x.expand(len(context), -1, -1)
        return _block(x, context, self.norm, self.norm_context, self.cross_attn, self.mlp)


def _block(
    x: Tensor,
    context: Tensor | None,
    norm: nn.LayerNorm,
    context_norm: nn.LayerNorm,
    attn: Attention,
    mlp: Mlp,
) -> Tensor:
    """A block; without a context tokens attend to each other."""
    frozen = FrozenBlock(norm, context_norm, attn, mlp)
    if frozen.is_usable(x):
        return frozen(x, context)
    normed = norm(x)
    x = x + attn(normed, normed if context is None else context_norm(context))
    return x + mlp(norm(x))
