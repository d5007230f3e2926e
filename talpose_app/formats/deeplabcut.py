"""DeepLabCut's CollectedData: labels of the pictures that a network is trained on, in and out.

A table of ``dlc_table`` with x and y of each point. It has no word for hidden points: a cell with numbers
means that the point is seen there, an empty one that it is not or was not labeled. Positions count from the
center of the top-left pixel, as here.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from talpose_app.errors import FormatError
from talpose_app.formats.cells import label_cells
from talpose_app.formats.dlc_table import (
    PICTURES,
    UNIQUE,
    DlcPoint,
    DlcRow,
    DlcTable,
    header_rows,
    read_number,
    read_table,
)
from talpose_app.formats.files import replacing
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.incoming import FileContent, IncomingLabel, plan_import
from talpose_app.formats.pictures import picture_frame, picture_name, pictures_of_video, video_folder
from talpose_app.formats.wording import counted
from talpose_app.model.label import PointId, Visibility
from talpose_app.model.project import Project


class DeepLabCutExporter:
    """Visible labels as DeepLabCut's training data.

    Occluded labels are left out: a network that is trained on guesses would be sure of what it cannot see.
    """

    name = "deeplabcut"
    title = "DeepLabCut training data"
    text = "Labels only, as CollectedData CSV for a DeepLabCut project."
    extension = ".deeplabcut.csv"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        points = _points(project)
        counts = Counter(label.visibility for label in project.all_labels())
        folder = (PICTURES, video_folder(project.video))
        with replacing(path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows(header_rows(points.values(), ("x", "y"), 3))
            for frame_idx in project.keyframes():
                cells = [cell for point in points for cell in _cells(project, point, frame_idx)]
                # pandas takes an empty first row for a row of names; and DeepLabCut learns nothing from one.
                if any(cells):
                    writer.writerow([*folder, picture_name(project.video, frame_idx), *cells])
        return _losses(counts)


def _points(project: Project) -> dict[PointId, DlcPoint]:
    """The columns: every keypoint of every individual.

    Several individuals of which one is called ``single`` share the keypoints as DeepLabCut has it: ``single``
    owns those labeled under it, the others have all the rest.
    """
    names = {individual.individual_id: individual.name for individual in project.individuals}
    if len(names) == 1:
        return {p: DlcPoint(None, _keypoint(project, p)) for p in project.points()}
    unique = {p.keypoint_id for p in project.labels if names[p.individual_id] == UNIQUE}
    shared = {p.keypoint_id for p in project.labels if names[p.individual_id] != UNIQUE}
    return {
        point: DlcPoint(names[point.individual_id], _keypoint(project, point))
        for point in project.points()
        if (
            point.keypoint_id in unique
            if names[point.individual_id] == UNIQUE
            else point.keypoint_id in shared or point.keypoint_id not in unique
        )
    }


def _keypoint(project: Project, point: PointId) -> str:
    return project.skeleton.keypoint(point.keypoint_id).name


def _cells(project: Project, point: PointId, frame_idx: int) -> tuple[str, str]:
    label = project.label(point, frame_idx)
    return label_cells(label) if label is not None and label.visibility is Visibility.VISIBLE else ("", "")


def _losses(counts: Counter[Visibility]) -> list[str]:
    report: list[str] = []
    if counts[Visibility.OCCLUDED]:
        left_out = counted(counts[Visibility.OCCLUDED], "occluded label")
        report.append(f"Left out: {left_out}. In DeepLabCut a position means that the point is seen there.")
    if counts[Visibility.ABSENT]:
        left_out = counted(counts[Visibility.ABSENT], "label")
        report.append(
            f"Left out: {left_out} of absent points, which DeepLabCut does not tell from unlabeled ones."
        )
    return report


class DeepLabCutImporter:
    """Every position in the table becomes a visible label."""

    name = "deeplabcut"
    title = "DeepLabCut training data"
    text = "Labels of a CollectedData CSV, of one or several animals."
    extension = ".csv"

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        return plan_import(path, _content(path, read_table(path), project), project, options)


def _content(path: Path, table: DlcTable, project: Project) -> FileContent:
    axes = _axes(path, table)
    chosen, notes = pictures_of_video(path, [row.place for row in table.rows], project.video)
    labels: list[IncomingLabel] = []
    taken: set[int] = set()
    for row in map(table.rows.__getitem__, chosen):
        frame_idx = _frame(path, row)
        if frame_idx in taken:
            raise FormatError(f"{path}, line {row.line}: the picture of frame {frame_idx} is there twice.")
        taken.add(frame_idx)
        labels += _labels(path, row, frame_idx, axes)
    return FileContent(
        labels,
        keypoints=dict.fromkeys(point.keypoint for point in axes),
        individuals=list(dict.fromkeys(p.individual for p in axes if p.individual is not None)),
        notes=notes,
    )


def _labels(
    path: Path, row: DlcRow, frame_idx: int, axes: dict[DlcPoint, tuple[int, int]]
) -> Iterator[IncomingLabel]:
    for point, columns in axes.items():
        try:
            x, y = (read_number(row.cells[column]) for column in columns)
        except ValueError as error:
            raise FormatError(f"{path}, line {row.line}: {error}.") from error
        if (x is None) != (y is None):
            raise FormatError(f"{path}, line {row.line}: {point.keypoint!r} has only one coordinate.")
        if x is not None and y is not None:
            yield IncomingLabel(point.individual, point.keypoint, frame_idx, x, y)


def _axes(path: Path, table: DlcTable) -> dict[DlcPoint, tuple[int, int]]:
    """The columns of each point's x and y."""
    found: dict[DlcPoint, dict[str, int]] = {}
    for column, (point, coord) in enumerate(table.columns):
        if coord == "likelihood":
            raise FormatError(
                f"{path} holds predictions (it has likelihood columns), and predictions are not labels.",
                hint="Import the CollectedData file of the labels.",
            )
        if coord not in ("x", "y") or coord in found.setdefault(point, {}):
            raise FormatError(
                f"{path} has a column {coord!r} of {point.keypoint!r} that should not be there."
            )
        found[point][coord] = column
    if any(len(columns) != 2 for columns in found.values()):
        raise FormatError(f"{path} has a body part with x or y but not both.")
    if any(name is not None and not name.strip() for p in found for name in (p.individual, p.keypoint)):
        raise FormatError(f"{path} has a body part or individual without a name.")
    return {point: (columns["x"], columns["y"]) for point, columns in found.items()}


def _frame(path: Path, row: DlcRow) -> int:
    frame_idx = picture_frame(row.place)
    if frame_idx is None:
        raise FormatError(
            f"{path}, line {row.line}: {row.place!r} does not tell its frame.",
            hint="Pictures must be named as DeepLabCut names them: img0012.png is frame 12.",
        )
    return frame_idx
