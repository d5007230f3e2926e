"""The tidy table: one row for each predicted or labeled point. The reader is pandas, R or a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talpose_app.formats.files import replacing
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Project
from talpose_app.model.track import Track

COLUMNS = ("frame", "individual", "keypoint", "x", "y", "visibility", "confidence", "source")

#: Decimals of a predicted position: a thousandth of a pixel is far below what a tracker can tell.
POSITION_DECIMALS = 3

#: Decimals of a prediction's confidence.
CONFIDENCE_DECIMALS = 4

#: What a label's confidence column says: the user is sure, so filters on confidence keep labels.
LABEL_CONFIDENCE = "1"

_Row = tuple[str | int, ...]


class TidyCsvExporter:
    """``frame,individual,keypoint,x,y,visibility,confidence,source``, sorted by frame, then display order.

    Where a point has a label at a frame, the label is its row there and no prediction is written.
    """

    name = "csv"
    title = "Tidy table (CSV)"
    extension = ".csv"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        with replacing(path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_rows(project))
        return []


def _rows(project: Project) -> Iterator[_Row]:
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    keypoints = {keypoint.keypoint_id: keypoint.name for keypoint in project.skeleton.keypoints}
    points = [
        (individuals[point.individual_id], keypoints[point.keypoint_id], point)
        for point in project.points()
        if point in project.labels or point in project.tracks
    ]
    predicted = {point: _predicted_frames(track) for point, track in project.tracks.items()}
    for frame_idx in _frames_with_rows(project, predicted):
        for individual, keypoint, point in points:
            label = project.labels.get(point, {}).get(frame_idx)
            if label is not None:
                yield (frame_idx, individual, keypoint, *_label_cells(label))
            elif point in predicted and predicted[point][frame_idx]:
                yield (frame_idx, individual, keypoint, *_track_cells(project.tracks[point], frame_idx))


def _predicted_frames(track: Track) -> NDArray[np.bool_]:
    """Frames at which a track has a position; shape (n_frames,), bool."""
    return np.isfinite(track.positions[:, 0]) & np.isfinite(track.positions[:, 1])


def _frames_with_rows(project: Project, predicted: dict[PointId, NDArray[np.bool_]]) -> list[int]:
    has_rows = np.zeros(project.video.n_frames, np.bool_)
    has_rows[project.keyframes()] = True
    for frames in predicted.values():
        has_rows |= frames
    return [int(frame_idx) for frame_idx in np.flatnonzero(has_rows)]


def _label_cells(label: Label) -> _Row:
    """Cells of a label; ``repr`` gives the shortest digits that read back as the same float64."""
    if not label.has_position:
        return ("", "", Visibility.ABSENT.value, LABEL_CONFIDENCE, "label")
    return (repr(float(label.x)), repr(float(label.y)), label.visibility.value, LABEL_CONFIDENCE, "label")


def _track_cells(track: Track, frame_idx: int) -> _Row:
    x, y = (f"{value:.{POSITION_DECIMALS}f}" for value in track.positions[frame_idx])
    seen = Visibility.VISIBLE if track.visibility[frame_idx] else Visibility.OCCLUDED
    confidence = f"{track.confidence[frame_idx]:.{CONFIDENCE_DECIMALS}f}"
    return (x, y, seen.value, confidence, "predicted")
