"""The update transformer: attention over time per track, then over tracks per frame.

Letters: T frames, N points, V virtual tracks, C token width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talpose_app.engine.cotracker3.blocks import CrossBlock, SelfBlock
from talpose_app.engine.cotracker3.config import CoTracker3Config
from talpose_app.engine.cotracker3.frozen import Linear

#: Spread of the output heads at the start of training: first updates stay small.
_HEAD_STD = 1e-3


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

    def forward(self, tokens: Tensor, taught: Tensor | None = None) -> Tensor:
        """Predict updates.

        Args:
            tokens: Shape (N, T, token_dim).
            taught: Indices of the frames whose updates carry gradients, distinct, int64; None for all. Fewer
                frames cost less on the way back.

        Returns:
            Shape (N, T, 4): change of x and y in feature pixels, of the visibility and the confidence logit.
        """
        points: Tensor = self.input_transform(tokens)
        # Until they first look at points, virtual tracks are the same at every frame: one stands for all.
        virtual = self.virual_tracks[0]
        for i in range(len(self.time_blocks) - 1):
            points, virtual = self._round(i, points, virtual, None)
        n_frames = tokens.shape[1]
        if taught is None or len(taught) == n_frames:
            return self._updates(points, virtual, None)
        is_rest = torch.ones(n_frames, dtype=torch.bool, device=tokens.device)
        is_rest[taught] = False
        rest = is_rest.nonzero()[:, 0]
        updates = self._updates(points, virtual, taught)
        with torch.no_grad():
            others = self._updates(points, virtual, rest)
        whole = updates.new_zeros((len(tokens), n_frames, updates.shape[-1]))
        return whole.index_copy(1, taught, updates).index_copy(1, rest, others)

    def _updates(self, points: Tensor, virtual: Tensor, at: Tensor | None) -> Tensor:
        """The last round and what it says, at some frames."""
        points, _ = self._round(len(self.time_blocks) - 1, points, virtual, at)
        return torch.cat((self.flow_head(points), self.vis_conf_head(points)), dim=-1)

    def _round(self, i: int, points: Tensor, virtual: Tensor, at: Tensor | None) -> tuple[Tensor, Tensor]:
        """Exchange over time, then between tracks; the results at all frames or the frames ``at``."""
        time_block = self.time_blocks[i]
        points = time_block(points, at)
        virtual = time_block(virtual, at if virtual.shape[1] > 1 else None)
        points, virtual = points.transpose(0, 1), virtual.transpose(0, 1)
        virtual = self.space_virtual_blocks[i](self.space_virtual2point_blocks[i](virtual, points))
        points = self.space_point2virtual_blocks[i](points, virtual)
        return points.transpose(0, 1), virtual.transpose(0, 1)
