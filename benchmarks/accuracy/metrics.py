"""Scores of tracks against truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import Positions

#: TAP-Vid (Doersch et al. 2022, section 3): tolerances in pixels of a 256 x 256 image.
_DELTA_PX = (1.0, 2.0, 4.0, 8.0, 16.0)
_DELTA_SIDE = 256.0


@dataclass(frozen=True, slots=True)
class Score:
    """How close tracks come to truth, over the scored points.

    Attributes:
        delta_avg: Share of points within 1, 2, 4, 8, 16 px of a 256 x 256 image, averaged over the five.
        median_px: Median distance, image pixels.
        median_percent: The same in percent of the frame's diagonal.
        pck_4: Share within 4 image pixels.
        pck_8: Share within 8 image pixels.
        n: Number of scored points.
    """

    delta_avg: float
    median_px: float
    median_percent: float
    pck_4: float
    pck_8: float
    n: int


def score(task: Task, tracks: Positions) -> Score:
    """Score tracks of shape (n_frames, n_points, 2), image pixels; a missing point counts as a miss."""
    clip = task.clip
    offset = (tracks.astype(np.float64) - clip.positions)[task.scored]
    offset = np.where(np.isfinite(offset), offset, np.inf)
    distance = np.hypot(offset[:, 0], offset[:, 1])
    scaled = np.hypot(offset[:, 0] * _DELTA_SIDE / clip.width, offset[:, 1] * _DELTA_SIDE / clip.height)
    median = float(np.median(distance))
    return Score(
        float(np.mean([(scaled < limit).mean() for limit in _DELTA_PX])),
        median,
        100 * median / float(np.hypot(clip.width, clip.height)),
        float((distance < 4).mean()),
        float((distance < 8).mean()),
        len(distance),
    )
