"""Tracks as DeepLabCut's ``analyze_videos`` writes them, which most analysis programs read.

A table of ``dlc_table`` with x, y and likelihood of each point and a row for each frame of the video, named
by its number from 0. Every individual has every keypoint, because readers such as movement fold the columns
into an array.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from talpose_app.formats.cells import label_cells, predicted_cells
from talpose_app.formats.dlc_table import DlcPoint, header_rows
from talpose_app.formats.files import replacing
from talpose_app.formats.wording import counted
from talpose_app.model.label import Label, Visibility
from talpose_app.model.project import Project

#: A point without a position. Its likelihood is a number: filters compare it and take its logarithm.
_NOWHERE = ("", "", "0")

#: A label's likelihood: the user is sure.
_SURE = "1"


class DeepLabCutPredictionsExporter:
    """Labels where there are some, predictions elsewhere."""

    name = "deeplabcut-predictions"
    title = "DeepLabCut analysis, CSV"
    text = "Tracks and labels with likelihood, for movement, Anipose, SimBA and others."
    extension = ".dlc.csv"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        names = {individual.individual_id: individual.name for individual in project.individuals}
        points = [
            DlcPoint(
                None if len(names) == 1 else names[point.individual_id],
                project.skeleton.keypoint(point.keypoint_id).name,
            )
            for point in project.points()
        ]
        with replacing(path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows(header_rows(points, ("x", "y", "likelihood"), 1))
            writer.writerows(_rows(project))
        return _losses(project)


def _rows(project: Project) -> Iterator[list[str | int]]:
    columns = [
        (project.labels.get(point, {}), predicted_cells(project.tracks.get(point)))
        for point in project.points()
    ]
    for frame_idx in range(project.video.n_frames):
        row: list[str | int] = [frame_idx]
        for labels, predicted in columns:
            if frame_idx in labels:
                row += _label(labels[frame_idx])
            elif frame_idx in predicted:
                row += predicted[frame_idx][:3]
            else:
                row += _NOWHERE
        yield row


def _label(label: Label) -> tuple[str, str, str]:
    return (*label_cells(label), _SURE) if label.has_position else _NOWHERE


def _losses(project: Project) -> list[str]:
    labels = [label.visibility for label in project.all_labels()]
    n_occluded, n_absent = labels.count(Visibility.OCCLUDED), labels.count(Visibility.ABSENT)
    report: list[str] = []
    if n_occluded:
        report.append(
            f"{counted(n_occluded, 'occluded label')} written like the visible ones, with likelihood 1."
        )
    if n_absent:
        report.append(
            f"{counted(n_absent, 'label')} of absent points written as not found, with likelihood 0."
        )
    if project.made:
        report.append("Whether a predicted point is visible or hidden is not in the file.")
    return report
