"""Scores of tracks against truth, as the program itself computes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        within: Share within the clip's own tolerance.
        n: Number of scored points.
    """

    delta_avg: float
    median_px: float
    median_percent: float
    pck_4: float
    pck_8: float
    within: float
    n: int


def score(task: Task, tracks: Positions) -> Score:
    """Score tracks of shape (n_frames, n_points, 2), image pixels; a missing point counts as a miss."""
    clip = task.clip
    scored = scoring.score(tracks, clip.positions, task.scored, clip.size)
    pck = dict(zip(scoring.PCK_THRESHOLDS, scored.pck, strict=True))
    return Score(
        delta_avg=scored.delta_avg,
        median_px=scored.median_px,
        median_percent=100.0 * scored.median_px / clip.diagonal,
        pck_4=pck[4.0],
        pck_8=pck[8.0],
        within=share_good(task, tracks),
        n=scored.n,
    )


def share_good(task: Task, tracks: Positions) -> float:
    """Share of scored points within the clip's tolerance; NaN when nothing is scored."""
    return scoring.shares_within(errors_px(task, tracks)[task.scored], (task.clip.tolerance_px,))[0]


def errors_px(task: Task, tracks: Positions) -> NDArray[np.float64]:
    """Distances from the truth, shape (n_frames, n_points), image pixels; infinite where one is missing."""
    return scoring.distances(tracks, task.clip.positions)
