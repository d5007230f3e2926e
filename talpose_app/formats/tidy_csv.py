"""The tidy table: one row for each predicted or labeled point. The reader is pandas, R or a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from talpose_app.formats.cells import PredictedCells, label_cells, predicted_cells
from talpose_app.formats.files import replacing
from talpose_app.model.label import Label
from talpose_app.model.project import Project

COLUMNS = ("frame", "individual", "keypoint", "x", "y", "visibility", "confidence", "source")

#: What a label's confidence column says: the user is sure, so filters on confidence keep labels.
LABEL_CONFIDENCE = "1"

_Row = tuple[str | int, ...]


class TidyCsvExporter:
    """``frame,individual,keypoint,x,y,visibility,confidence,source``, sorted by frame, then display order.

    Where a point has a label at a frame, the label is its row there and no prediction is written.
    """

    name = "csv"
    title = "Tidy table, CSV"
    text = "One row for each labeled or predicted point: for pandas, R and spreadsheets."
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
    columns = [
        (
            individuals[point.individual_id],
            keypoints[point.keypoint_id],
            project.labels.get(point, {}),
            predicted_cells(project.tracks.get(point)),
        )
        for point in project.points()
        if point in project.labels or point in project.tracks
    ]
    for frame_idx in range(project.video.n_frames):
        for individual, keypoint, labels, predicted in columns:
            label = labels.get(frame_idx)
            if label is not None:
                yield (frame_idx, individual, keypoint, *_label_row(label))
            elif frame_idx in predicted:
                yield (frame_idx, individual, keypoint, *_predicted_row(predicted[frame_idx]))


def _label_row(label: Label) -> _Row:
    return (*label_cells(label), label.visibility.value, LABEL_CONFIDENCE, "label")


def _predicted_row(cells: PredictedCells) -> _Row:
    return (cells.x, cells.y, "visible" if cells.is_seen else "occluded", cells.confidence, "predicted")
