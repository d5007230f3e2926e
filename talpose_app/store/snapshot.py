"""The snapshot's bytes: one label, keypoint, run and track a line, so that versions can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from talpose_app.errors import SchemaError
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.track import Track
from talpose_app.store.codec import (
    individuals_to_shape,
    label_to_shape,
    project_from_shape,
    run_to_shape,
    skeleton_to_shape,
    track_to_shape,
    video_to_shape,
)
from talpose_app.store.migrations import to_present_schema
from talpose_app.store.schema import FORMAT, SCHEMA, SnapshotShape, ViewValue

_CHECKSUM_FIELD = b'"sha256":'
_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(SnapshotShape)

View = Mapping[str, ViewValue]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the history of a project.

    Attributes:
        revision: Number of edits, undos and redos that led here.
        journal_sum: Checksum of the journal record of this revision.
    """

    revision: int
    journal_sum: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A project as it was at one place of its history."""

    project_id: str
    mark: Mark
    project: Project
    view: View = field(default_factory=dict[str, ViewValue])


class SnapshotWriter:
    """Turns snapshots into bytes; remembers the lines of tracks that did not change since the last one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._track_lines: dict[PointId, tuple[Track, bytes]] = {}

    def to_bytes(self, snapshot: Snapshot) -> bytes:
        """Encode a snapshot, checksum included."""
        project = snapshot.project
        skeleton = skeleton_to_shape(project.skeleton)
        lines = [
            b"{",
            _field("format", FORMAT),
            _field("schema", SCHEMA),
            _field("project_id", snapshot.project_id),
            _field("revision", snapshot.mark.revision),
            _field("journal_sum", snapshot.mark.journal_sum),
            _field("video", video_to_shape(project.video, self._folder)),
            b'"skeleton":{',
            _field("next_id", skeleton.next_id),
            _block("keypoints", map(_encode, skeleton.keypoints)),
            _field("edges", skeleton.edges),
            _field("symmetries", skeleton.symmetries).removesuffix(b","),
            b"},",
            _block("individuals", map(_encode, individuals_to_shape(project.individuals))),
            _block("labels", (_encode(label_to_shape(label)) for label in project.all_labels())),
            _block("runs", (_encode(run_to_shape(run)) for run in project.runs)),
            _block("tracks", self._lines_of_tracks(project)),
            _field("view", dict(sorted(snapshot.view.items()))),
            b"",
        ]
        body = b"\n".join(lines)
        return body + _CHECKSUM_FIELD + b'"' + _checksum(body) + b'"\n}\n'

    def _lines_of_tracks(self, project: Project) -> list[bytes]:
        known, self._track_lines = self._track_lines, {}
        for point in project.points():
            track = project.made.get(point)
            if track is None:
                continue
            last = known.get(point)
            line = last[1] if last and last[0] is track else _encode(track_to_shape(point, track))
            self._track_lines[point] = (track, line)
        return [line for _, line in self._track_lines.values()]


def _field(name: str, value: object) -> bytes:
    return _encode(name) + b":" + _encode(value) + b","


def _block(name: str, lines: Iterable[bytes]) -> bytes:
    """A list with one item a line."""
    inside = b",\n".join(lines)
    return _encode(name) + (b":[\n" + inside + b"\n]," if inside else b":[],")


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def checksum_holds(data: bytes) -> bool:
    """Whether no byte was changed since TALPose wrote the file; true of a file without a checksum."""
    start = data.rfind(_CHECKSUM_FIELD)
    if start < 0:
        return True
    return data[start:] == _CHECKSUM_FIELD + b'"' + _checksum(data[:start]) + b'"\n}\n'


def snapshot_from_bytes(data: bytes, folder: Path) -> Snapshot:
    """Decode and check a snapshot; the checksum is ``checksum_holds``'s matter.

    Raises:
        NewerSchemaError: A newer version of TALPose wrote it.
        SchemaError: It is damaged, or no project at all.
    """
    try:
        shape = _decoder.decode(to_present_schema(data))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise SchemaError(f"It is not a TALPose project file ({error}).") from error
    return Snapshot(
        shape.project_id,
        Mark(shape.revision, shape.journal_sum),
        project_from_shape(shape, folder),
        shape.view,
    )
