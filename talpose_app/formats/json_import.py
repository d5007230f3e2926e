"""The full open export back in: its labels with individuals, keypoints, edges and symmetries.

Tracks and runs stay in the file: they are predictions, and are made anew from the labels.
``json_format`` writes the file, ``docs/formats.md`` is the reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.incoming import FileContent, IncomingLabel, check_size, plan_import
from talpose_app.formats.json_format import VERSION
from talpose_app.formats.json_text import read_json
from talpose_app.formats.wording import counted
from talpose_app.model.label import Visibility
from talpose_app.model.project import Project
from talpose_app.model.video import VideoInfo


class ExportedVideo(msgspec.Struct, frozen=True):
    """Which video the file belongs to."""

    width: int
    height: int
    n_frames: int
    fingerprint: str
    name: str = ""


class ExportedIndividual(msgspec.Struct, frozen=True):
    """An individual by its name."""

    name: str


class ExportedKeypoint(msgspec.Struct, frozen=True):
    """A keypoint by its name."""

    name: str
    color: Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]


class ExportedLabel(msgspec.Struct, frozen=True):
    """A label; ``x`` and ``y`` are null when it is absent."""

    individual: str
    keypoint: str
    frame: Annotated[int, msgspec.Meta(ge=0)]
    x: float | None
    y: float | None
    visibility: Visibility
    time_s: float | None = None


class ExportFile(msgspec.Struct, frozen=True):
    """What is read of an export; fields it does not name are passed over."""

    format: Literal["talpose-export"]
    version: int
    video: ExportedVideo
    individuals: list[ExportedIndividual]
    keypoints: list[ExportedKeypoint]
    labels: list[ExportedLabel]
    edges: list[tuple[str, str]] = []
    symmetries: list[tuple[str, str]] = []
    tracks: list[msgspec.Raw] = []


class JsonImporter:
    """Every label comes back as it was, bit for bit; what the project lacks around them is added."""

    name = "json"
    title = "JSON that TALPose exported"
    text = "Labels, individuals and skeleton come back; tracks are not read."
    extension = ".json"

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        file = read_json(path, ExportFile, "a JSON export of TALPose")
        if file.version > VERSION:
            raise FormatError(
                f"{path} was written by a newer TALPose (version {file.version} of the format).",
                hint="Update TALPose.",
            )
        check_size(path, (file.video.width, file.video.height), project)
        _check_names(path, file)
        is_same_video = file.video.fingerprint == project.video.fingerprint
        content = FileContent(
            [_label(path, label, knows_time=is_same_video) for label in file.labels],
            keypoints={keypoint.name: keypoint.color for keypoint in file.keypoints},
            individuals=[individual.name for individual in file.individuals],
            edges=file.edges,
            symmetries=file.symmetries,
            notes=[*_describe_video(file.video, project.video), *_describe_tracks(len(file.tracks))],
        )
        return plan_import(path, content, project, options)


def _check_names(path: Path, file: ExportFile) -> None:
    keypoints = _distinct(path, "keypoint", [keypoint.name for keypoint in file.keypoints])
    individuals = _distinct(path, "individual", [individual.name for individual in file.individuals])
    for label in file.labels:
        if label.keypoint not in keypoints or label.individual not in individuals:
            raise FormatError(
                f"{path} has a label of {label.keypoint!r} of {label.individual!r} at frame {label.frame}, "
                "which its lists lack."
            )
    for a, b in (*file.edges, *file.symmetries):
        if a == b or a not in keypoints or b not in keypoints:
            raise FormatError(f"{path} joins {a!r} and {b!r}, which are not two of its keypoints.")


def _distinct(path: Path, what: str, names: Sequence[str]) -> set[str]:
    known = set(names)
    if len(known) != len(names):
        raise FormatError(f"{path} names the same {what} twice.")
    if any(not name.strip() for name in known):
        raise FormatError(f"{path} has no name for one {what}.")
    return known


def _label(path: Path, label: ExportedLabel, *, knows_time: bool) -> IncomingLabel:
    if label.visibility is Visibility.ABSENT and (label.x, label.y) != (None, None):
        raise FormatError(f"{path}: {label.keypoint!r} at frame {label.frame} is absent and has a position.")
    return IncomingLabel(
        label.individual,
        label.keypoint,
        label.frame,
        math.nan if label.x is None else label.x,
        math.nan if label.y is None else label.y,
        label.visibility,
        label.time_s if knows_time else None,
    )


def _describe_video(exported: ExportedVideo, video: VideoInfo) -> list[str]:
    """Say that the file was made on another video: its frames need not be this one's."""
    if exported.fingerprint == video.fingerprint:
        return []
    frames = ""
    if exported.n_frames != video.n_frames:
        frames = f" of {counted(exported.n_frames, 'frame')}, this one has {video.n_frames}"
    name = f" ({exported.name})" if exported.name else ""
    return [
        f"The labels were made on another video file{name}{frames}: look whether they sit where they should."
    ]


def _describe_tracks(n_tracks: int) -> list[str]:
    return (
        [f"{counted(n_tracks, 'track')} not read: predictions are made anew from the labels."]
        if n_tracks
        else []
    )
