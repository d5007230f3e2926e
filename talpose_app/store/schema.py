"""The shapes of what is written: plain data, checked type by type when it is read.

A field that is not listed here is refused rather than dropped: a file of a newer
version, read and written back, would lose it without a word. Meaning that types
cannot hold (ids that exist, frames inside the video) is checked by ``codec``.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

#: Version of the snapshot and of the journal; see docs/file-format.md.
SCHEMA = 1

#: What the ``format`` field says.
FORMAT = "talpose-project"

#: Numbers JSON readers of every language hold exactly.
_LARGEST = 2**53 - 1

Id = Annotated[int, Meta(ge=1, le=_LARGEST)]
Count = Annotated[int, Meta(ge=0, le=_LARGEST)]
Color = Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]
#: ``model.names`` bounds new names; a file that has a longer one must open all the same.
Name = Annotated[str, Meta(min_length=1)]
VisibilityName = Literal["visible", "occluded", "absent"]
ViewValue = str | int | float | bool | None
ParameterValue = str | int | float | bool


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every shape."""


class VideoShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The video. ``path`` is relative to the project's folder where one exists, with ``/``."""

    path: str
    absolute_path: str
    width: Annotated[int, Meta(ge=1, le=1_000_000)]
    height: Annotated[int, Meta(ge=1, le=1_000_000)]
    n_frames: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    time_base: tuple[int, int]
    fps: float
    duration_s: float
    codec: str
    fingerprint: str
    is_variable_rate: bool


class KeypointShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One keypoint."""

    keypoint_id: Id
    name: Name
    color: Color


class SkeletonShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keypoints in display order; edges and symmetries are pairs of keypoint ids."""

    next_id: Id
    keypoints: list[KeypointShape]
    edges: list[tuple[Id, Id]]
    symmetries: list[tuple[Id, Id]]


class IndividualShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One individual."""

    individual_id: Id
    name: Name


class LabelShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label; ``x`` and ``y`` are null when absent."""

    individual_id: Id
    keypoint_id: Id
    frame_idx: Count
    x: float | None
    y: float | None
    visibility: VisibilityName
    time_s: float | None


class SpanShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frames [start, stop) were made by a run."""

    start: Count
    stop: Count
    run_id: Id


class TrackShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One track. The three arrays are base64 of zlib of little-endian values in C order.

    Attributes:
        individual_id: Of the point.
        keypoint_id: Of the point.
        n_frames: Length of the arrays.
        spans: Who made which frames.
        positions: float32, (n_frames, 2), (x, y) pixels; NaN where nothing is predicted.
        visibility: uint8, (n_frames,), 0 or 1.
        confidence: float32, (n_frames,).
    """

    individual_id: Id
    keypoint_id: Id
    n_frames: Count
    spans: list[SpanShape]
    positions: str
    visibility: str
    confidence: str


class ErrorShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far hidden labels were missed."""

    n: Annotated[int, Meta(ge=1, le=_LARGEST)]
    median_px: Annotated[float, Meta(ge=0)]
    p90_px: Annotated[float, Meta(ge=0)]


class PointErrorShape(ErrorShape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same of one point, which may have been deleted since; ``labels``: fingerprint of those it had."""

    individual_id: Id
    keypoint_id: Id
    labels: str | UnsetType = UNSET


class HeldOutShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All points' hidden labels together, and each point's."""

    overall: ErrorShape
    points: list[PointErrorShape]


class RunShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run; a loss that was not finite is null. ``held_out`` is left out where no label was hidden."""

    run_id: Id
    kind: Literal["track", "refine", "filter"]
    tracker: str
    weights_sha256: str
    parameters: dict[str, ParameterValue]
    labels_revision: Count
    device: str
    started_at: str
    duration_s: float
    losses: list[float | None]
    held_out: HeldOutShape | UnsetType = UNSET


class SnapshotShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole ``name.talpose.json``.

    Attributes:
        format: Always ``talpose-project``.
        schema: Version of this layout.
        project_id: Random, given once; the journal of the same project carries it too.
        revision: Number of edits, undos and redos that led here.
        journal_sum: Checksum of the journal record of this revision, which ties the two files together.
        video: The video.
        skeleton: The skeleton.
        individuals: At least one.
        labels: By point in display order, then by frame.
        runs: In the order they ran.
        tracks: By point in display order.
        view: What the page wants to find again; not part of the history.
        sha256: Of every byte of the file before this field's line; may be left out by other programs.
    """

    format: Literal["talpose-project"]
    schema: Literal[1]
    project_id: str
    revision: Count
    journal_sum: str
    video: VideoShape
    skeleton: SkeletonShape
    individuals: Annotated[list[IndividualShape], Meta(min_length=1)]
    labels: list[LabelShape]
    runs: list[RunShape]
    tracks: list[TrackShape]
    view: dict[str, ViewValue]
    sha256: str | None = None


class LabelChangeShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the label at a place is to become; null deletes it."""

    individual_id: Id
    keypoint_id: Id
    frame_idx: Count
    label: LabelShape | None


class TrackChangeShape(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the track of a point is to become; null removes it."""

    individual_id: Id
    keypoint_id: Id
    track: TrackShape | None


class EditShape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="edit"):
    """Base of every edit, told apart by ``edit``."""


class ChangeLabelsShape(
    EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_labels"
):
    """``ChangeLabels``."""

    changes: list[LabelChangeShape]


class ChangeSkeletonShape(
    EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_skeleton"
):
    """``ChangeSkeleton``."""

    skeleton: SkeletonShape


class ChangeIndividualsShape(
    EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_individuals"
):
    """``ChangeIndividuals``."""

    individuals: list[IndividualShape]


class ChangeTracksShape(
    EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_tracks"
):
    """``ChangeTracks``."""

    changes: list[TrackChangeShape]


class ChangeRunsShape(EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_runs"):
    """``ChangeRuns``."""

    runs: list[RunShape]


class ChangeVideoShape(EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="change_video"):
    """``ChangeVideo``."""

    video: VideoShape


class BatchShape(EditShape, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="batch"):
    """``Batch``."""

    edits: list[AnyEditShape]


AnyEditShape = (
    ChangeLabelsShape
    | ChangeSkeletonShape
    | ChangeIndividualsShape
    | ChangeTracksShape
    | ChangeRunsShape
    | ChangeVideoShape
    | BatchShape
)
