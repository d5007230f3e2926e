"""Files that the user brings."""

import hashlib

import pytest

from talpose_app import paths
from talpose_app.errors import TrackerError
from talpose_app.tracker_files import placing
from talpose_app.tracker_files.placing import is_checkpoint_name, place_checkpoint
from talpose_app.tracker_files.receipts import read_receipt
from talpose_app.tracking.checkpoints import find_checkpoint

pytestmark = pytest.mark.engine


@pytest.fixture
def official(small_official, tmp_path, monkeypatch, known):
    """The small official file under a name of its own, known as if that were its size."""
    monkeypatch.setattr(placing, "KNOWN_CHECKPOINTS", (known,))
    path = tmp_path / "download (1).pth"
    path.write_bytes(small_official.read_bytes())
    return path


@pytest.fixture
def own(tmp_path):
    """The built-in weights as if they were a user's own."""
    path = tmp_path / "my_lab.safetensors"
    path.write_bytes(find_checkpoint("talpose-small").path.read_bytes())
    return path


def test_an_official_file_is_known_by_what_it_holds(official):
    placed = place_checkpoint(official)
    assert placed.name == "cotracker3-offline"
    assert placed.path == paths.user_checkpoints_dir() / "scaled_offline.pth"
    assert placed.path.read_bytes() == official.read_bytes()
    assert read_receipt(placed.path).accepted_at is None


def test_an_own_file_becomes_a_tracker_of_its_name(own):
    placed = place_checkpoint(own)
    assert (placed.name, placed.path.parent) == ("my_lab", paths.user_checkpoints_dir())
    assert read_receipt(placed.path).sha256 == hashlib.sha256(own.read_bytes()).hexdigest()
    assert place_checkpoint(own) == placed


def test_another_file_of_the_same_name_is_never_overwritten(own, tmp_path):
    placed = place_checkpoint(own)
    before = placed.path.read_bytes()
    body = bytearray(before)
    other = tmp_path / "elsewhere" / own.name
    other.parent.mkdir()
    # One more byte of metadata: whole by its own check sums, and different.
    text = body[8:].replace(b'"__metadata__":{', b'"__metadata__":{"a":"b",', 1)
    n_header = int.from_bytes(body[:8], "little") + len(text) - len(body[8:])
    other.write_bytes(n_header.to_bytes(8, "little") + text)
    with pytest.raises(TrackerError, match="Another file named"):
        place_checkpoint(other)
    assert placed.path.read_bytes() == before


def test_a_damaged_file_is_not_taken(own):
    own.write_bytes(own.read_bytes()[:-100])
    with pytest.raises(TrackerError, match="cannot be used"):
        place_checkpoint(own)
    assert list(paths.user_checkpoints_dir().iterdir()) == []


def test_only_checkpoints_are_taken(tmp_path):
    assert is_checkpoint_name("a.PTH")
    assert not is_checkpoint_name("walk.mp4")
    with pytest.raises(TrackerError, match=r"no tracker's file.*\.safetensors"):
        place_checkpoint(tmp_path / "walk.mp4")
