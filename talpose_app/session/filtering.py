"""Filtering a project's tracks: what it would change, and the one step that changes it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import UsageError
from talpose_app.model.arrays import ConfidenceArray, Positions, VisibilityArray
from talpose_app.model.edits import Batch, ChangeRuns, ChangeTracks
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.run import Run, RunKind
from talpose_app.model.track import Track
from talpose_app.session.run_options import label_table
from talpose_app.tracking.filters.block import TrackBlock
from talpose_app.tracking.filters.registry import filter_named
from talpose_app.tracking.stretches import stretches

#: Changes no farther apart than this are one stretch of the provenance: it shall not fall into crumbs.
_CLOSE_FRAMES = 30


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """A filter as asked for; None stands for the default.

    Attributes:
        name: Of the filter.
        parameters: By name; what is missing takes its default.
        points: Points to filter; all that have a track.
        span: Half-open range of frames that may change; the whole video.
    """

    name: str
    parameters: Mapping[str, float | None] = field(default_factory=dict[str, "float | None"])
    points: tuple[PointId, ...] | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FilteredTracks:
    """What a filter makes of the tracks.

    Attributes:
        title: What the step is called in the undo menu.
        name: Of the filter.
        parameters: All of them, defaults filled in; None left to the filter.
        points: In the order of the arrays' second axis.
        span: Frames that may have changed; the arrays cover the whole video.
        positions: Shape (n_frames, n_points, 2), float32, image pixels.
        visibility: Shape (n_frames, n_points), bool.
        confidence: Shape (n_frames, n_points), float32.
        is_changed: Shape (n_frames, n_points), bool.
        moved_px: How far each position moved, shape (n_frames, n_points), float32; NaN where there was none.
        seconds: Spent.
    """

    title: str
    name: str
    parameters: Mapping[str, float | None]
    points: tuple[PointId, ...]
    span: tuple[int, int]
    positions: Positions
    visibility: VisibilityArray
    confidence: ConfidenceArray
    is_changed: NDArray[np.bool_]
    moved_px: NDArray[np.float32]
    seconds: float

    def to_edit(self, project: Project, labels_revision: int) -> Batch:
        """Make the step that puts the tracks and the filter's record into the project they were made from."""
        run_id = project.next_run_id()
        tracks = [self._track(project, idx, run_id) for idx in range(len(self.points))]
        used = {s.run_id for p in self.points for s in project.tracks[p].provenance}
        changes = tuple((p, t) for p, t in zip(self.points, tracks, strict=True) if t is not None)
        return Batch(
            (ChangeTracks(changes), ChangeRuns((*project.runs, self._record(run_id, used, labels_revision))))
        )

    def _track(self, project: Project, idx: int, run_id: int) -> Track | None:
        """A point's track as it was shown, with the changed frames replaced; None if none is."""
        if not self.is_changed[:, idx].any():
            return None
        track = project.tracks[self.points[idx]]
        for frames in _closed(self.is_changed[:, idx], np.isfinite(self.positions[:, idx, 0])):
            piece = Track(
                self.positions[frames, idx].copy(),
                self.visibility[frames, idx].copy(),
                self.confidence[frames, idx].copy(),
            )
            track = track.replaced(frames.start, piece, run_id)
        return track

    def _record(self, run_id: int, used: set[int], labels_revision: int) -> Run:
        given = tuple((name, value) for name, value in self.parameters.items() if value is not None)
        inputs = ",".join(str(used_id) for used_id in sorted(used))
        return Run(
            run_id=run_id,
            kind=RunKind.FILTER,
            tracker=self.name,
            weights_sha256="",
            parameters=(("start", self.span[0]), ("stop", self.span[1]), *given, ("of_runs", inputs)),
            labels_revision=labels_revision,
            device="cpu",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            duration_s=self.seconds,
        )


def filter_tracks(project: Project, options: FilterOptions) -> FilteredTracks:
    """Work out what a filter makes of the tracks. Nothing is changed.

    The filter sees the whole video and all labels; outside the span its result is dropped.

    Raises:
        UsageError: There is no track, or the options do not fit the project or the filter.
    """
    spec = filter_named(options.name)
    parameters = spec.checked(options.parameters)
    points = _points(project, options.points)
    start, stop = _span(project, options.span)
    begin = time.perf_counter()
    before = _block(project, points)
    after = spec.run(before, parameters)
    old = np.stack([project.tracks[point].positions for point in points], axis=1)
    new = after.positions.astype(np.float32)
    is_same = ((new == old) | (np.isnan(new) & np.isnan(old))).all(axis=-1)
    is_same &= (after.visibility == before.visibility) & (after.confidence == before.confidence)
    is_same[:start] = is_same[stop:] = True
    is_same |= before.is_labeled & (np.isnan(old[..., 0]) | _is_among(is_same))
    return FilteredTracks(
        title=f"Filter: {spec.title}",
        name=spec.name,
        parameters=parameters,
        points=points,
        span=(start, stop),
        positions=np.where(is_same[..., None], old, new),
        visibility=np.where(is_same, before.visibility, after.visibility),
        confidence=np.where(is_same, before.confidence, after.confidence),
        is_changed=~is_same,
        moved_px=np.where(
            is_same, np.where(np.isnan(old[..., 0]), np.nan, 0), np.linalg.norm(new - old, axis=-1)
        ),
        seconds=time.perf_counter() - begin,
    )


def _is_among(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where ``mask``, shape (n_frames, n_points), is true in the frames before and after.

    A label is shown whatever the track holds under it: that is brought up to date where the track around it
    changes, and is no change by itself.
    """
    padded = np.pad(mask, ((1, 1), (0, 0)), constant_values=True)
    return padded[:-2] & padded[2:]


def _block(project: Project, points: tuple[PointId, ...]) -> TrackBlock:
    tracks = [project.tracks[point] for point in points]
    return TrackBlock.from_tracks(
        np.stack([track.positions for track in tracks], axis=1),
        np.stack([track.visibility for track in tracks], axis=1),
        np.stack([track.confidence for track in tracks], axis=1),
        label_table(project, points),
    )


def _points(project: Project, chosen: tuple[PointId, ...] | None) -> tuple[PointId, ...]:
    if not project.tracks:
        raise UsageError("There are no tracks to filter.", hint="Track first.")
    if chosen is None:
        return tuple(point for point in project.points() if point in project.tracks)
    for point in chosen:
        if point not in project.tracks:
            known = project.has_point(point)
            name = project.skeleton.keypoint(point.keypoint_id).name if known else str(point.keypoint_id)
            raise UsageError(f"Keypoint {name!r} has no track to filter.", hint="Track it first.")
    return tuple(dict.fromkeys(chosen))


def _span(project: Project, span: tuple[int, int] | None) -> tuple[int, int]:
    n_frames = project.video.n_frames
    start, stop = (0, n_frames) if span is None else span
    if not 0 <= start < stop <= n_frames:
        raise UsageError(f"Frames {start} to {stop} are not in the video (0 to {n_frames}).")
    return start, stop


def _closed(mask: NDArray[np.bool_], may_close: NDArray[np.bool_]) -> list[slice]:
    """Stretches of ``mask``, those that lie close joined over frames where ``may_close`` is true."""
    joined: list[slice] = []
    for frames in stretches(mask):
        last = joined[-1] if joined else None
        if (
            last is not None
            and frames.start - last.stop <= _CLOSE_FRAMES
            and may_close[last.stop : frames.start].all()
        ):
            joined[-1] = slice(last.start, frames.stop)
        else:
            joined.append(frames)
    return joined
