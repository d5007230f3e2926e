"""Stage 1: teach the encoder to find a point of one frame in another, at three scales."""

import torch
import torch.nn.functional as F
from torch import Tensor

from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.procedural.clips import Clip

#: Levels that are trained; the fourth is too coarse for a small frame.
LEVELS = 3

#: Sharpness of the match; features have unit length.
TEMPERATURE = 0.05


def sample(maps: Tensor, frame_idx: Tensor, points: Tensor) -> Tensor:
    """Interpolate feature vectors.

    Args:
        maps: Shape (T, h, w, C).
        frame_idx: Shape (n,), int64.
        points: Shape (n, 2), (x, y) in pixels of `maps`.

    Returns:
        Shape (n, C).
    """
    out = maps.new_zeros((len(points), maps.shape[-1]))
    for corner, weight in corners(points, maps.shape[1], maps.shape[2]):
        out = (
            out
            + maps.reshape(-1, maps.shape[-1])[frame_idx * maps.shape[1] * maps.shape[2] + corner]
            * weight[:, None]
        )
    return out


def corners(points: Tensor, height: int, width: int) -> list[tuple[Tensor, Tensor]]:
    """Give the four pixels around each point as flat indices, each with its bilinear weight."""
    low = points.floor()
    part = points - low
    found: list[tuple[Tensor, Tensor]] = []
    for dy in (0, 1):
        for dx in (0, 1):
            x = (low[:, 0] + dx).clamp(0, width - 1).long()
            y = (low[:, 1] + dy).clamp(0, height - 1).long()
            weight = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
            found.append((y * width + x, weight))
    return found


def matching_loss(
    pyramid: FeaturePyramid, clip: Clip, pairs: list[tuple[int, int]], stride: int
) -> tuple[Tensor, float]:
    """Cross-entropy of finding each point's place in the other frame among all places.

    Args:
        pyramid: Features of the clip's frames.
        clip: Frames and truth.
        pairs: From which frame to which frame.
        stride: Image pixels per feature pixel.

    Returns:
        The loss, and the share of points found within one feature pixel on the finest level.
    """
    tracks, visibility = torch.from_numpy(clip.tracks), torch.from_numpy(clip.visibility)
    losses: list[Tensor] = []
    hits, total = 0.0, 0
    for source, target in pairs:
        both = torch.nonzero(visibility[source] & visibility[target])[:, 0]
        if not len(both):
            continue
        for level in range(LEVELS):
            maps, scale = pyramid.levels[level], stride * 2**level
            height, width = maps.shape[1:3]
            query = sample(maps, torch.full_like(both, source), tracks[source, both] / scale)
            goal = tracks[target, both] / scale
            scores = F.normalize(query, dim=-1) @ maps[target].reshape(-1, maps.shape[-1]).T / TEMPERATURE
            logp = scores.float().log_softmax(-1)
            near = corners(goal, height, width)
            losses.append(
                -sum((logp.gather(1, at[:, None])[:, 0] * w for at, w in near), torch.zeros(())).mean()
            )
            if level == 0:
                best = scores.argmax(-1)
                found = torch.stack([best % width, best // width], -1)
                hits += float(((found - goal).abs().amax(-1) <= 1).float().sum())
                total += len(both)
    if not losses:
        return pyramid.levels[0].sum() * 0.0, 0.0
    return torch.stack(losses).mean(), hits / max(total, 1)
