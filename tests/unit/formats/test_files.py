import os
from pathlib import Path

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.files import check_target, replacing, replacing_file
from talpose_app.model.project import Project
from talpose_app.store.store import ProjectStore
from tests.fixtures.projects import video_info


def test_the_file_appears_whole(tmp_path):
    path = tmp_path / "out.csv"
    with replacing(path) as stream:
        stream.write("first\nsecond\n")
        assert not path.exists()
    assert path.read_bytes() == b"first\nsecond\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_failed_export_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as stream:
        stream.write(f"new {1 / 0}")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("fox.talpose.json", "project's file"),
        ("FOX.TALPOSE.JSON", "project's file"),
        ("fox.talpose.journal", "project's file"),
        ("fox.talpose.lock", "project's file"),
        ("fox.talpose.backup-2.json", "project's file"),
        ("fox.talpose.damaged-1.journal", "project's file"),
        ("fox.talpose.json.tmp", "project's file"),
        ("other.mp4", "name of a video"),
        ("OTHER.AVI", "name of a video"),
    ],
)
def test_files_of_projects_and_videos_are_never_written_over(tmp_path, name, says):
    path = tmp_path / name
    path.write_text("precious")
    with pytest.raises(FormatError, match=says), replacing(path):
        pass
    assert path.read_text() == "precious"


def test_a_name_that_only_looks_like_a_projects_is_free(tmp_path):
    for name in ("fox.talpose.csv", "fox.talpose.json.csv", "talpose.json"):
        check_target(tmp_path / name)


def test_a_project_and_its_journal_are_known_by_what_they_say(tmp_path):
    store = ProjectStore.create(tmp_path / "fox.talpose.json", Project(video_info()))
    store.close()
    for file in (store.files.snapshot, store.files.journal):
        renamed = file.replace(tmp_path / f"fox{file.suffix}")
        before = renamed.read_bytes()
        with pytest.raises(FormatError, match="is a TALPose project"), replacing(renamed):
            pass
        assert renamed.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_an_export_keeps_the_rights_of_the_file_it_replaces(tmp_path):
    path, usual = tmp_path / "out.csv", tmp_path / "usual.csv"
    usual.touch()
    with replacing(path):
        pass
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o640)
    with replacing(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o640


def test_folders_and_missing_folders_are_refused(tmp_path):
    with pytest.raises(FormatError, match="is a folder"):
        check_target(tmp_path)
    with pytest.raises(FormatError, match="does not exist"):
        check_target(tmp_path / "no" / "out.csv")


def test_a_link_is_followed(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    with replacing(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_link_does_not_lead_to_a_project_file(tmp_path):
    project, link = tmp_path / "fox.talpose.json", tmp_path / "link.json"
    project.write_text("project")
    link.symlink_to(project)
    with pytest.raises(FormatError, match="project's file"), replacing(link):
        pass
    assert project.read_text() == "project"


def test_a_device_is_written_to_directly():
    read_end, write_end = os.pipe()
    try:
        with replacing(Path(f"/dev/fd/{write_end}")) as stream:
            stream.write("streamed")
        os.close(write_end)
        assert os.read(read_end, 100) == b"streamed"
    finally:
        os.close(read_end)


def test_a_full_disk_is_an_error_in_words():
    with pytest.raises(FormatError, match="could not be written"), replacing(_full_device()) as stream:
        stream.write("text")


def _full_device():
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("this system has no /dev/full")
    return device


def test_a_library_writes_a_file_that_appears_whole(tmp_path):
    path = tmp_path / "out.slp"
    path.write_bytes(b"old")
    with replacing_file(path) as draft:
        draft.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.slp"]


def test_a_library_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.slp"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing_file(path) as draft:
        draft.write_bytes(b"new" * (1 // 0))
    with pytest.raises(FormatError, match="could not be written"), replacing_file(path) as draft:
        draft.with_name("no folder").joinpath("x").touch()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.slp"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_librarys_file_keeps_the_rights_of_the_file_it_replaces(tmp_path):
    path = tmp_path / "out.slp"
    path.touch(mode=0o640)
    with replacing_file(path) as draft:
        assert draft.stat().st_mode & 0o777 == 0o600  # Others see nothing of it meanwhile.
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_a_library_writes_goes_into_a_device():
    read_end, write_end = os.pipe()
    try:
        with replacing_file(Path(f"/dev/fd/{write_end}")) as whole:
            whole.write_bytes(b"streamed")
        os.close(write_end)
        assert os.read(read_end, 100) == b"streamed"
    finally:
        os.close(read_end)
    with pytest.raises(FormatError, match="could not be written"), replacing_file(_full_device()) as whole:
        whole.write_bytes(b"text")
