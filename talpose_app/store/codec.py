"""Project to plain shapes and back. What comes back is checked: ids exist, frames lie in the video."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np
from msgspec import UNSET, UnsetType

from talpose_app.errors import EditError, SchemaError
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.run import Run, RunKind
from talpose_app.model.skeleton import Keypoint, Skeleton
from talpose_app.model.track import Provenance, Track
from talpose_app.model.video import VideoInfo
from talpose_app.paths import is_file
from talpose_app.store.arrays import array_from_text, array_to_text
from talpose_app.store.schema import (
    ErrorShape,
    HeldOutShape,
    IndividualShape,
    KeypointShape,
    LabelShape,
    PointErrorShape,
    RunShape,
    SkeletonShape,
    SnapshotShape,
    SpanShape,
    TrackShape,
    VideoShape,
)

_Item = TypeVar("_Item")


# ------------------------------------------------------------------ video


def video_to_shape(video: VideoInfo, folder: Path) -> VideoShape:
    """Write the path relative to ``folder``, so that project and video can move together."""
    try:
        relative = Path(os.path.relpath(video.path, folder)).as_posix()
    except ValueError:  # another drive on Windows
        relative = Path(video.path).as_posix()
    return VideoShape(
        path=relative,
        absolute_path=video.path,
        width=video.width,
        height=video.height,
        n_frames=video.n_frames,
        time_base=video.time_base,
        fps=float(video.fps),
        duration_s=float(video.duration_s),
        codec=video.codec,
        fingerprint=video.fingerprint,
        is_variable_rate=video.is_variable_rate,
    )


def video_from_shape(shape: VideoShape, folder: Path) -> VideoInfo:
    """Find the file: beside the project as before, else where it was."""
    beside = Path(os.path.normpath(folder / PurePosixPath(shape.path)))
    before = Path(shape.absolute_path)
    path = beside if is_file(beside) or not is_file(before) else before
    return VideoInfo(
        path=str(path),
        width=shape.width,
        height=shape.height,
        n_frames=shape.n_frames,
        time_base=shape.time_base,
        fps=shape.fps,
        duration_s=shape.duration_s,
        codec=shape.codec,
        fingerprint=shape.fingerprint,
        is_variable_rate=shape.is_variable_rate,
    )


# --------------------------------------------------- skeleton, individuals


def skeleton_to_shape(skeleton: Skeleton) -> SkeletonShape:
    """Encode a skeleton."""
    return SkeletonShape(
        next_id=skeleton.next_id,
        keypoints=[
            KeypointShape(keypoint_id=k.keypoint_id, name=k.name, color=k.color) for k in skeleton.keypoints
        ],
        edges=list(skeleton.edges),
        symmetries=list(skeleton.symmetries),
    )


def skeleton_from_shape(shape: SkeletonShape) -> Skeleton:
    """Decode and check a skeleton.

    Raises:
        SchemaError: Ids or names repeat, or a pair names an unknown keypoint.
    """
    ids = _unique((k.keypoint_id for k in shape.keypoints), "keypoint id")
    _unique((k.name for k in shape.keypoints), "keypoint name")
    if ids and max(ids) >= shape.next_id:
        raise SchemaError(f"The next keypoint id {shape.next_id} is not above every keypoint's.")
    for pair in (*shape.edges, *shape.symmetries):
        if not ids.issuperset(pair):
            raise SchemaError(f"The pair {pair} names a keypoint that does not exist.")
    return Skeleton(
        tuple(Keypoint(k.keypoint_id, k.name, k.color) for k in shape.keypoints),
        tuple(shape.edges),
        tuple(shape.symmetries),
        shape.next_id,
    )


def individuals_to_shape(individuals: Iterable[Individual]) -> list[IndividualShape]:
    """Encode the individuals."""
    return [IndividualShape(individual_id=i.individual_id, name=i.name) for i in individuals]


def individuals_from_shape(shapes: Iterable[IndividualShape]) -> tuple[Individual, ...]:
    """Decode and check the individuals.

    Raises:
        SchemaError: Two have the same id.
    """
    individuals = tuple(Individual(shape.individual_id, shape.name) for shape in shapes)
    _unique((i.individual_id for i in individuals), "individual id")
    return individuals


def _unique(values: Iterable[_Item], what: str) -> set[_Item]:
    seen: set[_Item] = set()
    for value in values:
        if value in seen:
            raise SchemaError(f"The {what} {value!r} is given twice.")
        seen.add(value)
    return seen


# ----------------------------------------------------------------- labels


def label_to_shape(label: Label) -> LabelShape:
    """Encode a label; a float64 keeps every bit in its shortest decimal form."""
    return LabelShape(
        individual_id=label.point.individual_id,
        keypoint_id=label.point.keypoint_id,
        frame_idx=int(label.frame_idx),
        x=float(label.x) if label.has_position else None,
        y=float(label.y) if label.has_position else None,
        visibility=label.visibility.value,
        time_s=None if label.time_s is None or not math.isfinite(label.time_s) else float(label.time_s),
    )


def label_from_shape(shape: LabelShape) -> Label:
    """Decode a label.

    Raises:
        SchemaError: Position and visibility contradict each other.
    """
    point = PointId(shape.individual_id, shape.keypoint_id)
    x = math.nan if shape.x is None else shape.x
    y = math.nan if shape.y is None else shape.y
    try:
        return Label(point, shape.frame_idx, x, y, Visibility(shape.visibility), shape.time_s)
    except EditError as error:
        raise SchemaError(error.message) from error


# ----------------------------------------------------------------- tracks


def track_to_shape(point: PointId, track: Track) -> TrackShape:
    """Encode a track bit for bit."""
    return TrackShape(
        individual_id=point.individual_id,
        keypoint_id=point.keypoint_id,
        n_frames=len(track.positions),
        spans=[SpanShape(start=span.start, stop=span.stop, run_id=span.run_id) for span in track.provenance],
        positions=array_to_text(track.positions),
        visibility=array_to_text(track.visibility.astype(np.uint8)),
        confidence=array_to_text(track.confidence),
    )


def track_from_shape(shape: TrackShape) -> Track:
    """Decode and check a track.

    Raises:
        SchemaError: Its arrays or spans do not fit its length.
    """
    end = 0
    for span in shape.spans:
        if not end <= span.start < span.stop <= shape.n_frames:
            raise SchemaError(
                f"The span {span.start} to {span.stop} of a track is out of order or outside it."
            )
        end = span.stop
    return Track(
        array_from_text(shape.positions, np.float32, (shape.n_frames, 2)),
        array_from_text(shape.visibility, np.uint8, (shape.n_frames,)).astype(np.bool_),
        array_from_text(shape.confidence, np.float32, (shape.n_frames,)),
        tuple(Provenance(span.start, span.stop, span.run_id) for span in shape.spans),
    )


# ------------------------------------------------------------------- runs


def run_to_shape(run: Run) -> RunShape:
    """Encode a run."""
    return RunShape(
        run_id=run.run_id,
        kind=run.kind.value,
        tracker=run.tracker,
        weights_sha256=run.weights_sha256,
        parameters=dict(run.parameters),
        labels_revision=run.labels_revision,
        device=run.device,
        started_at=run.started_at,
        duration_s=run.duration_s,
        losses=[loss if math.isfinite(loss) else None for loss in run.losses],
        held_out=UNSET if run.held_out is None else _held_out_to_shape(run.held_out),
    )


def _held_out_to_shape(summary: HeldOutSummary) -> HeldOutShape:
    overall = summary.overall
    return HeldOutShape(
        overall=ErrorShape(n=overall.n, median_px=overall.median_px, p90_px=overall.p90_px),
        points=[
            PointErrorShape(
                individual_id=point.individual_id,
                keypoint_id=point.keypoint_id,
                n=error.n,
                median_px=error.median_px,
                p90_px=error.p90_px,
                labels=labels or UNSET,
            )
            for point, error, labels in summary.points
        ],
    )


def run_from_shape(shape: RunShape) -> Run:
    """Decode a run."""
    return Run(
        run_id=shape.run_id,
        kind=RunKind(shape.kind),
        tracker=shape.tracker,
        weights_sha256=shape.weights_sha256,
        parameters=tuple(shape.parameters.items()),
        labels_revision=shape.labels_revision,
        device=shape.device,
        started_at=shape.started_at,
        duration_s=shape.duration_s,
        losses=tuple(math.nan if loss is None else loss for loss in shape.losses),
        held_out=None if isinstance(shape.held_out, UnsetType) else _held_out_from_shape(shape.held_out),
    )


def _held_out_from_shape(shape: HeldOutShape) -> HeldOutSummary:
    return HeldOutSummary(
        _error_from_shape(shape.overall),
        tuple(
            PointError(
                PointId(p.individual_id, p.keypoint_id),
                _error_from_shape(p),
                "" if isinstance(p.labels, UnsetType) else p.labels,
            )
            for p in shape.points
        ),
    )


def _error_from_shape(shape: ErrorShape) -> ErrorSummary:
    return ErrorSummary(shape.n, shape.median_px, shape.p90_px)


# ---------------------------------------------------------------- project


def project_from_shape(shape: SnapshotShape, folder: Path) -> Project:
    """Decode and check a whole project.

    Raises:
        SchemaError: Something in it contradicts something else.
    """
    _unique((run.run_id for run in shape.runs), "run id")
    project = Project(
        video_from_shape(shape.video, folder),
        skeleton_from_shape(shape.skeleton),
        individuals_from_shape(shape.individuals),
        _labels_from_shapes(shape.labels, shape.video.n_frames),
        _tracks_from_shapes(shape.tracks, shape.video.n_frames),
        tuple(run_from_shape(run) for run in shape.runs),
    )
    for point in (*project.labels, *project.made):
        if not project.has_point(point):
            raise SchemaError(
                f"There is no keypoint {point.keypoint_id} of individual {point.individual_id}."
            )
    return project


def _labels_from_shapes(shapes: Iterable[LabelShape], n_frames: int) -> dict[PointId, dict[int, Label]]:
    labels: dict[PointId, dict[int, Label]] = {}
    for label in map(label_from_shape, shapes):
        of_point = labels.setdefault(label.point, {})
        if label.frame_idx in of_point:
            raise SchemaError(
                f"Frame {label.frame_idx} holds two labels of keypoint {label.point.keypoint_id}."
            )
        if label.frame_idx >= n_frames:
            raise SchemaError(
                f"A label lies at frame {label.frame_idx}, behind the video's {n_frames} frames."
            )
        of_point[label.frame_idx] = label
    return labels


def _tracks_from_shapes(shapes: Iterable[TrackShape], n_frames: int) -> dict[PointId, Track]:
    tracks: dict[PointId, Track] = {}
    for shape in shapes:
        point = PointId(shape.individual_id, shape.keypoint_id)
        if point in tracks:
            raise SchemaError(f"Keypoint {point.keypoint_id} has two tracks.")
        if shape.n_frames != n_frames:
            raise SchemaError(f"A track of {shape.n_frames} frames does not fit the video's {n_frames}.")
        tracks[point] = track_from_shape(shape)
    return tracks
