"""The best tracks a run has made so far, and the edit that makes them part of the project."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.edits import Batch, ChangeRuns, ChangeTracks
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.run import Run
from talpose_app.model.track import Track
from talpose_app.tracking.stretches import stretches
from talpose_app.tracking.tracker import RunUpdate


class RunResult:
    """Collects the updates marked best, point by point and frame by frame.

    Args:
        points: The request's points.
        n_frames: Frames of the video.
    """

    def __init__(self, points: Sequence[PointId], n_frames: int) -> None:
        self._points = tuple(points)
        shape = (n_frames, len(points))
        self._positions = np.full((*shape, 2), np.nan, np.float32)
        self._visibility = np.zeros(shape, np.bool_)
        self._confidence = np.zeros(shape, np.float32)
        self._is_covered = np.zeros(shape, np.bool_)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self._is_covered.any()

    def points_of(self, update: RunUpdate) -> tuple[PointId, ...]:
        """The points an update's arrays cover."""
        columns: list[int] = self._columns(update).tolist()
        return tuple(self._points[idx] for idx in columns)

    def add(self, update: RunUpdate) -> None:
        """Take over an update if it is the best so far."""
        if not update.is_best:
            return
        rows = np.arange(*update.span)[:, np.newaxis]
        columns = self._columns(update)[np.newaxis]
        self._positions[rows, columns] = update.positions
        self._visibility[rows, columns] = update.visibility
        self._confidence[rows, columns] = update.confidence
        self._is_covered[rows, columns] = True

    def _columns(self, update: RunUpdate) -> NDArray[np.int64]:
        return np.arange(len(self._points)) if update.points is None else update.points

    def to_edit(self, project: Project, run: Run) -> Batch:
        """Make the one step that puts the tracks into a project; points deleted meanwhile are left out."""
        changes = tuple(
            (point, self._merged(project, idx, run.run_id))
            for idx, point in enumerate(self._points)
            if project.has_point(point) and self._is_covered[:, idx].any()
        )
        return Batch((ChangeTracks(changes), ChangeRuns((*project.runs, run))))

    def _merged(self, project: Project, idx: int, run_id: int) -> Track:
        """A point's track with the covered frames replaced; the others stay as they were shown."""
        track = project.tracks.get(self._points[idx]) or Track.empty(len(self._positions))
        for frames in stretches(self._is_covered[:, idx]):
            piece = Track(
                self._positions[frames, idx].copy(),
                self._visibility[frames, idx].copy(),
                self._confidence[frames, idx].copy(),
            )
            track = track.replaced(frames.start, piece, run_id)
        return track
