"""File names."""

from pathlib import Path

import pytest

from talpose_app.store.files import ProjectFiles, project_path_for


@pytest.mark.parametrize("typed", ["run", "run.json", "run.talpose", "run.talpose.json"])
def test_a_project_file_is_named_however_it_is_typed(typed):
    assert project_path_for(Path("/data") / typed) == Path("/data/run.talpose.json")


def test_all_files_lie_beside_the_snapshot():
    files = ProjectFiles(Path("/data/run.1.talpose.json"))
    assert files.name == "run.1"
    assert files.journal == Path("/data/run.1.talpose.journal")
    assert files.lock == Path("/data/run.1.talpose.lock")
    assert [path.name for path in files.backups] == [
        "run.1.talpose.backup-1.json",
        "run.1.talpose.backup-2.json",
    ]
    assert files.aside("damaged", "journal", 3).name == "run.1.talpose.damaged-3.journal"
    assert files.temporary(files.journal).name == "run.1.talpose.journal.tmp"


def test_no_two_files_share_a_name():
    files = ProjectFiles(Path("/data/run.talpose.json"))
    names = [files.snapshot, files.journal, files.lock, *files.backups, files.temporary(files.snapshot)]
    assert len(set(names)) == len(names)


def test_links_lead_to_the_same_files(tmp_path):
    real, link = tmp_path / "run.talpose.json", tmp_path / "other.talpose.json"
    link.symlink_to(real)
    assert ProjectFiles.at(link) == ProjectFiles.at(real)
    loop = tmp_path / "loop.talpose.json"
    loop.symlink_to(loop)
    assert not ProjectFiles.at(loop).are_there


def test_a_backup_is_enough_to_open_a_project(tmp_path):
    files = ProjectFiles.at(tmp_path / "run.talpose.json")
    assert not files.are_there
    files.journal.write_text("")
    assert not files.are_there
    files.backups[1].write_text("")
    assert files.are_there
