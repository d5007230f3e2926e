"""Hostile bytes at every door: only errors in words may come of them."""

from __future__ import annotations

import contextlib
import json
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgpack
import numpy as np
import safetensors.numpy

from benchmarks.reliability.mutations import Plain, mutated_bytes, mutated_plain
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

#: One attempt: raises whatever should not happen; True when the bytes were taken.
Attempt = Callable[[random.Random], bool]

#: How often each door is tried, relative to the others: cheap ones more often.
_WEIGHTS = {
    "commands": 50,
    "projects": 3,
    "journals": 3,
    "labels": 3,
    "skeletons": 3,
    "trackers": 3,
    "videos": 1,
}


@dataclass
class FuzzFigures:
    """What came of it.

    Attributes:
        seed: Repeats it.
        tried: Attempts at each door.
        taken: Of these, how many were sound after all.
        losses: Crashes: anything but an error in words, with where it came from.
    """

    seed: int
    tried: dict[str, int] = field(default_factory=dict[str, int])
    taken: dict[str, int] = field(default_factory=dict[str, int])
    losses: list[str] = field(default_factory=list[str])


def fuzz(folder: Path, seed: int, rounds: int) -> FuzzFigures:
    """Try every door.

    Args:
        folder: Empty; sound files are made there, and hostile ones.
        seed: Of every change made to sound bytes.
        rounds: Attempts at the rarest door; see ``_WEIGHTS`` for the others.
    """
    figures, rng = FuzzFigures(seed), random.Random(seed)  # noqa: S311  no secret
    doors = _doors(folder, rng)
    for name, attempt in doors.items():
        n_tried = rounds * _WEIGHTS[name]
        figures.tried[name], figures.taken[name] = n_tried, 0
        for idx in range(n_tried):
            one = random.Random(f"{seed} {name} {idx}")  # noqa: S311  repeats one attempt
            try:
                figures.taken[name] += attempt(one)
            except Exception:  # noqa: BLE001  what is looked for
                figures.losses.append(f"{name} {idx}: {traceback.format_exc(limit=-3)}")
    return figures


def _doors(folder: Path, rng: random.Random) -> dict[str, Attempt]:
    video = encode_video(folder / "fox.mp4", Recipe(n_frames=12, gop=4)).path
    path, project = _sound_project(folder, video, rng)
    truth, skeleton = folder / "sound-labels.json", folder / "skeleton.json"
    exporter("talpose-labels").export(project, truth)
    skeleton.write_text('{"keypoints": [{"name": "a"}, {"name": "b"}], "edges": [["a", "b"]]}')
    snapshot, journal = path.read_bytes(), path.with_name("fox.talpose.journal").read_bytes()
    return {
        "commands": _commands,
        "projects": lambda rng: _open(folder, _mutated_json(snapshot, rng), journal),
        "journals": lambda rng: _open(folder, snapshot, mutated_bytes(journal, rng)),
        "labels": _reading(folder / "labels.json", truth, lambda file: _import(file, project)),
        "skeletons": _reading(folder / "s.json", skeleton, read_skeleton),
        "trackers": _reading(folder / "t.safetensors", _sound_tracker(folder), verify_checkpoint),
        "videos": _reading(folder / "v.mp4", video, _watch),
    }


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


# ------------------------------------------------------------------- doors


def _commands(rng: random.Random) -> bool:
    """A message from a page, changed as bytes or as what it says."""
    example = rng.choice([message for message in EXAMPLES if isinstance(message, Command)])
    data = encode(example)
    if rng.random() < 0.5:
        data = mutated_bytes(data, rng)
    else:
        plain = cast("Plain", msgpack.unpackb(data))
        with contextlib.suppress(OverflowError):
            data = cast("bytes", msgpack.packb(mutated_plain(plain, rng)))
    try:
        encode(decode_command(data))
    except CommandError:
        return False
    return True


def _mutated_json(data: bytes, rng: random.Random) -> bytes:
    """Changed as bytes, or as what it says; half of these without the seal that would give it away."""
    if rng.random() < 0.4:
        return mutated_bytes(data, rng)
    plain = cast("dict[str, Plain]", json.loads(data))
    plain.pop("sha256", None)
    return json.dumps(mutated_plain(plain, rng)).encode()


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
    ProjectStore.open(path).store.close()
    return True


def _load_history(history: History) -> None:
    """Read the steps that undo and redo would use; one that does not fit is told in words then."""
    for step in (*history.done, *history.undone):
        for edit in (step.forward, step.backward):
            with contextlib.suppress(TalposeError):
                if isinstance(edit, StoredEdit):
                    edit.load()


def _reading(target: Path, sound: Path, read: Callable[[Path], object]) -> Attempt:
    """Read a changed copy of a sound file."""
    data = sound.read_bytes()
    is_json = sound.suffix == ".json"

    def attempt(rng: random.Random) -> bool:
        if is_json and rng.random() < 0.6:
            target.write_text(json.dumps(mutated_plain(json.loads(data), rng)))
        else:
            target.write_bytes(mutated_bytes(data, rng))
        try:
            read(target)
        except TalposeError:
            return False
        return True

    return attempt


def _import(file: Path, project: Project) -> None:
    importer("talpose-labels").read(file, project).edit.apply(project)


def _watch(file: Path) -> None:
    """Open a video and show every frame; one that cannot be decoded is told in words."""
    with VideoReader.open(file) as reader:
        for frame_idx in range(min(reader.info.n_frames, 40)):
            with contextlib.suppress(TalposeError):
                reader.frame(frame_idx)
