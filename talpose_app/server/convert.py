"""From the model to the wire: states the page shows, and what changed between two of them."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import TalposeError
from talpose_app.model.held_out import HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId
from talpose_app.model.project import Individual, Project
from talpose_app.model.run import RunKind
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Track
from talpose_app.protocol import messages, parts
from talpose_app.tracking.held_out_summary import is_stale, sentence
from talpose_app.tracking.tracker import RunUpdate

_LOG = logging.getLogger(__name__)


def block(array: NDArray[np.generic], dtype: Literal["f4", "f8", "u1"]) -> messages.Block:
    """Pack an array as little-endian bytes.

    Args:
        array: Any shape; bool and float are converted to ``dtype``.
        dtype: What the bytes are.
    """
    little = np.ascontiguousarray(array, np.dtype(dtype).newbyteorder("<"))
    return messages.Block(dtype=dtype, shape=array.shape, data=little.tobytes())


def error_state(error: TalposeError) -> messages.ErrorState:
    """The one shape of an error."""
    return messages.ErrorState(code=error.code, message=error.message, hint=error.hint)


def unforeseen(what: str) -> messages.ErrorState:
    """Log the exception being handled, and tell the page as much as helps it.

    Args:
        what: What was being done, for the log.
    """
    _LOG.exception("%s failed", what)
    return messages.ErrorState(
        code="internal",
        message="Something went wrong inside TALPose.",
        hint="Nothing that was saved is lost. `talpose doctor` says where the log is.",
    )


def label_state(label: Label) -> messages.LabelState:
    """A label; float64 positions travel as they are."""
    return messages.LabelState(
        individual_id=label.point.individual_id,
        keypoint_id=label.point.keypoint_id,
        frame_idx=label.frame_idx,
        x=label.x if label.has_position else None,
        y=label.y if label.has_position else None,
        visibility=label.visibility.value,
    )


def point_ref(point: PointId) -> messages.PointRef:
    """A point."""
    return messages.PointRef(individual_id=point.individual_id, keypoint_id=point.keypoint_id)


def skeleton_state(skeleton: Skeleton) -> messages.SkeletonState:
    """The skeleton."""
    return messages.SkeletonState(
        keypoints=[
            parts.KeypointState(keypoint_id=k.keypoint_id, name=k.name, color=k.color)
            for k in skeleton.keypoints
        ],
        edges=list(skeleton.edges),
        symmetries=list(skeleton.symmetries),
    )


def individual_states(individuals: Iterable[Individual]) -> list[messages.IndividualState]:
    """The individuals."""
    return [messages.IndividualState(individual_id=i.individual_id, name=i.name) for i in individuals]


def track_state(point: PointId, track: Track) -> messages.TrackState:
    """One point's whole track as made; the page bends it through the labels itself."""
    return messages.TrackState(
        individual_id=point.individual_id,
        keypoint_id=point.keypoint_id,
        positions=block(track.positions, "f4"),
        visibility=block(track.visibility, "u1"),
        confidence=block(track.confidence, "f4"),
        spans=[(span.start, span.stop, span.run_id) for span in track.provenance],
    )


def run_kind(kind: RunKind) -> messages.RunKindName:
    """What a page calls a run's kind."""
    return "refine" if kind is RunKind.REFINE else "track"


def run_records(project: Project) -> list[messages.RunRecord]:
    """The finished runs."""
    return [
        messages.RunRecord(
            run_id=run.run_id,
            kind=run.kind.value,
            tracker=run.tracker,
            device=run.device,
            started_at=run.started_at,
            duration_s=run.duration_s,
            losses=list(run.losses),
            held_out=held_out_state(run.held_out, project),
        )
        for run in project.runs
    ]


def held_out_state(summary: HeldOutSummary | None, project: Project) -> parts.HeldOutState | None:
    """What hidden labels were missed by, and whether the project has other labels by now."""
    if summary is None:
        return None
    overall = summary.overall
    points = [_point_error(one, project) for one in summary.points]
    n_stale = sum(point.is_stale for point in points)
    return parts.HeldOutState(
        n=overall.n,
        median_px=overall.median_px,
        p90_px=overall.p90_px,
        points=points,
        sentence=sentence(summary, n_stale),
        is_stale=n_stale > 0,
    )


def _point_error(one: PointError, project: Project) -> parts.PointErrorState:
    point, error, _ = one
    return parts.PointErrorState(
        individual_id=point.individual_id,
        keypoint_id=point.keypoint_id,
        n=error.n,
        median_px=error.median_px,
        p90_px=error.p90_px,
        is_stale=is_stale(one, project.labels.get(point, {})),
    )


def track_update(run_id: int, update: RunUpdate, points: Sequence[PointId]) -> messages.TrackUpdate:
    """One step of a run.

    Args:
        run_id: Of the run.
        update: The tracks after the step.
        points: Those the arrays cover, in their order.
    """
    loss = update.loss if update.loss is not None and math.isfinite(update.loss) else None
    return messages.TrackUpdate(
        run_id=run_id,
        step=update.step,
        n_steps=update.n_steps,
        loss=loss,
        seconds=update.seconds,
        is_best=update.is_best,
        start=update.span[0],
        points=[point_ref(point) for point in points],
        positions=block(update.positions, "f4"),
        visibility=block(update.visibility, "u1"),
        confidence=block(update.confidence, "f4"),
    )


def project_changed(
    before: Project,
    after: Project,
    *,
    revision: int,
    title: str,
    undo_title: str | None,
    redo_title: str | None,
) -> messages.ProjectChanged:
    """What differs between two states of a project.

    Parts that an edit did not touch are the same objects in both, so that the
    comparison costs next to nothing however large the project is.
    """
    labels_set, labels_deleted = _label_changes(before, after)
    tracks = [(p, t) for p, t in after.made.items() if before.made.get(p) is not t]
    return messages.ProjectChanged(
        revision=revision,
        title=title,
        labels_set=labels_set,
        labels_deleted=labels_deleted,
        skeleton=None if before.skeleton is after.skeleton else skeleton_state(after.skeleton),
        individuals=None if before.individuals is after.individuals else individual_states(after.individuals),
        tracks_set=[track_state(point, track) for point, track in tracks],
        tracks_deleted=[point_ref(point) for point in before.made if point not in after.made],
        runs=run_records(after) if _has_news_of_runs(before, after) else None,
        undo_title=undo_title,
        redo_title=redo_title,
    )


def _has_news_of_runs(before: Project, after: Project) -> bool:
    """Whether runs came or went, or labels changed so that an error they measured holds no more, or again."""
    if before.runs is not after.runs:
        return True
    errors = [error for run in after.runs if run.held_out is not None for error in run.held_out.points]
    return any(
        is_stale(error, old) != is_stale(error, new)
        for error in errors
        for old, new in [(before.labels.get(error.point, {}), after.labels.get(error.point, {}))]
        if old is not new
    )


def _label_changes(
    before: Project, after: Project
) -> tuple[list[messages.LabelState], list[messages.LabelPlace]]:
    added: list[messages.LabelState] = []
    deleted: list[messages.LabelPlace] = []
    for point in before.labels.keys() | after.labels.keys():
        old, new = before.labels.get(point, {}), after.labels.get(point, {})
        if old is new:
            continue
        added += [label_state(label) for frame, label in new.items() if old.get(frame) is not label]
        deleted += [
            messages.LabelPlace(
                individual_id=point.individual_id, keypoint_id=point.keypoint_id, frame_idx=frame
            )
            for frame in old
            if frame not in new
        ]
    return added, deleted
