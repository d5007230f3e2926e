"""The real disk keeps the promises the store is built on, as far as a test without a power switch can see."""

import errno
import sys

import pytest

from talpose_app.store.disk import RealDisk, write_beside
from tests.fixtures.disks import FaultyDisk


@pytest.fixture
def disk():
    return RealDisk()


def test_a_file_is_written_whole_and_read_back(disk, tmp_path):
    path = tmp_path / "a"
    disk.write(path, b"x" * 100_000)
    disk.write(path, b"short")
    assert disk.read(path) == b"short"
    disk.sync_folder(tmp_path)


def test_a_stamp_changes_with_the_file(disk, tmp_path):
    path = tmp_path / "a"
    assert disk.stamp(path) is None
    assert disk.stamp(path / "below") is None
    disk.write(path, b"one")
    first = disk.stamp(path)
    assert disk.stamp(path) == first
    disk.write(tmp_path / "b", b"one")
    disk.replace(tmp_path / "b", path)
    assert disk.stamp(path) != first


def test_a_copy_outlives_a_replacement(disk, tmp_path):
    disk.write(tmp_path / "a", b"old")
    disk.copy(tmp_path / "a", tmp_path / "kept")
    disk.copy(tmp_path / "a", tmp_path / "kept")
    disk.write(tmp_path / "b", b"new")
    disk.replace(tmp_path / "b", tmp_path / "a")
    assert (disk.read(tmp_path / "a"), disk.read(tmp_path / "kept")) == (b"new", b"old")


def test_copies_where_there_are_no_links(disk, tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", no_links)
    disk.write(tmp_path / "a", b"old")
    disk.copy(tmp_path / "a", tmp_path / "kept")
    assert disk.read(tmp_path / "kept") == b"old"


def test_appending_and_cutting_back(disk, tmp_path):
    path = tmp_path / "log"
    disk.write(path, b"one\n")
    file = disk.open_append(path)
    file.append(b"two\n")
    file.truncate(4)
    file.append(b"three\n")
    assert disk.read(path) == b"one\nthree\n"
    assert file.is_linked()
    disk.remove(path)
    disk.remove(path)
    assert not file.is_linked()
    disk.write(path, b"another")
    assert not file.is_linked()
    file.close()


def test_appending_never_makes_a_file(disk, tmp_path):
    with pytest.raises(FileNotFoundError):
        disk.open_append(tmp_path / "missing")


def test_half_a_file_is_removed_when_the_disk_is_full(tmp_path):
    full = FaultyDisk(n_free=3)
    with pytest.raises(OSError, match="space"):
        write_beside(full, tmp_path / "a.tmp", b"much more", like=tmp_path / "a")
    assert full.paths() == []
    assert full.n_free == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_file_gets_the_rights_of_the_one_it_replaces_or_the_usual_ones(tmp_path):
    old, new, fresh, usual = (tmp_path / name for name in ("old", "new", "fresh", "usual"))
    old.write_bytes(b"")
    usual.write_bytes(b"")
    old.chmod(0o640)
    RealDisk().write(new, b"data", like=old)
    RealDisk().write(fresh, b"data", like=tmp_path / "none")
    assert new.stat().st_mode == old.stat().st_mode
    assert fresh.stat().st_mode == usual.stat().st_mode
