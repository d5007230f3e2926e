"""The lock is the operating system's: it names its holder and dies with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from talpose_app.errors import ProjectError, ProjectLockedError
from talpose_app.store.lock import ProjectLock

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys, pathlib
from talpose_app.store.lock import ProjectLock
lock = ProjectLock.acquire(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fox.talpose.lock"


def test_a_second_lock_in_the_same_process_is_refused(path):
    lock = ProjectLock.acquire(path)
    with pytest.raises(ProjectLockedError):
        ProjectLock.acquire(path)
    lock.release()
    lock.release()
    ProjectLock.acquire(path).release()
    assert not path.exists()


def test_another_process_is_named_and_its_death_frees_the_lock(path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ProjectLockedError, match=f"process {process.pid}"):
            ProjectLock.acquire(path)
        process.kill()
    assert path.exists()
    ProjectLock.acquire(path).release()


def test_a_lock_file_left_behind_does_not_block(path):
    path.write_text('{"user": "ghost", "pid": 1}')
    ProjectLock.acquire(path).release()


def test_a_lock_whose_file_was_removed_is_not_held(path):
    lock = ProjectLock.acquire(path)
    assert lock.is_held
    path.unlink()
    assert not lock.is_held
    other = ProjectLock.acquire(path)
    lock.release()
    assert other.is_held
    other.release()


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}"])
def test_a_holder_that_does_not_tell_its_name_still_holds(path, text):
    lock = ProjectLock.acquire(path)
    path.write_text(text)
    with pytest.raises(ProjectLockedError, match="open already"):
        ProjectLock.acquire(path)
    lock.release()


def test_the_time_is_told_as_people_read_it(path):
    lock = ProjectLock.acquire(path)
    with pytest.raises(ProjectLockedError, match=r"since \d{4}-\d\d-\d\d \d\d:\d\d\)"):
        ProjectLock.acquire(path)
    path.write_text('{"since": "the day before"}')
    with pytest.raises(ProjectLockedError, match="since the day before"):
        ProjectLock.acquire(path)
    lock.release()


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(ProjectError, match="cannot be written"):
        ProjectLock.acquire(tmp_path / "nowhere" / "a.lock")
