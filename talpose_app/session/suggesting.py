"""Where in a project the next label pays most, and how good its tracks are expected to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.tracking.suggest import expected_share, suggest


@dataclass(frozen=True, slots=True)
class SuggestedPlace:
    """One place to look at.

    Attributes:
        point: Individual and keypoint.
        frame_idx: Frame of the video.
        gain: Positions of the point that a label there is expected to put right.
    """

    point: PointId
    frame_idx: int
    gain: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left to do.

    Attributes:
        places: Best frame first, and of each frame the point that gains most.
        expected_share: Share of positions that are expected to be right, by the tracker's confidence; None
            without tracks.
    """

    places: tuple[SuggestedPlace, ...]
    expected_share: float | None


def outlook(project: Project, count: int) -> Outlook:
    """Rank the places to label next; points without a track are left out.

    Args:
        project: Its tracks and labels.
        count: Places at most.
    """
    points = tuple(point for point in project.points() if point in project.tracks)
    if not points:
        return Outlook((), None)
    tracks = [project.tracks[point] for point in points]
    confidence = np.stack([track.confidence for track in tracks], axis=1)
    is_predicted = np.stack([np.isfinite(track.positions[:, 0]) for track in tracks], axis=1)
    is_labeled = np.zeros(confidence.shape, np.bool_)
    for idx, point in enumerate(points):
        is_labeled[list(project.labels.get(point, {})), idx] = True
    found = suggest(confidence, is_predicted, is_labeled, count)
    share = expected_share(confidence, is_predicted, is_labeled)
    return Outlook(
        tuple(SuggestedPlace(points[one.point_idx], one.frame_idx, one.gain) for one in found),
        share if math.isfinite(share) else None,
    )
