"""The published optimization step done plainly, the baseline that ours is timed against.

The same function as the engine's: features are sampled for whole windows by ``grid_sample``, virtual tracks
lie at every frame from the start, autograd keeps all of all iterations.

Letters: T frames, N points, C channels, S window side (7), L levels.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.frozen import Linear
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.published import KeypointLabels
from talpose_app.engine.cotracker3.tokens import motion_encoding, time_embedding
from talpose_app.engine.cotracker3.transformer import CrossBlock, SelfBlock

_ITERATIONS, _GAMMA, _HUBER_DELTA, _REGULARIZATION = 4, 0.8, 6.0, 0.01


def use_torch_layers(network: CoTracker3) -> None:
    """Put PyTorch's linear layers in the place of the engine's, with the same weights."""
    for module in list(network.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, Linear):
                usual = nn.Linear(layer.in_features, layer.out_features)
                usual.weight, usual.bias = layer.weight, layer.bias
                setattr(module, name, usual)


def plain_step(
    network: CoTracker3, maps: list[Tensor], template: Tensor, queries: Tensor, labels: KeypointLabels
) -> tuple[float, Tensor]:
    """Loss and gradient of one step.

    Args:
        network: Frozen weights.
        maps: Per level (T, C, h, w), unit length at the finest.
        template: Shape (N, S*S, C), before the step.
        queries: Shape (N, 3), (t, x, y), model pixels.
        labels: All labels.

    Returns:
        The loss, and its gradient with respect to the template.
    """
    start = template.detach()
    template = start.clone().requires_grad_()
    stride = network.config.stride
    coords = (queries[:, 1:] / stride)[:, None].expand(-1, len(maps[0]), -1)
    logits = coords.new_zeros((*coords.shape[:2], 2))
    total = coords.new_zeros(())
    for iteration in range(_ITERATIONS):
        coords = coords.detach()
        delta = _delta(network, maps, template, coords, logits)
        coords, logits = coords + delta[..., :2], logits + delta[..., 2:]
        predicted = coords[labels.point_idx, labels.frame_idx] * stride
        weight = _GAMMA ** (_ITERATIONS - 1 - iteration)
        total = total + weight * F.huber_loss(predicted, labels.positions, delta=_HUBER_DELTA)
    loss = total / _ITERATIONS + _REGULARIZATION * (template - start).abs().mean()
    (gradient,) = torch.autograd.grad(loss, template)
    return loss.item(), gradient


def _delta(
    network: CoTracker3, maps: list[Tensor], template: Tensor, coords: Tensor, logits: Tensor
) -> Tensor:
    """One iteration; coordinates (N, T, 2) and logits (N, T, 2) to changes (N, T, 4)."""
    config = network.config
    correlations = [
        network.corr_mlp(_correlation(level_maps, coords / 2**level, template, config.radius))
        for level, level_maps in enumerate(maps)
    ]
    height, width = config.model_resolution
    scale = (width / config.stride, height / config.stride)
    motion = motion_encoding(coords, scale, config.motion_degrees)
    tokens = torch.cat((logits, *correlations, motion), dim=-1)
    return _transformed(network, tokens + time_embedding(network.time_emb, tokens.shape[1]))


def _correlation(maps: Tensor, coords: Tensor, template: Tensor, radius: int) -> Tensor:
    """All inner products of the windows around points (N, T, 2) with templates; shape (N, T, S**4)."""
    height, width = maps.shape[-2:]
    offsets = torch.arange(-radius, radius + 1, dtype=coords.dtype)
    grid = torch.stack(torch.meshgrid(offsets, offsets, indexing="ij"), dim=-1).flatten(0, 1)
    at = coords.transpose(0, 1)[:, :, None] + grid
    at = at / at.new_tensor((width - 1, height - 1)) * 2 - 1
    windows = F.grid_sample(maps, at, mode="bilinear", padding_mode="border", align_corners=True)
    return torch.einsum("tcnw,nvc->ntwv", windows, template).flatten(2)


def _transformed(network: CoTracker3, tokens: Tensor) -> Tensor:
    """The update transformer with virtual tracks written out at every frame."""
    former = network.updateformer
    n_points, n_frames, _ = tokens.shape
    points = former.input_transform(tokens)
    points = torch.cat((points, former.virual_tracks[0].expand(-1, n_frames, -1)))
    rounds = zip(
        cast("list[SelfBlock]", former.time_blocks),
        cast("list[CrossBlock]", former.space_virtual2point_blocks),
        cast("list[SelfBlock]", former.space_virtual_blocks),
        cast("list[CrossBlock]", former.space_point2virtual_blocks),
        strict=True,
    )
    for time_block, read_points, mix_virtual, read_virtual in rounds:
        tracks = _self_block(time_block, points).transpose(0, 1)
        real, virtual = tracks[:, :n_points], tracks[:, n_points:]
        virtual = _self_block(mix_virtual, _cross_block(read_points, virtual, real))
        real = _cross_block(read_virtual, real, virtual)
        points = torch.cat((real, virtual), dim=1).transpose(0, 1)
    points = points[:n_points]
    return torch.cat((former.flow_head(points), former.vis_conf_head(points)), dim=-1)


def _self_block(block: SelfBlock, x: Tensor) -> Tensor:
    normed = block.norm(x)
    return _mlp(block, x + block.attn(normed, normed))


def _cross_block(block: CrossBlock, x: Tensor, context: Tensor) -> Tensor:
    return _mlp(block, x + block.cross_attn(block.norm(x), block.norm_context(context)))


def _mlp(block: SelfBlock | CrossBlock, x: Tensor) -> Tensor:
    """The second half of a block, all rows at once."""
    mlp = block.mlp
    return x + mlp.fc2(F.gelu(mlp.fc1(block.norm(x)), approximate="tanh"))
