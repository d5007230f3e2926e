"""The tidy table: one row for each predicted or labeled point. The reader is pandas, R or a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from talpose_app.formats.files import replacing
from talpose_app.model.label import Label, Visibility
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
            _predicted_cells(project.tracks.get(point)),
        )
        for point in project.points()
        if point in project.labels or point in project.tracks
    ]
    for frame_idx in range(project.video.n_frames):
        for individual, keypoint, labels, predicted in columns:
            label = labels.get(frame_idx)
            if label is not None:
                yield (frame_idx, individual, keypoint, *_label_cells(label))
            elif frame_idx in predicted:
                yield (frame_idx, individual, keypoint, *predicted[frame_idx])


def _label_cells(label: Label) -> _Row:
    """Cells of a label; ``repr`` gives the shortest digits that read back as the same float64."""
    if not label.has_position:
        return ("", "", Visibility.ABSENT.value, LABEL_CONFIDENCE, "label")
    return (repr(float(label.x)), repr(float(label.y)), label.visibility.value, LABEL_CONFIDENCE, "label")


def _predicted_cells(track: Track | None) -> dict[int, _Row]:
    """Cells of the frames at which a track has a position."""
    if track is None:
        return {}
    # Lists of plain numbers: numpy's own scalars take several times as long to write.
    columns = (track.positions[:, 0], track.positions[:, 1], track.visibility, track.confidence)
    rows = enumerate(zip(*(column.tolist() for column in columns), strict=True))
    return {
        frame_idx: (
            f"{x:.{POSITION_DECIMALS}f}",
            f"{y:.{POSITION_DECIMALS}f}",
            "visible" if is_seen else "occluded",
            f"{confidence:.{CONFIDENCE_DECIMALS}f}",
            "predicted",
        )
        for frame_idx, (x, y, is_seen, confidence) in rows
        if isfinite(x) and isfinite(y)
    }
