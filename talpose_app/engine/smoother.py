"""Where points are between their labels, from all that is known at once: flow, appearance, smoothness.

A hidden Markov model per point. Its state is the point's offset from the path flow
suggests, on a grid; what is seen of it in a frame is how much each place looks like the
labels; from frame to frame the offset changes little; at a label it is known. Forward
and backward passes (Rabiner 1989) give the belief about every frame given all labels, whose mean
is the path and whose spread says how far to trust it. Solving a track through all clicks at once,
with flow for motion and appearance for evidence, follows Buchanan and Fitzgibbon (CVPR 2006).

Letters: T frames, N points, g places along a side of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.footage import Footage
from talpose_app.engine.offsets import OffsetGrid, likelihood, normalized
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import Anchors

#: Likelihood of a place that looks like nothing: the point may be hidden.
_FLOOR = 1e-3

#: Belief in a place that nothing expects.
_SURPRISE = 1e-3

#: Scale of the change of the offset from a frame to the next, feature pixels.
_RESTLESSNESS = 0.5

#: Belief that leaks everywhere in each frame, so that a lost path can be found again.
_LEAK = 1e-7

#: Spread of the belief at a label, feature pixels.
_LABEL_SPREAD = 0.3

#: Frames worked on together at most, and how many are looked at on both sides of them.
_CHUNK, _MARGIN = 64, 24


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """One guess at the paths.

    Attributes:
        tracks: Shape (T, N, 2), float64, image pixels; NaN where it says nothing.
        spread: Shape (T, N), float64, how far off it may be, feature pixels.
        weight: How much it counts.
    """

    tracks: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: float


class Smoother:
    """Finds paths through labels.

    Attributes:
        anchors: The labels.

    Args:
        footage: The video.
        anchors: The labels.
        appearance: What points look like at them.
    """

    def __init__(self, footage: Footage, anchors: Anchors, appearance: Appearance) -> None:
        self.anchors = anchors
        self._footage, self._appearance = footage, appearance
        self._grid = OffsetGrid.make(footage.device)
        self._kernel = self._grid.steps(_RESTLESSNESS)
        at_label = torch.exp(-self._grid.places.square().sum(dim=-1) / (2 * _LABEL_SPREAD**2))
        self._at_label = at_label / at_label.sum()

    def smooth(
        self,
        center: NDArray[np.float64],
        guesses: Sequence[Expectation],
        points: NDArray[np.int64],
        frames: slice,
        each_part: EachPart,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find the paths of some points over some frames.

        From label to label they are what they are over all frames: a label hides one side from the other.

        Args:
            center: Where to look, shape (T, N, 2), float64, image pixels; NaN where there is no path.
            guesses: What is expected.
            points: Which of the N points.
            frames: Which of the T frames.
            each_part: Called with the share done; may raise to stop.

        Returns:
            Paths (frames, n, 2), float64, image pixels, and the spread of the belief (frames, n), image
            pixels; NaN where there is no path.
        """
        # Of equal length, so that no thread waits for another one.
        n_frames = frames.stop - frames.start
        n_chunks = math.ceil(n_frames / _CHUNK)
        edges = [frames.start + round(n_frames * idx / n_chunks) for idx in range(n_chunks + 1)]
        parts = [
            partial(self._smooth_chunk, first, last, center, guesses, points, frames)
            for first, last in pairwise(edges)
        ]
        found = self._footage.workers.do(parts, each_part)
        paths = np.concatenate([paths for paths, _ in found])
        spread = np.concatenate([spread for _, spread in found])
        spread[~np.isfinite(paths[..., 0])] = np.nan
        return paths, spread

    def _smooth_chunk(
        self,
        first: int,
        last: int,
        center: NDArray[np.float64],
        guesses: Sequence[Expectation],
        points: NDArray[np.int64],
        frames: slice,
        each_part: EachPart,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Paths and spread of the frames [first, last)."""
        start, stop = max(first - _MARGIN, frames.start), min(last + _MARGIN, frames.stop)
        seen: list[Tensor] = []
        for at in range(start, stop):
            each_part((at - start) / (stop - start))
            seen.append(self._seen(center[at, points], guesses, points, at))
        mean, deviation = self._believe(seen, self.anchors.is_known[start:stop, points])
        inner = slice(first - start, last - start)
        shift = self._footage.to_image_pixels(mean[inner].cpu().double().numpy())
        pixels = float(self._footage.to_image_pixels(np.ones(2)).mean())
        return center[first:last, points] + shift, deviation[inner].cpu().double().numpy() * pixels

    def _seen(
        self,
        center: NDArray[np.float64],
        guesses: Sequence[Expectation],
        points: NDArray[np.int64],
        at: int,
    ) -> Tensor:
        """What a frame says by itself, (N, g, g)."""
        device = self._grid.places.device
        middle = torch.from_numpy(np.nan_to_num(self._footage.to_feature_pixels(center))).float().to(device)
        responses = self._appearance.near_mixed(at, points, middle)
        expected = torch.full_like(responses, _SURPRISE)
        for guess in guesses:
            apart = self._footage.to_feature_pixels(guess.tracks[at, points] - center)
            says = np.isfinite(apart).all(axis=1)
            offset = torch.from_numpy(np.nan_to_num(apart)).float().to(device)
            spread = np.where(says, np.nan_to_num(guess.spread[at, points], nan=1.0), 1.0)
            belief = self._grid.near(offset, torch.from_numpy(spread).float().to(device))
            weight = torch.from_numpy(guess.weight * says).float().to(device)
            expected += weight[:, None, None] * belief
        return likelihood(responses, self._appearance.sharpness, _FLOOR) * expected

    def _believe(self, seen: list[Tensor], is_known: NDArray[np.bool_]) -> tuple[Tensor, Tensor]:
        """Mean (T, N, 2) and deviation (T, N) of the offsets given all frames of ``seen``."""
        known = torch.from_numpy(is_known).to(self._grid.places.device)
        ahead = self._messages(seen, known, range(len(seen)))
        back = self._messages(seen, known, range(len(seen) - 1, -1, -1))
        means: list[Tensor] = []
        deviations: list[Tensor] = []
        for at, here in enumerate(seen):
            belief = normalized(ahead[at] * back[at] * here)
            mean, deviation = self._grid.moments(belief)
            means.append(mean.masked_fill(known[at][:, None], 0.0))
            deviations.append(deviation.masked_fill(known[at], 0.0))
        return torch.stack(means), torch.stack(deviations)

    def _messages(self, seen: list[Tensor], known: Tensor, order: range) -> list[Tensor]:
        """What the frames on one side say about each frame."""
        messages: list[Tensor] = [seen[0]] * len(seen)
        message = torch.ones_like(seen[0]) / seen[0][0].numel() if len(seen[0]) else seen[0]
        for at in order:
            messages[at] = message
            belief = torch.where(known[at][:, None, None], self._at_label, normalized(message * seen[at]))
            padding = self._kernel.shape[-1] // 2
            message = F.conv2d(belief[:, None], self._kernel, padding=padding)[:, 0] + _LEAK
        return messages
