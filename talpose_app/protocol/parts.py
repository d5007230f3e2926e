"""What travels inside messages: labels, tracks, runs, the project, trackers, and the base of them all.

Plain data only: no model classes, no numpy. Arrays travel as raw little-endian bytes (``Block``). Absent
labels have ``x`` and ``y`` null.
"""

from __future__ import annotations

from typing import Literal

import msgspec

VisibilityName = Literal["visible", "occluded", "absent"]
RunKindName = Literal["track", "refine"]
RecordKindName = Literal["track", "refine", "filter"]
RunStateName = Literal["starting", "running", "paused", "stopping", "done", "failed"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what travels inside a message."""


class PointRef(Part, frozen=True):
    """One keypoint of one individual."""

    individual_id: int
    keypoint_id: int


class FirstLabel(Part, frozen=True):
    """Where a keypoint that is being added is placed by the same step, image pixels."""

    individual_id: int
    frame_idx: int
    x: float
    y: float


class PointErrorState(PointRef, frozen=True):
    """How far the hidden labels of one point were missed: how many, median and 90th percentile in pixels.

    ``is_stale``: the point's labels have changed since.
    """

    n: int
    median_px: float
    p90_px: float
    is_stale: bool


class HeldOutState(Part, frozen=True):
    """The same of all points together, point by point, and in a sentence that says how it was obtained.

    ``is_stale``: labels of some point have changed since.
    """

    n: int
    median_px: float
    p90_px: float
    points: list[PointErrorState]
    sentence: str
    is_stale: bool


class FilterParameterState(Part, frozen=True):
    """One number of a filter; ``default`` null = found by itself, or no limit. ``step`` 1 = whole numbers."""

    name: str
    title: str
    default: float | None
    least: float
    most: float
    step: float
    unit: str
    is_odd: bool
    text: str


class FilterState(Part, frozen=True):
    """A filter the user can choose."""

    name: str
    title: str
    text: str
    parameters: list[FilterParameterState]


class FormatState(Part, frozen=True):
    """A file format the user can choose, and in one line what it is for."""

    name: str
    title: str
    text: str


class FilterSettings(Part, frozen=True):
    """A filter as asked for. Null or left out = the default: all tracked points, whole video."""

    name: str
    parameters: dict[str, float | None]
    points: list[PointRef] | None = None
    start: int | None = None
    stop: int | None = None


class SuggestionState(Part, frozen=True):
    """A place worth a label; ``gain``: frames it is expected to put right."""

    individual_id: int
    keypoint_id: int
    frame_idx: int
    gain: float


class ErrorState(Part, frozen=True):
    """The one shape of an error: stable code, a sentence, and the way out (may be empty)."""

    code: str
    message: str
    hint: str


class TrackerState(Part, frozen=True):
    """A tracker the user can choose or get.

    ``gist``: its licence in few words. ``place``: where its file lies or would lie. ``source``: the page it
    is published on, null if it cannot be downloaded. ``begun``: a part lies there, and the next download goes
    on from it.
    """

    name: str
    title: str
    licence: str
    gist: str
    is_installed: bool
    place: str
    source: str | None
    publisher: str
    state: Literal["absent", "begun", "downloading", "checking", "failed", "installed"]
    n_done: int
    n_bytes: int
    error: ErrorState | None


class HardwareState(Part, frozen=True):
    """What trackers run on, and what to do to run on a graphics processor; ``advice`` may be empty."""

    summary: str
    advice: str


class RecentState(Part, frozen=True):
    """A project opened lately; ``entry_id`` is what ``open_entry`` takes."""

    entry_id: str
    name: str
    folder: str
    opened_at: str


class WantedVideoState(Part, frozen=True):
    """A project that waits for its video.

    ``name``: the video's; ``place``: where it was; ``reason``: why that cannot be taken, in a sentence.
    ``project_id`` is sent back with what the user says of the video; ``folder_id`` is the folder of the
    project, from where to look for it.
    """

    project: str
    name: str
    place: str
    reason: str
    project_id: str
    folder_id: str


class FolderEntry(Part, frozen=True):
    """One line of a listing. Opened or entered by ``entry_id``; the page never sends a path."""

    entry_id: str
    name: str
    kind: Literal["folder", "video", "project"]
    size: int
    modified_at: str


class PaceState(Part, frozen=True):
    """What a first run takes with a tracker on a device: seconds a frame, and for each point of a frame."""

    kind: Literal["track", "refine"]
    tracker: str
    device: str
    frame_s: float
    point_s: float
    is_measured: bool


class Block(Part, frozen=True):
    """An array: C-order, little-endian. dtype is ``f4``, ``f8`` or ``u1``."""

    dtype: Literal["f4", "f8", "u1"]
    shape: tuple[int, ...]
    data: bytes


class LabelPlace(Part, frozen=True):
    """Where a label is or was."""

    individual_id: int
    keypoint_id: int
    frame_idx: int


class LabelState(Part, frozen=True):
    """One label, positions in image pixels at full precision."""

    individual_id: int
    keypoint_id: int
    frame_idx: int
    x: float | None
    y: float | None
    visibility: VisibilityName = "visible"


class KeypointState(Part, frozen=True):
    """One keypoint."""

    keypoint_id: int
    name: str
    color: str


class SkeletonState(Part, frozen=True):
    """Keypoints in order, edges and symmetries as pairs of keypoint ids."""

    keypoints: list[KeypointState]
    edges: list[tuple[int, int]]
    symmetries: list[tuple[int, int]]


class IndividualState(Part, frozen=True):
    """One individual."""

    individual_id: int
    name: str


class TrackState(Part, frozen=True):
    """One point's whole track.

    ``positions`` (n_frames, 2) f4, ``visibility`` (n_frames,) u1, ``confidence`` (n_frames,) f4;
    ``spans`` are (start, stop, run_id) triples.
    """

    individual_id: int
    keypoint_id: int
    positions: Block
    visibility: Block
    confidence: Block
    spans: list[tuple[int, int, int]]


class VideoState(Part, frozen=True):
    """The video. ``times_s`` holds each frame's presentation time, (n_frames,) f8."""

    name: str
    width: int
    height: int
    n_frames: int
    fps: float
    duration_s: float
    codec: str
    is_variable_rate: bool
    times_s: Block
    warnings: list[str]


class RunState(Part, frozen=True):
    """The run under way, or the last one. ``fraction`` belongs to ``stage``."""

    run_id: int
    kind: RunKindName
    state: RunStateName
    tracker: str
    device: str
    step: int
    n_steps: int
    best_step: int
    stage: str
    fraction: float
    losses: list[float]
    seconds: float
    error: ErrorState | None
    held_out: HeldOutState | None


class RunRecord(Part, frozen=True):
    """A run that is part of the project. A filter's ``tracker`` is the filter's name."""

    run_id: int
    kind: RecordKindName
    tracker: str
    device: str
    started_at: str
    duration_s: float
    losses: list[float]
    held_out: HeldOutState | None


class SaveState(Part, frozen=True):
    """Whether all edits are on the disk. ``error`` says what to do when they are not."""

    state: Literal["saved", "saving", "error", "read_only"]
    error: ErrorState | None = None


class ProjectState(Part, frozen=True):
    """Everything the page needs to show a project."""

    name: str
    folder: str
    revision: int
    video: VideoState
    skeleton: SkeletonState
    individuals: list[IndividualState]
    labels: list[LabelState]
    tracks: list[TrackState]
    runs: list[RunRecord]
    undo_title: str | None
    redo_title: str | None
    save: SaveState
    run: RunState | None
    view: dict[str, str | int | float | bool | None]
    paces: list[PaceState]
