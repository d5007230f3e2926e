"""A real file system that is full, read-only, or gone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from talpose_app.errors import ProjectError
from talpose_app.model.edits import ChangeTracks
from talpose_app.model.track import Provenance, Track
from talpose_app.session.events import SaveChanged
from talpose_app.session.session import Session
from tests.fixtures.killable import fingerprint
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import N_FRAMES, Recorder, set_label


def mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    may_mount = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount")
    if not may_mount or not mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)):
        pytest.skip("needs the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def session(small_disk, video, open_sessions) -> Session:
    made = open_sessions(Session.create(small_disk / "fox.talpose.json", video, None))
    made.apply("Add keypoint", _add_keypoint(made))
    made.apply("Set label", set_label(NOSE, 0, 1.0, 2.0))
    return made


def _add_keypoint(session):
    from talpose_app.model.edits import ChangeSkeleton

    return ChangeSkeleton(session.project.skeleton.with_keypoint("nose"))


def random_track(seed: int) -> ChangeTracks:
    positions = np.random.default_rng(seed).normal(size=(N_FRAMES, 2)).astype(np.float32)
    track = Track(positions, positions[:, 0] > 0, positions[:, 1], (Provenance(0, N_FRAMES, 1),))
    return ChangeTracks(((NOSE, track),))


def fill(session: Session) -> int:
    """Edit until the disk refuses; return how many edits went through."""
    for count in range(10_000):
        before, hint = session.project, None
        try:
            session.apply("Track", random_track(count))
        except ProjectError as error:
            hint = error.hint
        if hint is not None:
            assert "Free some space" in hint
            assert session.project is before
            return count
    raise AssertionError("the disk never was full")


def test_a_full_disk_refuses_edits_loses_none_and_recovers(session, small_disk, open_sessions):
    heard = Recorder(session)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(64_000))
    assert fill(session) > 3
    assert heard.of(SaveChanged)[-1].state.error is not None
    digest, revision = fingerprint(session.project), session.revision
    copy = small_disk.parent / "copy"
    shutil.copytree(small_disk, copy, ignore=shutil.ignore_patterns("ballast", "*.lock"))
    ballast.unlink()
    assert session.apply("Set label", set_label(NOSE, 1, 3.0, 4.0)) == revision + 1
    session.save()
    assert session.save_state.state == "saved"
    # What a crash at the full disk would have left.
    crashed = open_sessions(Session.open(copy / "fox.talpose.json", None))
    assert crashed.recovery.is_clean
    assert (crashed.revision, fingerprint(crashed.project)) == (revision, digest)


def test_a_project_closed_on_a_full_disk_is_whole(session, open_sessions):
    fill(session)
    digest = fingerprint(session.project)
    session.close()
    again = open_sessions(Session.open(session.path, None))
    assert fingerprint(again.project) == digest


def test_a_disk_that_turns_read_only_refuses_and_can_still_be_read(session, small_disk, open_sessions):
    digest = fingerprint(session.project)
    session.close()
    assert mount("-o", "remount,ro", str(small_disk))
    with pytest.raises(ProjectError, match="cannot be written") as caught:
        Session.open(session.path, None)
    assert "only be read" in caught.value.hint
    reader = open_sessions(Session.open(session.path, None, read_only=True))
    assert fingerprint(reader.project) == digest
