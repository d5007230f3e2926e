"""Truth files (``talpose-labels``): sparse labels as plain JSON, in and out.

``{"video", "fps", "width", "height", "keypoints": [names], "frames": {"12": {"nose": [x, y, visible]}},
"source", "license", "label_kind"}``; ``visible`` is 1, or 0 for a hidden point whose position is known.
Several individuals share the list of keypoints under composed names, which ``points`` takes apart again.
Other fields are read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from talpose_app.errors import FormatError
from talpose_app.formats.files import replacing
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.incoming import FileContent, IncomingLabel, check_frames, check_size, plan_import
from talpose_app.formats.json_text import read_json
from talpose_app.formats.point_names import describe_point_names, point_names
from talpose_app.formats.wording import describe_absent
from talpose_app.model.label import PointId, Visibility
from talpose_app.model.project import Project

#: x, y in image pixels (the center of the top-left pixel is (0, 0)), and whether the point is seen.
TruthPoint = tuple[float, float, Literal[0, 1]]


class TruthFile(msgspec.Struct, frozen=True, kw_only=True):
    """A truth file as it is on the disk; fields it does not name are ignored.

    Attributes:
        width: Of the video as displayed, in pixels.
        height: Of the video as displayed, in pixels.
        keypoints: Names, each once.
        frames: By frame index as text, then by name.
        points: Individual and keypoint of each name in ``keypoints``; left out for one individual.
        video: Its file's name, told to people.
        fps: Told to people.
        source: Told to people.
        license: Told to people.
        label_kind: Told to people.
    """

    width: int
    height: int
    keypoints: list[str]
    frames: dict[str, dict[str, TruthPoint]]
    points: dict[str, tuple[str, str]] | msgspec.UnsetType = msgspec.UNSET
    video: str = ""
    fps: float = 0.0
    source: str = ""
    license: str = ""
    label_kind: str = ""

    def all_points(self) -> Iterator[tuple[int, str, TruthPoint]]:
        """Every point as (frame_idx, keypoint name, values), by frame, then in the file's order."""
        for frame_idx in sorted(int(key) for key in self.frames):
            for name, point in self.frames[str(frame_idx)].items():
                yield frame_idx, name, point


def read_truth(path: Path, project: Project) -> TruthFile:
    """Read a truth file and check that it belongs to the project's video.

    Raises:
        FormatError: The file cannot be read, is not a truth file, or does not fit the video.
    """
    truth = read_json(path, TruthFile, "a talpose-labels file")
    _check_names(path, truth)
    _check_points(path, truth)
    check_size(path, (truth.width, truth.height), project)
    check_frames(path, map(int, truth.frames), project)
    return truth


def _check_names(path: Path, truth: TruthFile) -> None:
    known = set(truth.keypoints)
    if len(known) != len(truth.keypoints):
        raise FormatError(f"{path} names a keypoint twice.")
    if any(not name.strip() for name in known):
        raise FormatError(f"{path} has a keypoint without a name.")
    for key, points in truth.frames.items():
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", key):
            raise FormatError(f"{path} has a frame {key!r}, which is no frame index.")
        unknown = [name for name in points if name not in known]
        if unknown:
            raise FormatError(
                f"{path} has a point {unknown[0]!r} at frame {key} that its keypoint list lacks."
            )


def _check_points(path: Path, truth: TruthFile) -> None:
    if truth.points is msgspec.UNSET:
        return
    if truth.points.keys() != set(truth.keypoints):
        raise FormatError(f'{path}: "points" and "keypoints" do not have the same names.')
    if len(set(truth.points.values())) != len(truth.points):
        raise FormatError(f'{path}: "points" has a keypoint of an individual twice.')
    if any(not name.strip() for pair in truth.points.values() for name in pair):
        raise FormatError(f'{path}: "points" has an individual or keypoint without a name.')


class TalposeLabelsImporter:
    """Labels of a truth file become labels of one individual, or of those it names."""

    name = "talpose-labels"
    title = "TALPose labels"
    text = "Truth files, as scripts and this app write them."
    extension = ".json"

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        return plan_import(path, _content(read_truth(path, project)), project, options)


def _content(truth: TruthFile) -> FileContent:
    whose: dict[str, tuple[str | None, str]] = {name: (None, name) for name in truth.keypoints}
    if truth.points is not msgspec.UNSET:
        whose.update(truth.points)
    labels = [
        IncomingLabel(*whose[name], frame_idx, x, y, Visibility.VISIBLE if seen else Visibility.OCCLUDED)
        for frame_idx, name, (x, y, seen) in truth.all_points()
    ]
    return FileContent(
        labels,
        keypoints=dict.fromkeys(keypoint for _, keypoint in whose.values()),
        individuals=list(dict.fromkeys(name for name, _ in whose.values() if name is not None)),
    )


class TalposeLabelsExporter:
    """The project's labels, without tracks, as a truth file."""

    name = "talpose-labels"
    title = "TALPose labels"
    text = "Labels only, as a small JSON that scripts read and write."
    extension = ".labels.json"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        names = point_names(project)
        frames: dict[str, dict[str, TruthPoint]] = {str(frame_idx): {} for frame_idx in project.keyframes()}
        n_absent = 0
        for label in project.all_labels():
            if label.has_position:
                visible = 1 if label.visibility is Visibility.VISIBLE else 0
                frames[str(label.frame_idx)][names[label.point]] = (label.x, label.y, visible)
            else:
                n_absent += 1
        truth = TruthFile(
            width=project.video.width,
            height=project.video.height,
            keypoints=list(names.values()),
            frames=frames,
            points=_parts(project, names),
            video=Path(project.video.path).name,
            fps=project.video.fps,
            source="TALPose",
            label_kind="human",
        )
        with replacing(path) as stream:
            stream.write(msgspec.json.encode(truth).decode() + "\n")
        return [*describe_absent(n_absent), *describe_point_names(project)]


def _parts(project: Project, names: dict[PointId, str]) -> dict[str, tuple[str, str]] | msgspec.UnsetType:
    """Individual and keypoint of each composed name; nothing for one individual, whose names need no key."""
    if len(project.individuals) == 1:
        return msgspec.UNSET
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    return {
        name: (individuals[point.individual_id], project.skeleton.keypoint(point.keypoint_id).name)
        for point, name in names.items()
    }
