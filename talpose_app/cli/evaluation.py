"""A project's tracks held against a truth file. Numbers only; ``evaluate`` prints them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import TalposeError
from talpose_app.formats.talpose_labels import TruthFile
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.tracking.scoring import Score, score, scored_mask


@dataclass(frozen=True, slots=True, eq=False)
class TruthTable:
    """Truth and labels of some points, laid out over the video.

    Attributes:
        names: Keypoint of each point.
        points: The points, in the order of the arrays' second axis.
        positions: Shape (n_frames, n_points, 2), float64, image pixels; NaN where the truth is unknown.
        mask: What is scored: known, visible and not labeled; shape (n_frames, n_points), bool.
    """

    names: tuple[str, ...]
    points: tuple[PointId, ...]
    positions: NDArray[np.float64]
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the tracks are.

    Attributes:
        total: Over all points.
        by_keypoint: By the keypoint's name, in the truth file's order.
        untracked: Keypoints of the truth file that have no track and are left out.
    """

    total: Score
    by_keypoint: dict[str, Score]
    untracked: tuple[str, ...]


def lay_out_truth(project: Project, truth: TruthFile, points: dict[str, PointId]) -> TruthTable:
    """Arrange truth and labels over the frames.

    Args:
        project: Its labels are left out of the score, point by point.
        truth: What is known.
        points: By the keypoint's name; other keypoints of the truth are left out.
    """
    order = {name: idx for idx, name in enumerate(points)}
    n_frames = project.video.n_frames
    positions = np.full((n_frames, len(points), 2), np.nan)
    visible = np.zeros((n_frames, len(points)), np.bool_)
    labeled = np.zeros((n_frames, len(points)), np.bool_)
    for frame_idx, name, (x, y, seen) in truth.all_points():
        if name in order:
            positions[frame_idx, order[name]] = x, y
            visible[frame_idx, order[name]] = seen == 1
    for name, point in points.items():
        labeled[list(project.labels.get(point, {})), order[name]] = True
    mask = scored_mask(positions, visible, labeled)
    return TruthTable(tuple(points), tuple(points.values()), positions, mask)


def evaluate(project: Project, truth: TruthFile, individual_id: int) -> Evaluation:
    """Score the tracks of one individual.

    Raises:
        TalposeError: No keypoint of the truth file has a track.
    """
    tracked: dict[str, PointId] = {}
    for name in truth.keypoints:
        keypoint = project.skeleton.by_name(name)
        if keypoint is not None and PointId(individual_id, keypoint.keypoint_id) in project.tracks:
            tracked[name] = PointId(individual_id, keypoint.keypoint_id)
    if not tracked:
        raise TalposeError("No keypoint of the truth file has a track.", hint="Run talpose track first.")
    table = lay_out_truth(project, truth, tracked)
    tracks = np.stack([project.tracks[point].positions for point in table.points], axis=1)
    return Evaluation(
        score(tracks, table.positions, table.mask, project.video.size),
        {
            name: score(
                tracks[:, i : i + 1],
                table.positions[:, i : i + 1],
                table.mask[:, i : i + 1],
                project.video.size,
            )
            for i, name in enumerate(table.names)
        },
        tuple(name for name in truth.keypoints if name not in tracked),
    )
