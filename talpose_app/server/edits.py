"""From the wire to the model: commands that change a project, as edits."""

from __future__ import annotations

import re
from collections.abc import Callable

from talpose_app.errors import EditError
from talpose_app.model.edits import (
    Batch,
    ChangeIndividuals,
    ChangeLabels,
    ChangeSkeleton,
    ChangeTracks,
    LabelChange,
    delete_keypoint,
)
from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.model.names import check_name
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from talpose_app.protocol import messages

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")

#: Presentation time of a frame in seconds; None for a frame that is not there.
TimeOf = Callable[[int], float | None]


def set_labels(command: messages.SetLabels, time_of: TimeOf) -> ChangeLabels:
    """Set or move labels.

    Raises:
        EditError: A label has no position, or two are for the same place.
    """
    changes = [_label_change(state, time_of) for state in command.labels]
    if not changes:
        raise EditError("There is no label to set.")
    if len({(change.point, change.frame_idx) for change in changes}) < len(changes):
        raise EditError("Two labels are set at the same point and frame.")
    return ChangeLabels(tuple(changes))


def _label_change(state: messages.LabelState, time_of: TimeOf) -> LabelChange:
    point = PointId(state.individual_id, state.keypoint_id)
    visibility = Visibility(state.visibility)
    time_s = time_of(state.frame_idx)
    if visibility is Visibility.ABSENT:
        return LabelChange(point, state.frame_idx, absent_label(point, state.frame_idx, time_s))
    if state.x is None or state.y is None:
        raise EditError(f"A label that is {visibility.value} needs a position.")
    label = Label(point, state.frame_idx, state.x, state.y, visibility, time_s)
    return LabelChange(point, state.frame_idx, label)


def delete_labels(command: messages.DeleteLabels, project: Project) -> ChangeLabels:
    """Delete labels; places that hold none are passed over.

    Raises:
        EditError: None of the places holds a label.
    """
    places = dict.fromkeys((PointId(p.individual_id, p.keypoint_id), p.frame_idx) for p in command.places)
    changes = [
        LabelChange(point, idx, None) for point, idx in places if project.label(point, idx) is not None
    ]
    if not changes:
        raise EditError("There is no label to delete.")
    return ChangeLabels(tuple(changes))


def add_keypoint(command: messages.AddKeypoint, skeleton: Skeleton) -> ChangeSkeleton:
    """Add a keypoint at the end; an empty name becomes the next free ``point_N``.

    Raises:
        EditError: The name is taken, or the color is none.
    """
    name = command.name.strip() or _free_name("point", {k.name for k in skeleton.keypoints})
    return ChangeSkeleton(skeleton.with_keypoint(name, _checked_color(command.color)))


def add_placed_keypoint(added: ChangeSkeleton, label: messages.FirstLabel, time_of: TimeOf) -> Batch:
    """Add a keypoint and its first label, as one undoable step.

    Args:
        added: The edit that adds the keypoint, the last one of its skeleton.
        label: Where it is.
        time_of: Presentation time of a frame.
    """
    state = messages.LabelState(
        individual_id=label.individual_id,
        keypoint_id=added.skeleton.keypoints[-1].keypoint_id,
        frame_idx=label.frame_idx,
        x=label.x,
        y=label.y,
    )
    return Batch((added, ChangeLabels((_label_change(state, time_of),))))


def change_keypoint(command: messages.ChangeKeypoint, skeleton: Skeleton) -> ChangeSkeleton:
    """Rename or recolor a keypoint.

    Raises:
        EditError: The keypoint is unknown, the name is taken, or the color is none.
    """
    name = None if command.name is None else command.name.strip()
    color = _checked_color(command.color)
    return ChangeSkeleton(skeleton.with_changed(command.keypoint_id, name=name, color=color))


def remove_keypoint(command: messages.DeleteKeypoint, project: Project) -> Batch:
    """Remove a keypoint with its labels and tracks."""
    return delete_keypoint(project, command.keypoint_id)


def reorder_keypoints(command: messages.ReorderKeypoints, skeleton: Skeleton) -> ChangeSkeleton:
    """Put the keypoints into another order."""
    return ChangeSkeleton(skeleton.reordered(tuple(command.keypoint_ids)))


def set_edges(command: messages.SetEdges, skeleton: Skeleton) -> ChangeSkeleton:
    """Replace the edges."""
    return ChangeSkeleton(skeleton.with_edges(tuple(command.edges)))


def add_individual(command: messages.AddIndividual, project: Project) -> ChangeIndividuals:
    """Add an individual; an empty name becomes the next free one.

    Raises:
        EditError: The name is taken, or none (``check_name``).
    """
    taken = {individual.name for individual in project.individuals}
    name = command.name.strip() or _free_name("individual", taken)
    check_name(name, "An individual")
    if name in taken:
        raise EditError(f"There is already an individual named {name!r}.", hint="Choose another name.")
    next_id = max(individual.individual_id for individual in project.individuals) + 1
    return ChangeIndividuals((*project.individuals, Individual(next_id, name)))


def clear_tracks(command: messages.ClearTracks, project: Project) -> ChangeTracks:
    """Remove predictions; labels stay.

    Raises:
        EditError: There are none.
    """
    wanted = list(project.tracks) if command.points is None else points_of(command.points)
    changes = tuple((point, None) for point in wanted if point in project.tracks)
    if not changes:
        raise EditError("There are no tracks to clear.")
    return ChangeTracks(changes)


def points_of(refs: list[messages.PointRef]) -> list[PointId]:
    """The points a command names, each once."""
    return list(dict.fromkeys(PointId(ref.individual_id, ref.keypoint_id) for ref in refs))


def _free_name(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _checked_color(color: str | None) -> str | None:
    if color is not None and not _COLOR.fullmatch(color):
        raise EditError(f"{color!r} is not a color.", hint="Colors are written #RRGGBB.")
    return color
