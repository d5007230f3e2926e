"""Lightning Pose's labels: DeepLabCut's table of one animal, with a third column for each point.

``visible`` is 0 for a point that was not labeled (no part of the loss), 1 for one that is occluded (the
network is taught to be unsure; the position is not used), 2 for one that is seen. Source: pull request 440 of
Lightning Pose, June 2026; older versions do not know the column.
"""

from __future__ import annotations

import csv
from pathlib import Path

from talpose_app.formats.cells import label_cells
from talpose_app.formats.dlc_table import PICTURES, DlcPoint, header_rows
from talpose_app.formats.files import replacing
from talpose_app.formats.pictures import picture_name, video_folder
from talpose_app.formats.point_names import describe_point_names, point_names
from talpose_app.formats.wording import counted
from talpose_app.model.label import Label, Visibility
from talpose_app.model.project import Project

#: Absent points are taught like occluded ones, without a position: the network is to be unsure of both.
_VISIBLE = {Visibility.VISIBLE: "2", Visibility.OCCLUDED: "1", Visibility.ABSENT: "1"}

_UNLABELED = ("", "", "0")


class LightningPoseExporter:
    """Labels with their visibility; points without a label are marked as such."""

    name = "lightning-pose"
    title = "Lightning Pose training data"
    text = "Labels only, with visible, occluded and unlabeled points told apart."
    extension = ".lightning-pose.csv"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        names = point_names(project)
        folder = f"{PICTURES}/{video_folder(project.video)}"
        with replacing(path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows(
                header_rows([DlcPoint(None, name) for name in names.values()], ("x", "y", "visible"), 1)
            )
            for frame_idx in project.keyframes():
                cells = [cell for point in names for cell in _cells(project.label(point, frame_idx))]
                writer.writerow([f"{folder}/{picture_name(project.video, frame_idx)}", *cells])
        return [*_losses(project), *describe_point_names(project)]


def _cells(label: Label | None) -> tuple[str, str, str]:
    return _UNLABELED if label is None else (*label_cells(label), _VISIBLE[label.visibility])


def _losses(project: Project) -> list[str]:
    n_absent = sum(not label.has_position for label in project.all_labels())
    if not n_absent:
        return []
    return [f"{counted(n_absent, 'label')} of absent points written as occluded ones without a position."]
