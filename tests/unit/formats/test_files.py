import os
from pathlib import Path

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.files import check_target, replacing


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


@pytest.mark.parametrize("name", ["fox.talpose.json", "FOX.TALPOSE.JSON", "fox.talpose.journal"])
def test_a_project_file_is_never_written_over(tmp_path, name):
    path = tmp_path / name
    path.write_text("project")
    with pytest.raises(FormatError, match="project file"), replacing(path):
        pass
    assert path.read_text() == "project"


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
    with pytest.raises(FormatError, match="project file"), replacing(link):
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
