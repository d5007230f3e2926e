"""Scores of tracks against truth, as the program itself computes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.accuracy.protocols import Task
from talpose_app.model.arrays import Positions
from talpose_app.tracking import scoring


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
    scored = scoring.score(tracks, clip.positions, task.scored, (clip.width, clip.height))
    within = dict(zip(scoring.PCK_THRESHOLDS, scored.pck, strict=True))
    return Score(
        scored.delta_avg,
        scored.median_px,
        100.0 * scored.median_px / math.hypot(clip.width, clip.height),
        within[4.0],
        within[8.0],
        scored.n,
    )
