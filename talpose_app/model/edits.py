"""Edits: one frozen class per undoable change.

``apply`` returns the changed project and the edit that undoes it. An edit is
checked whole before anything is changed; a project is never half edited.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from talpose_app.errors import EditError
from talpose_app.model.label import Label, PointId
from talpose_app.model.project import Individual, PointLabels, Project
from talpose_app.model.run import Run
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Track
from talpose_app.model.video import VideoInfo


class Edit(Protocol):
    """One undoable change."""

    def apply(self, project: Project) -> tuple[Project, Edit]:
        """Make the change.

        Returns:
            The new project, and the edit that leads back.

        Raises:
            EditError: The edit does not fit the project; nothing was changed.
        """
        ...


@dataclass(frozen=True, slots=True)
class LabelChange:
    """What a label is to become: ``label`` set at its place, or none there."""

    point: PointId
    frame_idx: int
    label: Label | None


@dataclass(frozen=True, slots=True)
class ChangeLabels:
    """Set, move or delete labels.

    Attributes:
        changes: At most one per point and frame.
    """

    changes: tuple[LabelChange, ...]

    def apply(self, project: Project) -> tuple[Project, ChangeLabels]:
        """See ``Edit.apply``."""
        labels: dict[PointId, PointLabels] = dict(project.labels)
        touched: dict[PointId, dict[int, Label]] = {}
        before: list[LabelChange] = []
        for change in self.changes:
            _check_change(project, change)
            of_point = touched.setdefault(change.point, dict(labels.get(change.point, {})))
            before.append(LabelChange(change.point, change.frame_idx, of_point.pop(change.frame_idx, None)))
            if change.label is not None:
                of_point[change.frame_idx] = change.label
        for point, of_point in touched.items():
            if of_point:
                labels[point] = of_point
            else:
                labels.pop(point, None)
        return replace(project, labels=labels), ChangeLabels(tuple(reversed(before)))


def _check_change(project: Project, change: LabelChange) -> None:
    if not project.has_point(change.point):
        raise EditError(
            f"There is no keypoint {change.point.keypoint_id} of individual {change.point.individual_id}."
        )
    if not 0 <= change.frame_idx < project.video.n_frames:
        raise EditError(f"Frame {change.frame_idx} is outside the video (0 to {project.video.n_frames - 1}).")
    label = change.label
    if label is not None and (label.point, label.frame_idx) != (change.point, change.frame_idx):
        raise EditError("A label cannot be set at another point or frame than its own.")


@dataclass(frozen=True, slots=True)
class ChangeSkeleton:
    """Replace the skeleton. Keypoints that carry labels or tracks cannot vanish this way."""

    skeleton: Skeleton

    def apply(self, project: Project) -> tuple[Project, ChangeSkeleton]:
        """See ``Edit.apply``."""
        in_use = {point.keypoint_id for point in (*project.labels, *project.made)}
        lost = sorted(i for i in in_use if i not in self.skeleton)
        if lost:
            raise EditError(
                f"Keypoint {project.skeleton.keypoint(lost[0]).name!r} still has labels or tracks."
            )
        return replace(project, skeleton=self.skeleton), ChangeSkeleton(project.skeleton)


@dataclass(frozen=True, slots=True)
class ChangeIndividuals:
    """Replace the list of individuals. Individuals with labels or tracks cannot vanish this way."""

    individuals: tuple[Individual, ...]

    def apply(self, project: Project) -> tuple[Project, ChangeIndividuals]:
        """See ``Edit.apply``."""
        if not self.individuals:
            raise EditError("A project needs at least one individual.")
        kept = {individual.individual_id for individual in self.individuals}
        if any(point.individual_id not in kept for point in (*project.labels, *project.made)):
            raise EditError(
                "An individual with labels or tracks cannot be removed.", hint="Delete them first."
            )
        return replace(project, individuals=self.individuals), ChangeIndividuals(project.individuals)


@dataclass(frozen=True, slots=True)
class ChangeTracks:
    """Replace whole tracks by others as made; None removes one. Labels are not touched."""

    changes: tuple[tuple[PointId, Track | None], ...]

    def apply(self, project: Project) -> tuple[Project, ChangeTracks]:
        """See ``Edit.apply``."""
        made = dict(project.made)
        before: list[tuple[PointId, Track | None]] = []
        for point, track in self.changes:
            if not project.has_point(point):
                raise EditError(
                    f"There is no keypoint {point.keypoint_id} of individual {point.individual_id}."
                )
            if track is not None and len(track.positions) != project.video.n_frames:
                raise EditError(f"A track of {len(track.positions)} frames does not fit the video.")
            before.append((point, made.pop(point, None)))
            if track is not None:
                made[point] = track
        return replace(project, made=made), ChangeTracks(tuple(reversed(before)))


@dataclass(frozen=True, slots=True)
class ChangeRuns:
    """Replace the list of runs."""

    runs: tuple[Run, ...]

    def apply(self, project: Project) -> tuple[Project, ChangeRuns]:
        """See ``Edit.apply``."""
        return replace(project, runs=self.runs), ChangeRuns(project.runs)


@dataclass(frozen=True, slots=True)
class ChangeVideo:
    """Take the facts of a video as those of the labels' own, its fingerprint above all.

    Where the file lies is a fact about a machine and no part of the history: ``path`` is left as it is,
    so that no undo shows another file than the one that lies there.
    """

    video: VideoInfo

    def apply(self, project: Project) -> tuple[Project, ChangeVideo]:
        """See ``Edit.apply``."""
        if self.video.n_frames != project.video.n_frames:
            raise EditError(
                f"The new video has {self.video.n_frames} frames, the old one {project.video.n_frames}.",
                hint="Choose the file the labels were made on.",
            )
        video = replace(self.video, path=project.video.path)
        return replace(project, video=video), ChangeVideo(project.video)


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits as one step: all or none."""

    edits: tuple[Edit, ...]

    def apply(self, project: Project) -> tuple[Project, Batch]:
        """See ``Edit.apply``."""
        back: list[Edit] = []
        for edit in self.edits:
            project, inverse = edit.apply(project)
            back.append(inverse)
        return project, Batch(tuple(reversed(back)))


def delete_keypoint(project: Project, keypoint_id: int) -> Batch:
    """Make the edit that removes a keypoint with its labels and tracks, as one undoable step."""
    labels = tuple(
        LabelChange(point, frame_idx, None)
        for point, of_point in project.labels.items()
        if point.keypoint_id == keypoint_id
        for frame_idx in of_point
    )
    tracks = tuple((point, None) for point in project.made if point.keypoint_id == keypoint_id)
    skeleton = ChangeSkeleton(project.skeleton.without(keypoint_id))
    return Batch((ChangeLabels(labels), ChangeTracks(tracks), skeleton))
