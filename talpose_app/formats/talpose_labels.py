"""Truth files (``talpose-labels``): sparse labels of one individual as plain JSON, in and out.

``{"video", "fps", "width", "height", "keypoints": [names], "frames": {"12": {"nose": [x, y, visible]}},
"source", "license", "label_kind"}``; ``visible`` is 1, or 0 for a hidden point whose position is known.
Other fields are read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from talpose_app.errors import FormatError, TalposeError
from talpose_app.formats.files import replacing
from talpose_app.formats.importing import ImportOptions, ImportResult, describe_kept, merge_labels
from talpose_app.model.edits import Batch, ChangeSkeleton, Edit
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Project
from talpose_app.model.skeleton import Skeleton

#: x, y in image pixels (the center of the top-left pixel is (0, 0)), and whether the point is seen.
TruthPoint = tuple[float, float, Literal[0, 1]]


class TruthFile(msgspec.Struct, frozen=True, kw_only=True):
    """A truth file as it is on the disk; fields it does not name are ignored."""

    width: int
    height: int
    keypoints: list[str]
    frames: dict[str, dict[str, TruthPoint]]
    video: str = ""
    fps: float = 0.0
    source: str = ""
    license: str = ""
    label_kind: str = ""

    def points(self) -> Iterator[tuple[int, str, TruthPoint]]:
        """Every point as (frame_idx, keypoint name, values), by frame, then in the file's order."""
        for frame_idx in sorted(int(key) for key in self.frames):
            for name, point in self.frames[str(frame_idx)].items():
                yield frame_idx, name, point


def read_truth(path: Path, project: Project) -> TruthFile:
    """Read a truth file and check that it belongs to the project's video.

    Raises:
        FormatError: The file cannot be read, is not a truth file, or does not fit the video.
    """
    try:
        truth = msgspec.json.decode(path.read_bytes(), type=TruthFile)
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            f"{path} is not a talpose-labels file: {error}.", hint="docs/formats.md describes the format."
        ) from error
    _check_names(path, truth)
    _check_fit(path, truth, project)
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


def _check_fit(path: Path, truth: TruthFile, project: Project) -> None:
    video = project.video
    if (truth.width, truth.height) != (video.width, video.height):
        raise FormatError(
            f"{path} is for a {truth.width}x{truth.height} video, this one is {video.width}x{video.height}.",
            hint="Import the labels of this very video.",
        )
    last = max((int(key) for key in truth.frames), default=0)
    if last >= video.n_frames:
        raise FormatError(
            f"{path} has labels up to frame {last}, the video ends at frame {video.n_frames - 1}.",
            hint="Import the labels of this very video.",
        )


class TalposeLabelsImporter:
    """Labels of a truth file become labels of one individual."""

    name = "talpose-labels"
    title = "TALPose labels (truth file)"
    extension = ".json"

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        truth = read_truth(path, project)
        individual_id = options.individual_id or project.individuals[0].individual_id
        skeleton = _with_keypoints(project.skeleton, truth.keypoints)
        labels = [
            _label(
                PointId(individual_id, _id_of(skeleton, name)), frame_idx, point, options.time_s(frame_idx)
            )
            for frame_idx, name, point in truth.points()
            if options.takes(frame_idx)
        ]
        merged = merge_labels(project, labels, overwrite=options.overwrite)
        edits: list[Edit] = [merged.edit] if merged.edit.changes else []
        if skeleton != project.skeleton:
            edits.insert(0, ChangeSkeleton(skeleton))
        widened = replace(project, skeleton=skeleton)
        return ImportResult(
            Batch(tuple(edits)),
            n_new=merged.n_new,
            n_replaced=merged.n_replaced,
            n_same=merged.n_same,
            n_kept=len(merged.kept),
            n_keypoints=len(skeleton.keypoints) - len(project.skeleton.keypoints),
            report=[*describe_kept(widened, merged.kept), *_describe_outside(project, labels)],
        )


def _with_keypoints(skeleton: Skeleton, names: list[str]) -> Skeleton:
    """Add the keypoints that are missing, in the file's order."""
    for name in names:
        if skeleton.by_name(name) is None:
            skeleton = skeleton.with_keypoint(name)
    return skeleton


def _id_of(skeleton: Skeleton, name: str) -> int:
    keypoint = skeleton.by_name(name)
    assert keypoint is not None, f"{name} was added before"
    return keypoint.keypoint_id


def _label(point: PointId, frame_idx: int, values: TruthPoint, time_s: float | None) -> Label:
    x, y, visible = values
    try:
        seen = Visibility.VISIBLE if visible else Visibility.OCCLUDED
        return Label(point, frame_idx, x, y, seen, time_s)
    except TalposeError as error:
        raise FormatError(f"Frame {frame_idx}: {error.message}") from error


def _describe_outside(project: Project, labels: list[Label]) -> list[str]:
    """Say how many labels lie outside the picture; they are taken as they are."""
    width, height = project.video.width, project.video.height
    n_outside = sum(
        not (-0.5 <= label.x <= width - 0.5 and -0.5 <= label.y <= height - 0.5) for label in labels
    )
    return [f"{n_outside} labels lie outside the picture; they were taken as they are."] if n_outside else []


class TalposeLabelsExporter:
    """The project's labels, without tracks, as a truth file."""

    name = "talpose-labels"
    title = "TALPose labels (labels only)"
    extension = ".labels.json"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        names = _point_names(project)
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
            video=Path(project.video.path).name,
            fps=project.video.fps,
            source="TALPose",
            label_kind="human",
        )
        with replacing(path) as stream:
            stream.write(msgspec.json.encode(truth).decode() + "\n")
        return _losses(project, n_absent)


def _point_names(project: Project) -> dict[PointId, str]:
    """What each point is called in the file: the keypoint, after its individual if there are several."""
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    alone = len(individuals) == 1
    return {
        point: name if alone else f"{individuals[point.individual_id]}/{name}"
        for point in project.points()
        for name in [project.skeleton.keypoint(point.keypoint_id).name]
    }


def _losses(project: Project, n_absent: int) -> list[str]:
    report: list[str] = []
    if n_absent:
        report.append(
            f"{n_absent} labels that say a point is absent are left out: the format has no word for it."
        )
    if len(project.individuals) > 1:
        report.append("The format knows no individuals: keypoints are named individual/keypoint.")
    return report
