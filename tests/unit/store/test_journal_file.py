"""The open journal: a failed line leaves no trace."""

import pytest

from talpose_app.store.files import ProjectFiles
from talpose_app.store.journal import Undid, encode_record, read_lines
from talpose_app.store.journal_file import JournalFile, JournalLostError
from tests.fixtures.disks import FaultyDisk


def line(revision):
    return encode_record(Undid(revision=revision, prev="", at="", of=1))


@pytest.fixture
def disk():
    return FaultyDisk()


@pytest.fixture
def files(tmp_path):
    return ProjectFiles(tmp_path / "fox.talpose.json")


@pytest.fixture
def journal(disk, files):
    made = JournalFile(files, disk)
    made.rewrite([line(1), line(2)])
    return made


def revisions(disk, files):
    return [found.record.revision for found in read_lines(disk.read(files.journal))]


def test_lines_are_appended_and_counted(journal, disk, files):
    journal.append(line(3))
    assert revisions(disk, files) == [1, 2, 3]
    assert (journal.n_lines, journal.length) == (3, len(disk.read(files.journal)))


def test_a_full_disk_leaves_the_journal_as_it_was(journal, disk, files):
    disk.n_free = 10
    with pytest.raises(OSError, match="space"):
        journal.append(line(3))
    assert revisions(disk, files) == [1, 2]
    disk.n_free = None
    journal.append(line(3))
    assert revisions(disk, files) == [1, 2, 3]


def test_a_tail_that_could_not_be_cut_is_cut_before_the_next_line(journal, disk, files, monkeypatch):
    file = journal._file

    def broken(_length):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(file, "truncate", broken)
        disk.n_free = 10
        with pytest.raises(OSError, match="space"):
            journal.append(line(3))
    disk.n_free = None
    journal.append(line(3))
    assert revisions(disk, files) == [1, 2, 3]


def test_opening_cuts_what_is_not_whole(journal, disk, files):
    length = journal.length
    disk.overwrite(files.journal, disk.read(files.journal) + b'{"crc":"torn')
    journal.open(length, 2)
    journal.append(line(3))
    assert revisions(disk, files) == [1, 2, 3]


def test_lines_appended_while_a_new_journal_is_prepared_come_along(journal, disk, files):
    prepared = journal.prepare([line(2)])
    before = journal.length
    journal.append(line(3))
    journal.swap(prepared, disk.read(files.journal)[before:])
    journal.append(line(4))
    assert revisions(disk, files) == [2, 3, 4]
    assert (journal.n_lines, journal.length) == (3, len(disk.read(files.journal)))


def test_a_replaced_or_closed_journal_takes_nothing(journal, disk, files):
    disk.overwrite(files.journal, b"")
    with pytest.raises(JournalLostError):
        journal.append(line(3))
    journal.close()
    journal.close()
    with pytest.raises(JournalLostError):
        journal.append(line(3))
