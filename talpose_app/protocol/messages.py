"""Every message on the wire.

Plain data only: no model classes, no numpy. On the wire each message is one
msgpack map with a ``type`` field: the class name in snake_case. Commands carry
an ``id`` that their reply repeats. What travels inside messages is in ``parts``.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from talpose_app.protocol.parts import (
    Block,
    ErrorState,
    FilterSettings,
    FilterState,
    FirstLabel,
    FolderEntry,
    FormatState,
    HardwareState,
    IndividualState,
    LabelPlace,
    LabelState,
    PointRef,
    ProjectState,
    RecentState,
    RunKindName,
    RunRecord,
    RunState,
    SaveState,
    SkeletonState,
    SuggestionState,
    TrackerState,
    TrackState,
    WantedVideoState,
)

VERSION = 2
"""Raised whenever a message changes in a way an older page would misread."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Message(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=_snake, forbid_unknown_fields=True
):
    """Base of everything that travels by itself."""


# --------------------------------------------------------------- commands


class Command(Message, frozen=True):
    """Base of what the page asks. ``id`` is chosen by the page and repeated in the reply."""

    id: int


class Hello(Command, frozen=True):
    """First message of a page; answered by ``welcome`` (an event) after ``done``."""

    version: int


class OpenSample(Command, frozen=True):
    """Open the sample video in a project of the user's own (a copy in the user's folder)."""


class OpenDialog(Command, frozen=True):
    """Let the user choose a file in a native dialog (window mode). Kind narrows the choice."""

    kind: Literal["any", "video", "project"] = "any"


class Browse(Command, frozen=True):
    """List a folder (browser mode has no native dialog); null = the user's home. Answered by ``listing``."""

    entry_id: str | None = None


class OpenEntry(Command, frozen=True):
    """Open a recent project, or an entry of a listing. A video opens its project or makes a new one."""

    entry_id: str


class FindVideo(Command, frozen=True):
    """Say where the video is that a project waits for; null = choose it in a native dialog (window mode).

    ``project_id`` says which project is meant: it is refused when that one does not wait any more.
    """

    project_id: str
    entry_id: str | None = None


class GiveUpVideo(Command, frozen=True):
    """Leave a project that waits for its video unopened; refused when another one waits now."""

    project_id: str


class CloseProject(Command, frozen=True):
    """Close the project; everything is saved."""


class TakeOver(Command, frozen=True):
    """Open for writing a project that is shown read-only because another process held it."""


class SetLabels(Command, frozen=True):
    """Set or move labels: one undoable step, ``title`` in the undo menu. A drag sends one at its end."""

    labels: list[LabelState]
    title: str = "Set label"


class DeleteLabels(Command, frozen=True):
    """Delete labels: one undoable step."""

    places: list[LabelPlace]


class AddKeypoint(Command, frozen=True):
    """Add a keypoint, perhaps placed; empty name = the next ``point_N``. Answered by ``keypoint_added``."""

    name: str = ""
    color: str | None = None
    label: FirstLabel | None = None


class ChangeKeypoint(Command, frozen=True):
    """Rename or recolor."""

    keypoint_id: int
    name: str | None = None
    color: str | None = None


class DeleteKeypoint(Command, frozen=True):
    """Remove a keypoint with its labels and tracks: one undoable step."""

    keypoint_id: int


class ReorderKeypoints(Command, frozen=True):
    """Put the keypoints into this order."""

    keypoint_ids: list[int]


class SetEdges(Command, frozen=True):
    """Replace the skeleton's edges."""

    edges: list[tuple[int, int]]


class AddIndividual(Command, frozen=True):
    """Add an individual; empty name = the next free one."""

    name: str = ""


class ClearTracks(Command, frozen=True):
    """Remove predictions (never labels) of these points; null = all."""

    points: list[PointRef] | None = None


class Undo(Command, frozen=True):
    """Take back the last step."""


class Redo(Command, frozen=True):
    """Bring back the last undone step."""


class StartRun(Command, frozen=True):
    """Track or refine. Null = the default: all labeled points, whole video, the method's own numbers."""

    kind: RunKindName
    points: list[PointRef] | None = None
    start: int | None = None
    stop: int | None = None
    n_steps: int | None = None
    learning_rate: float | None = None
    tracker: str = "auto"
    device: str = "auto"
    method: Literal["talpose", "published"] = "talpose"


class PauseRun(Command, frozen=True):
    """Hold the run between two steps."""


class ResumeRun(Command, frozen=True):
    """Go on."""


class StopRun(Command, frozen=True):
    """End the run and keep its best tracks."""


class RevertRun(Command, frozen=True):
    """End the run, or take back the last finished one: the tracks are as before it."""


class PreviewFilter(Command, frozen=True):
    """Ask what a filter would make of the tracks; answered by ``filter_preview``. Nothing is changed."""

    filter: FilterSettings


class ApplyFilter(Command, frozen=True):
    """Filter the tracks: one undoable step, none if nothing changes. Refused while a run is under way."""

    filter: FilterSettings


class GetSuggestions(Command, frozen=True):
    """Ask where the next labels pay most; answered by ``suggestions``."""

    count: int = 50


class GetFrame(Command, frozen=True):
    """Ask for a picture, answered by ``frame`` events (an inexact one may come first).

    A newer request makes an older one obsolete: it may be answered by ``done`` without a picture.
    ``direction`` (-1, 0, 1) tells where the user is going, for prefetching.
    """

    frame_idx: int
    max_width: int
    max_height: int
    direction: int = 0


class ExportFile(Command, frozen=True):
    """Export; window mode asks where by a native dialog, browser mode answers with a download address."""

    format: str


class ImportFile(Command, frozen=True):
    """Import labels from a file chosen in a native dialog (window mode): one undoable step."""

    format: str


class TakeKeypoints(Command, frozen=True):
    """Add the keypoints of a recent project or an entry of a listing; null = choose in a native dialog."""

    entry_id: str | None = None


class SetView(Command, frozen=True):
    """Remember view settings (not undoable)."""

    view: dict[str, str | int | float | bool | None]


class Save(Command, frozen=True):
    """Write the snapshot now. Everything acknowledged is durable already; this is for peace of mind."""


class GetTracker(Command, frozen=True):
    """Download a tracker's file, or go on; ``trackers_changed`` tells how. The licence must be accepted."""

    name: str
    has_accepted: bool


class CancelTracker(Command, frozen=True):
    """Cancel a download; what came so far is kept."""

    name: str


class AddTracker(Command, frozen=True):
    """Take a tracker's file chosen in a native dialog (window mode); a page in a browser drops it instead."""


class ShowLicence(Command, frozen=True):
    """Ask for the text of a tracker's licence. Answered by ``licence_text``."""

    name: str


# ---------------------------------------------------------------- replies


class Reply(Message, frozen=True):
    """Base of answers; ``id`` is the command's."""

    id: int


class Done(Reply, frozen=True):
    """It was done and is durable; ``revision`` is the project's after it."""

    revision: int | None = None


class KeypointAdded(Reply, frozen=True):
    """Answer to ``add_keypoint``."""

    keypoint_id: int
    revision: int


class Listing(Reply, frozen=True):
    """Answer to ``browse``; ``parent_id`` null at the top."""

    folder: str
    parent_id: str | None
    entries: list[FolderEntry]


class Exported(Reply, frozen=True):
    """Answer to ``export_file``: where it was written, or where to download it; both null if cancelled."""

    path: str | None
    url: str | None
    report: list[str]


class FilterPreview(Reply, frozen=True):
    """Answer to ``preview_filter``: the tracks as they would be, frames from ``start`` on.

    Attributes:
        points: Those the arrays cover, in their order.
        positions: (n_span, n_points, 2) f4.
        visibility: (n_span, n_points) u1.
        confidence: (n_span, n_points) f4.
        n_changed: Frames that would change, for each point.
        mean_px: How far changed positions move on average; null if none existed before.
        max_px: How far the farthest moves.
    """

    start: int
    points: list[PointRef]
    positions: Block
    visibility: Block
    confidence: Block
    n_changed: list[int]
    mean_px: float | None
    max_px: float | None


class Suggestions(Reply, frozen=True):
    """Answer, best first; ``expected_share``: of positions that are right, null without tracks."""

    places: list[SuggestionState]
    expected_share: float | None


class LicenceText(Reply, frozen=True):
    """Answer to ``show_licence``."""

    text: str


class Failed(Reply, frozen=True):
    """The command was not done; nothing was changed."""

    error: ErrorState


# ----------------------------------------------------------------- events


class Event(Message, frozen=True):
    """Base of what the server tells by itself."""


class Welcome(Event, frozen=True):
    """State of the app for a page that just said hello; ``project`` is null on the start screen.

    ``wanted``: the video that a project waits for, if one does.
    """

    version: int
    app_version: str
    mode: Literal["window", "browser"]
    recent: list[RecentState]
    trackers: list[TrackerState]
    hardware: HardwareState
    filters: list[FilterState]
    export_formats: list[FormatState]
    import_formats: list[FormatState]
    project: ProjectState | None
    wanted: WantedVideoState | None


class TrackersChanged(Event, frozen=True):
    """A tracker was installed, or a download started, went on, ended or failed."""

    trackers: list[TrackerState]


class ProjectOpened(Event, frozen=True):
    """A project was opened (by this page or another). ``recent`` has it first."""

    project: ProjectState
    recent: list[RecentState]


class VideoWanted(Event, frozen=True):
    """A project was to be opened and waits for its video; null: none waits any more."""

    wanted: WantedVideoState | None


class ProjectClosed(Event, frozen=True):
    """Back to the start screen."""

    recent: list[RecentState]


class ProjectChanged(Event, frozen=True):
    """What an edit, undo or redo changed; null or empty = unchanged."""

    revision: int
    title: str
    labels_set: list[LabelState]
    labels_deleted: list[LabelPlace]
    skeleton: SkeletonState | None
    individuals: list[IndividualState] | None
    tracks_set: list[TrackState]
    tracks_deleted: list[PointRef]
    runs: list[RunRecord] | None
    undo_title: str | None
    redo_title: str | None


class RunChanged(Event, frozen=True):
    """The run started, progressed, paused or ended."""

    run: RunState


class TrackUpdate(Event, frozen=True):
    """The tracks after one step of the run: frames from ``start`` on, of ``points``.

    Attributes:
        positions: (n_span, n_points, 2) f4.
        visibility: (n_span, n_points) u1.
        confidence: (n_span, n_points) f4.
    """

    run_id: int
    step: int
    n_steps: int
    loss: float | None
    seconds: float
    is_best: bool
    start: int
    points: list[PointRef]
    positions: Block
    visibility: Block
    confidence: Block


class SaveChanged(Event, frozen=True):
    """Whether all edits are on the disk."""

    save: SaveState


class Frame(Event, frozen=True):
    """A scaled JPEG of frame ``shown_idx``; ``is_exact`` is false while the asked frame is still decoded."""

    frame_idx: int
    shown_idx: int
    is_exact: bool
    time_s: float
    jpeg: bytes


class Notice(Event, frozen=True):
    """Something the user should know, in words."""

    level: Literal["info", "warning", "error"]
    message: str
    hint: str = ""
