"""The archive: the same files give the same bytes, and nothing of the builder is in it."""

import hashlib
import os
import shutil
import tarfile
import zipfile

import pytest

from bundle.finish import pack
from bundle.systems import LINUX, MACOS, WINDOWS, this_system


@pytest.fixture
def folder(tmp_path):
    """A bundle of four entries, one of them a link and one a program."""
    top = tmp_path / "made" / "talpose"
    (top / "_internal").mkdir(parents=True)
    (top / "talpose").write_bytes(b"\x7fELF" + bytes(5000))
    (top / "talpose").chmod(0o755)
    (top / "_internal" / "libb.so.1").write_bytes(os.urandom(3000))
    (top / "_internal" / "a.txt").write_text("words")
    (top / "_internal" / "libb.so").symlink_to("libb.so.1")
    return top


@pytest.mark.skipif(shutil.which("xz") is None, reason="xz is not installed")
def test_the_same_files_give_the_same_bytes(folder, tmp_path):
    first = pack(folder, tmp_path / "one", LINUX)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (1, 1))
    second = pack(folder, tmp_path / "two", LINUX)
    assert first.name == "one.tar.xz"
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.skipif(shutil.which("xz") is None, reason="xz is not installed")
def test_entries_are_whole_and_say_nothing_of_the_builder(folder, tmp_path):
    path = pack(folder, tmp_path / "one", LINUX)
    with tarfile.open(path, "r:xz") as archive:
        entries = archive.getmembers()
        archive.extractall(tmp_path / "out", filter="data")
    assert [entry.name for entry in entries] == sorted(entry.name for entry in entries)
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, "root", "root")}
    assert len({entry.mtime for entry in entries}) == 1
    out = tmp_path / "out" / "talpose"
    assert os.access(out / "talpose", os.X_OK)
    assert (out / "_internal" / "libb.so").readlink().name == "libb.so.1"
    assert (out / "_internal" / "libb.so").read_bytes() == (folder / "_internal" / "libb.so.1").read_bytes()


@pytest.mark.skipif(shutil.which("xz") is None, reason="xz is not installed")
def test_its_sum_lies_beside_it(folder, tmp_path):
    path = pack(folder, tmp_path / "one", LINUX)
    digest, name = path.with_name("one.tar.xz.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


@pytest.mark.parametrize("system", [MACOS, WINDOWS])
def test_the_others_get_a_zip(folder, tmp_path, system):
    with zipfile.ZipFile(pack(folder, tmp_path / "one", system)) as archive:
        assert "talpose/_internal/a.txt" in archive.namelist()


@pytest.mark.parametrize(
    ("platform", "system"), [("linux", LINUX), ("darwin", MACOS), ("win32", WINDOWS), ("freebsd14", LINUX)]
)
def test_systems_by_platform(platform, system):
    assert this_system(platform) == system
