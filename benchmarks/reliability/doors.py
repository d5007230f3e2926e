"""Every door that bytes come through: sound bytes for it, and a way in. Only errors in words may come out."""

from __future__ import annotations

import contextlib
import random
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy

from benchmarks.reliability.desk import carrying_out
from talpose_app.engine_client.client import EngineClient
from talpose_app.errors import TalposeError
from talpose_app.formats.registry import exporter, importer
from talpose_app.formats.skeleton_file import read_skeleton
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.history import History
from talpose_app.model.project import Project
from talpose_app.protocol.codec import CommandError, decode_command, encode
from talpose_app.protocol.messages import Command
from talpose_app.session.session import Session
from talpose_app.store.edit_codec import StoredEdit
from talpose_app.store.store import ProjectStore
from talpose_app.tracking.checkpoints import verify_checkpoint
from talpose_app.video.reader import VideoReader
from tests.fixtures.killable import random_edit
from tests.fixtures.videos import Recipe
from tests.fixtures.videos import encode as encode_video
from tests.fixtures.wire_examples import EXAMPLES

_SEAL = re.compile(rb'^\{"crc":"[0-9a-f]{8}","record":(.*)\}$')
_START = re.compile(rb'"sum":"([0-9a-f]*)"')
_PREVIOUS = re.compile(rb'"prev":"[0-9a-f]*"')


@dataclass(frozen=True, slots=True)
class Door:
    """One way in.

    Attributes:
        seeds: Sound bytes.
        enter: Brings bytes in; True when they were taken, False when refused in words. Whatever it raises is
            a crash.
    """

    seeds: tuple[bytes, ...]
    enter: Callable[[bytes], bool]


def make_doors(folder: Path, rng: random.Random) -> dict[str, Door]:
    """Make the sound files, and the doors they come through.

    Args:
        folder: Empty; sound files are made there, and the hostile ones that are tried.
        rng: Of the edits in the sound project.
    """
    video = encode_video(folder / "fox.mp4", Recipe(n_frames=12, gop=4)).path
    path, project = _sound_project(folder, video, rng)
    names = ("labels.json", "export.json", "table.csv", "coco.json")
    truth, export, table, coco = (folder / f"sound-{name}" for name in names)
    exporter("talpose-labels").export(project, truth)
    exporter("json").export(project, export)
    exporter("deeplabcut").export(project, table)
    exporter("coco").export(project, coco)
    skeleton = folder / "skeleton.json"
    skeleton.write_text('{"keypoints": [{"name": "a"}, {"name": "b"}], "edges": [["a", "b"]]}')
    snapshot, journal = path.read_bytes(), path.with_name("fox.talpose.journal").read_bytes()
    commands = tuple(encode(message) for message in EXAMPLES if isinstance(message, Command))
    return {
        "commands": Door(commands, _decode),
        "answers": Door(commands, carrying_out(_copy(video, folder / "desk" / "fox.mp4"))),
        "projects": Door((snapshot,), lambda data: _open(folder, data, journal)),
        "journals": Door((journal,), lambda data: _open(folder, snapshot, data)),
        "records": Door((unsealed(journal),), lambda data: _open(folder, snapshot, sealed(data))),
        "labels": _importing(folder / "labels.json", truth, "talpose-labels", project),
        "exports": _importing(folder / "export.json", export, "json", project),
        "tables": _importing(folder / "table.csv", table, "deeplabcut", project),
        "coco": _importing(folder / "coco.json", coco, "coco", project),
        "skeletons": _reading(folder / "s.json", skeleton, read_skeleton),
        "trackers": _reading(folder / "t.safetensors", _sound_tracker(folder), verify_checkpoint),
        "videos": _reading(folder / "v.mp4", video, _watch),
    }


def unsealed(journal: bytes) -> bytes:
    """The records of a journal without their checksums, one a line."""
    return b"\n".join(_SEAL.sub(rb"\1", line) for line in journal.splitlines())


def sealed(records: bytes) -> bytes:
    """Give records sound checksums, so that what they say is read and not only that they are damaged."""
    lines: list[bytes] = []
    start = _START.search(records)
    previous = start[1] if start else b""
    for record in records.split(b"\n"):
        chained, is_live = _PREVIOUS.subn(b'"prev":"%s"' % previous, record, count=1)
        sum_ = b"%08x" % zlib.crc32(chained)
        lines.append(b'{"crc":"%s","record":%s}\n' % (sum_, chained))
        previous = sum_ if is_live else previous
    return b"".join(lines)


def _sound_project(folder: Path, video: Path, rng: random.Random) -> tuple[Path, Project]:
    path = folder / "fox.talpose.json"
    session = Session.create(path, video, EngineClient())
    try:
        skeleton = session.project.skeleton.with_keypoint("a").with_keypoint("b")
        session.apply("Add", ChangeSkeleton(skeleton))
        for _ in range(40):
            session.apply("Edit", random_edit(session.project, rng))
        session.save()
        for _ in range(5):
            session.undo()
        return path, session.project
    finally:
        session.close()


def _sound_tracker(folder: Path) -> Path:
    path = folder / "sound.safetensors"
    path.write_bytes(safetensors.numpy.save({"weight": np.zeros((8, 8), np.float32)}, {"note": "small"}))
    return path


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir()
    target.write_bytes(source.read_bytes())
    return target


def _decode(data: bytes) -> bool:
    """A message from a page."""
    try:
        encode(decode_command(data))
    except CommandError:
        return False
    return True


def _open(folder: Path, snapshot: bytes, journal: bytes) -> bool:
    """A project as found on a disk; opened, its history loaded, written and opened again."""
    for old in folder.glob("hostile.*"):
        old.unlink()
    path = folder / "hostile.talpose.json"
    path.write_bytes(snapshot)
    path.with_name("hostile.talpose.journal").write_bytes(journal)
    try:
        opened = ProjectStore.open(path)
    except TalposeError:
        return False
    try:
        _load_history(opened.history)
        opened.store.fold(opened.project, opened.store.mark, opened.view)
    finally:
        opened.store.close()
    _show(path)
    return True


def _show(path: Path) -> None:
    """Open it as the app does, with the video that it names."""
    with contextlib.suppress(TalposeError):
        session = Session.open(path, EngineClient())
        try:
            session.reader.frame(0)
        finally:
            session.close()


def _load_history(history: History) -> None:
    """Read the steps that undo and redo would use; one that does not fit is told in words then."""
    for step in (*history.done, *history.undone):
        for edit in (step.forward, step.backward):
            with contextlib.suppress(TalposeError):
                if isinstance(edit, StoredEdit):
                    edit.load()


def _reading(target: Path, sound: Path, read: Callable[[Path], object]) -> Door:
    """A file that is read."""

    def enter(data: bytes) -> bool:
        target.write_bytes(data)
        try:
            read(target)
        except TalposeError:
            return False
        return True

    return Door((sound.read_bytes(),), enter)


def _importing(target: Path, sound: Path, format_name: str, project: Project) -> Door:
    """A file of labels that is brought into the project."""
    chosen = importer(format_name)
    return _reading(target, sound, lambda file: chosen.read(file, project).edit.apply(project))


def _watch(file: Path) -> None:
    """Open a video and show every frame; one that cannot be decoded is told in words."""
    with VideoReader.open(file) as reader:
        for frame_idx in range(min(reader.info.n_frames, 40)):
            with contextlib.suppress(TalposeError):
                reader.frame(frame_idx)
