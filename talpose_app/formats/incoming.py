"""What a file brings, by names, and the one edit that brings it into a project. Shared by all importers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from talpose_app.errors import EditError, FormatError
from talpose_app.formats.importing import (
    ImportOptions,
    ImportResult,
    describe_kept,
    describe_outside,
    merge_labels,
)
from talpose_app.model.edits import Batch, ChangeIndividuals, ChangeSkeleton, Edit
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.names import check_name
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton


@dataclass(frozen=True, slots=True)
class IncomingLabel:
    """A label as a file tells it.

    Attributes:
        individual: Its name; None in a format that knows no individuals.
        keypoint: Its name.
        frame_idx: 0-based.
        x: Image pixels, float64; NaN when absent.
        y: Image pixels, float64; NaN when absent.
        visibility: Visible, occluded or absent.
        time_s: Presentation time of the frame in the project's video, if the file is known to tell that.
    """

    individual: str | None
    keypoint: str
    frame_idx: int
    x: float
    y: float
    visibility: Visibility = Visibility.VISIBLE
    time_s: float | None = None


@dataclass(frozen=True, slots=True)
class FileContent:
    """Everything a file brings.

    Attributes:
        labels: In any order.
        keypoints: Names, each once, with the color the file gives or None.
        individuals: Names, each once; empty in a format that knows none.
        edges: Pairs of names of ``keypoints``.
        symmetries: Pairs of names of ``keypoints``.
        notes: What the user should know about the file, in sentences.
    """

    labels: list[IncomingLabel]
    keypoints: dict[str, str | None]
    individuals: list[str] = field(default_factory=list[str])
    edges: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    symmetries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    notes: list[str] = field(default_factory=list[str])


def plan_import(path: Path, content: FileContent, project: Project, options: ImportOptions) -> ImportResult:
    """Work out the edit that brings a file's content into the project.

    Args:
        path: The file, for messages.
        content: What it holds.
        project: What the user has; it wins over the file unless ``options.overwrite``.
        options: What to take.

    Raises:
        FormatError: A label lies behind the end of the video, is no label or there twice, or a name is none.
    """
    check_frames(path, (label.frame_idx for label in content.labels), project)
    skeleton = _widened(path, project.skeleton, content)
    individuals, ids = _individuals(path, project, content.individuals, options)
    labels = _labels(path, content.labels, skeleton, ids, options)
    merged = merge_labels(project, labels, overwrite=options.overwrite)
    edits: list[Edit] = []
    if skeleton != project.skeleton:
        edits.append(ChangeSkeleton(skeleton))
    if individuals != project.individuals:
        edits.append(ChangeIndividuals(individuals))
    if merged.edit.changes:
        edits.append(merged.edit)
    widened = replace(project, skeleton=skeleton, individuals=individuals)
    return ImportResult(
        Batch(tuple(edits)),
        n_new=merged.n_new,
        n_replaced=merged.n_replaced,
        n_same=merged.n_same,
        n_kept=len(merged.kept),
        n_keypoints=len(skeleton.keypoints) - len(project.skeleton.keypoints),
        report=[*content.notes, *describe_kept(widened, merged.kept), *describe_outside(project, labels)],
    )


def check_size(path: Path, size: tuple[int, int], project: Project) -> None:
    """Refuse a file made for pictures of another size.

    Args:
        path: The file, for the message.
        size: (width, height) it was made for, in pixels.
        project: Its video's size counts.

    Raises:
        FormatError: The sizes differ.
    """
    video = project.video
    if size != video.size:
        raise FormatError(
            f"{path} is for a {size[0]}x{size[1]} video, this one is {video.width}x{video.height}.",
            hint="Import the labels of this very video.",
        )


def check_frames(path: Path, frames: Iterable[int], project: Project) -> None:
    """Refuse a file that goes beyond the end of the video.

    Raises:
        FormatError: A frame is not in the video.
    """
    last = max(frames, default=0)
    if last >= project.video.n_frames:
        raise FormatError(
            f"{path} has labels up to frame {last}, the video ends at frame {project.video.n_frames - 1}.",
            hint="Import the labels of this very video.",
        )


def _widened(path: Path, skeleton: Skeleton, content: FileContent) -> Skeleton:
    """Add the keypoints, edges and symmetries that are missing, in the file's order."""
    try:
        return skeleton.widened(content.keypoints, content.edges, content.symmetries)
    except EditError as error:
        raise FormatError(f"{path}: {error.message}") from error


def _individuals(
    path: Path, project: Project, names: list[str], options: ImportOptions
) -> tuple[tuple[Individual, ...], dict[str | None, int]]:
    """Find who gets the labels: the project's individuals afterwards, and the id of each name in the file."""
    if options.individual_id is not None or not names:
        if len(names) > 1:
            raise FormatError(
                f"{path} holds labels of several individuals ({', '.join(names)}).",
                hint="Name no individual: they go by their names in the file.",
            )
        whose = options.individual_id or project.individuals[0].individual_id
        return project.individuals, dict.fromkeys((None, *names), whose)
    individuals = _renamed_if_untouched(path, project, names)
    for name in names:
        if all(individual.name != name for individual in individuals):
            _check_individual(path, name)
            next_id = max(individual.individual_id for individual in individuals) + 1
            individuals = (*individuals, Individual(next_id, name))
    ids: dict[str | None, int] = {x.name: x.individual_id for x in individuals if x.name in names}
    return individuals, ids


def _check_individual(path: Path, name: str) -> None:
    try:
        check_name(name, "An individual")
    except EditError as error:
        raise FormatError(f"{path}: {error.message}") from error


def _renamed_if_untouched(path: Path, project: Project, names: list[str]) -> tuple[Individual, ...]:
    """Give the individual that every new project has the file's first name, so that none is left over."""
    individuals = project.individuals
    is_untouched = individuals == Project(project.video).individuals and not (project.labels or project.made)
    if is_untouched and individuals[0].name not in names:
        _check_individual(path, names[0])
        return (replace(individuals[0], name=names[0]),)
    return individuals


def _labels(
    path: Path,
    incoming: list[IncomingLabel],
    skeleton: Skeleton,
    ids: dict[str | None, int],
    options: ImportOptions,
) -> list[Label]:
    keypoint_ids = {keypoint.name: keypoint.keypoint_id for keypoint in skeleton.keypoints}
    labels: dict[tuple[PointId, int], Label] = {}
    for one in incoming:
        point = PointId(ids[one.individual], keypoint_ids[one.keypoint])
        if (point, one.frame_idx) in labels:
            raise FormatError(f"{path} has {one.keypoint!r} at frame {one.frame_idx} twice.")
        time_s = one.time_s if options.time_of is None else options.time_s(one.frame_idx)
        try:
            label = Label(point, one.frame_idx, one.x, one.y, one.visibility, time_s)
        except EditError as error:
            raise FormatError(
                f"{path}, {one.keypoint!r} at frame {one.frame_idx}: {error.message}"
            ) from error
        labels[point, one.frame_idx] = label
    return [label for label in labels.values() if options.takes(label.frame_idx)]
