"""The update transformer: attention over time per track, then over tracks per frame.

Letters: T frames, N points, V virtual tracks, C token width.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.config import CoTracker3Config
from talpose_app.engine.cotracker3.frozen import Linear, Mlp, add_mlp

#: Epsilon of the norms before attention and MLP (the published value).
_NORM_EPS = 1e-6

#: Spread of the output heads at the start of training: first updates stay small.
_HEAD_STD = 1e-3


class Attention(nn.Module):
    """Multi-head attention; self-attention when the context is the input."""

    def __init__(self, dim: int, n_heads: int) -> None:
        super().__init__()
        self._n_heads = n_heads
        self.to_q = Linear(dim, dim)
        self.to_kv = Linear(dim, 2 * dim)
        self.to_out = Linear(dim, dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Let x (B or 1, n, C) attend to context (B, m, C); returns (B, n, C)."""
        query = self._split(self.to_q(x)).expand(context.shape[0], -1, -1, -1)
        key, value = (self._split(part) for part in self.to_kv(context).chunk(2, dim=-1))
        mixed = F.scaled_dot_product_attention(query, key, value)
        return self.to_out(mixed.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:-1], self._n_heads, -1).transpose(1, 2)


class SelfBlock(nn.Module):
    """Pre-norm self-attention and MLP."""

    def __init__(self, dim: int, n_heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=_NORM_EPS, elementwise_affine=False)
        self.attn = Attention(dim, n_heads)
        self.mlp = Mlp(dim, mlp_ratio * dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, n, C) to (B, n, C)."""
        normed = self.norm(x)
        x = x + self.attn(normed, normed)
        return add_mlp(x, self.norm, self.mlp)


class CrossBlock(nn.Module):
    """Pre-norm cross-attention and MLP."""

    def __init__(self, dim: int, n_heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=_NORM_EPS, elementwise_affine=False)
        self.norm_context = nn.LayerNorm(dim)
        self.cross_attn = Attention(dim, n_heads)
        self.mlp = Mlp(dim, mlp_ratio * dim)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Map x (B or 1, n, C) with context (B, m, C) to (B, n, C)."""
        x = x + self.cross_attn(self.norm(x), self.norm_context(context))
        return add_mlp(x, self.norm, self.mlp)


class UpdateTransformer(nn.Module):
    """Tokens of all points and frames to updates of positions and logits.

    Points exchange information through a few virtual tracks rather than with
    each other, which keeps the cost linear in their number.
    """

    def __init__(self, config: CoTracker3Config) -> None:
        super().__init__()
        dim, heads, ratio, depth = config.hidden_dim, config.n_heads, config.mlp_ratio, config.depth
        # The name is misspelled in the published files, which load by name.
        self.virual_tracks = nn.Parameter(torch.randn(1, config.n_virtual, 1, dim))
        self.input_transform = Linear(config.token_dim, dim)
        self.flow_head = Linear(dim, 2)
        self.vis_conf_head = Linear(dim, 2)
        self.time_blocks = nn.ModuleList(SelfBlock(dim, heads, ratio) for _ in range(depth))
        self.space_virtual_blocks = nn.ModuleList(SelfBlock(dim, heads, ratio) for _ in range(depth))
        self.space_point2virtual_blocks = nn.ModuleList(CrossBlock(dim, heads, ratio) for _ in range(depth))
        self.space_virtual2point_blocks = nn.ModuleList(CrossBlock(dim, heads, ratio) for _ in range(depth))
        self._initialize()

    def _initialize(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        for head in (self.flow_head, self.vis_conf_head):
            nn.init.trunc_normal_(head.weight, std=_HEAD_STD)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict updates.

        Args:
            tokens: Shape (N, T, token_dim).

        Returns:
            Shape (N, T, 4): change of x and y in feature pixels, of the visibility and the confidence logit.
        """
        points: Tensor = self.input_transform(tokens)
        # Until they first look at points, virtual tracks are the same at every frame: one stands for all.
        virtual = self.virual_tracks[0]
        rounds = zip(
            self.time_blocks,
            self.space_virtual2point_blocks,
            self.space_virtual_blocks,
            self.space_point2virtual_blocks,
            strict=True,
        )
        for time_block, read_points, mix_virtual, read_virtual in rounds:
            points, virtual = time_block(points), time_block(virtual)
            points, virtual = points.transpose(0, 1), virtual.transpose(0, 1)
            virtual = mix_virtual(read_points(virtual, points))
            points = read_virtual(points, virtual)
            points, virtual = points.transpose(0, 1), virtual.transpose(0, 1)
        return torch.cat((self.flow_head(points), self.vis_conf_head(points)), dim=-1)
