"""Clips and their features kept for a few more steps: making one costs more than a step on it."""

from dataclasses import dataclass

import numpy as np

from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.procedural.clips import Clip

#: Clips kept.
CAPACITY = 64


@dataclass(frozen=True, slots=True)
class Encoded:
    """A clip with its feature pyramid, and how many of its points a step takes."""

    clip: Clip
    pyramid: FeaturePyramid
    n_points: int


class Pool:
    """The latest clips, the oldest replaced first."""

    def __init__(self) -> None:
        self._kept: list[Encoded] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, encoded: Encoded) -> None:
        """Keep a clip."""
        if len(self._kept) < CAPACITY:
            self._kept.append(encoded)
            return
        self._kept[self._next] = encoded
        self._next = (self._next + 1) % CAPACITY

    def draw(self, rng: np.random.Generator) -> Encoded:
        """Give one of the kept clips; ranks that share the generator get clips of the same shape."""
        return self._kept[int(rng.integers(len(self._kept)))]


def some_points(rng: np.random.Generator, clip: Clip, count: int) -> Clip:
    """Give the clip with a random choice of its points."""
    chosen = rng.choice(clip.tracks.shape[1], count, replace=False)
    return Clip(clip.frames, clip.tracks[:, chosen], clip.visibility[:, chosen])
