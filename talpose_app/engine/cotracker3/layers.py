"""What blocks of the update transformer are made of.

Letters: B tracks (attention over time) or frames (over tracks), n tokens that ask, m tokens of the context,
C token width, H heads.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.frozen import Linear


class Attention(nn.Module):
    """Multi-head attention of tokens to a context.

    Attributes:
        n_heads: Number of heads.
    """

    def __init__(self, dim: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.to_q = Linear(dim, dim)
        self.to_kv = Linear(dim, 2 * dim)
        self.to_out = Linear(dim, dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Let x (B, n, C) attend to context (B, m, C); returns (B, n, C)."""
        key, value = self.to_kv(context).chunk(2, dim=-1)
        query, key, value = (self.split(part) for part in (self.to_q(x), key, value))
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.to_out(mixed.transpose(1, 2).flatten(2))

    def split(self, x: Tensor) -> Tensor:
        """View (B, n, C) as (B, H, n, C / H)."""
        return x.view(*x.shape[:-1], self.n_heads, -1).transpose(1, 2)


class Mlp(nn.Module):
    """Two linear layers around a tanh-approximated GELU."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = Linear(dim, hidden)
        self.fc2 = Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., C) to (..., C)."""
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))
