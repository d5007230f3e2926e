"""Listings and the ids that stand for paths."""

import os

import pytest

from talpose_app.errors import UsageError
from talpose_app.server import entries as module
from talpose_app.server.entries import Entries


@pytest.fixture
def entries():
    return Entries()


def _fill(folder):
    for name in ("b.mp4", "A.MOV", "c.talpose.json", "notes.txt", ".hidden.mp4", "settings.json"):
        (folder / name).write_bytes(b"12345")
    (folder / "zoo").mkdir()
    (folder / ".git").mkdir()
    (folder / "gone.mp4").symlink_to(folder / "nowhere")


def test_listing_shows_folders_videos_and_projects_only(entries, tmp_path):
    _fill(tmp_path)
    listing = entries.listing(7, tmp_path)
    assert (listing.id, listing.folder) == (7, str(tmp_path))
    shown = [(entry.name, entry.kind, entry.size) for entry in listing.entries]
    assert shown == [
        ("zoo", "folder", 0),
        ("A.MOV", "video", 5),
        ("b.mp4", "video", 5),
        ("c.talpose.json", "project", 5),
    ]


def test_every_line_can_be_opened_by_its_id(entries, tmp_path):
    _fill(tmp_path)
    listing = entries.listing(1, tmp_path)
    assert [entries.resolve(e.entry_id) for e in listing.entries] == [
        tmp_path / e.name for e in listing.entries
    ]
    assert listing.parent_id is not None
    assert entries.resolve(listing.parent_id) == tmp_path.parent


def test_the_root_has_no_parent(entries, tmp_path):
    assert entries.listing(1, tmp_path.__class__(tmp_path.anchor)).parent_id is None


def test_a_path_keeps_its_id_and_ids_cannot_be_guessed(entries, tmp_path):
    assert entries.offer(tmp_path) == entries.offer(tmp_path)
    assert len(entries.offer(tmp_path)) >= 12


@pytest.mark.parametrize("given", ["", "/etc/passwd", "../..", "unknown"])
def test_what_was_not_handed_out_is_refused(entries, given):
    with pytest.raises(UsageError):
        entries.resolve(given)


def test_a_folder_that_cannot_be_read_is_said_in_words(entries, tmp_path):
    with pytest.raises(UsageError, match=r"cannot be listed: No such file"):
        entries.listing(1, tmp_path / "missing")


def test_oldest_ids_are_forgotten(entries, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    ids = [entries.offer(tmp_path / str(i)) for i in range(5)]
    with pytest.raises(UsageError):
        entries.resolve(ids[1])
    assert entries.resolve(ids[4]) == tmp_path / "4"


def test_a_fifo_is_no_video(entries, tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert entries.listing(1, tmp_path).entries == []
