"""The snapshot's generations, and the versions of other programs."""

import pytest

from talpose_app.store.files import ProjectFiles
from talpose_app.store.snapshot_file import SnapshotFile, keep_aside
from tests.fixtures.disks import FaultyDisk


@pytest.fixture
def disk():
    return FaultyDisk()


@pytest.fixture
def files(tmp_path):
    return ProjectFiles(tmp_path / "fox.talpose.json")


@pytest.fixture
def snapshot(disk, files):
    made = SnapshotFile(files, disk)
    made.write(b"one")
    return made


def contents(disk, files):
    return [disk.read(p) if disk.stamp(p) else None for p in (files.snapshot, *files.backups)]


def test_generations_move_down(snapshot, disk, files):
    assert contents(disk, files) == [b"one", None, None]
    for data in (b"two", b"three", b"four"):
        assert snapshot.write(data) is None
    assert contents(disk, files) == [b"four", b"three", b"two"]


def test_writing_twice_fills_the_first_backup_with_the_same(snapshot, disk, files):
    snapshot.write_twice(b"new")
    assert contents(disk, files)[:2] == [b"new", b"new"]
    disk.flip(files.snapshot, 0, 0)
    assert contents(disk, files)[1] == b"new"


def test_another_programs_version_is_kept_and_is_no_generation_of_ours(snapshot, disk, files):
    snapshot.write(b"two")
    disk.overwrite(files.snapshot, b"theirs")
    conflict = snapshot.write(b"three")
    assert disk.read(conflict) == b"theirs"
    assert contents(disk, files) == [b"three", b"one", None]


def test_a_touched_file_with_the_same_content_is_ours(snapshot, disk, files):
    disk.overwrite(files.snapshot, b"one")
    assert snapshot.write(b"two") is None


def test_a_deleted_snapshot_is_written_again(snapshot, disk, files):
    disk.remove(files.snapshot)
    assert snapshot.write(b"two") is None
    assert contents(disk, files) == [b"two", None, None]


def test_kept_files_never_overwrite_one_another(snapshot, disk, files):
    kept = [keep_aside(files, disk, files.snapshot, "damaged", "json").name for _ in range(2)]
    assert kept == ["fox.talpose.damaged-1.json", "fox.talpose.damaged-2.json"]
    disk.flip(files.snapshot, 0, 0)
    assert disk.read(files.aside("damaged", "json", 1)) == b"one"
