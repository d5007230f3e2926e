"""Finding checkpoints by name and path, without torch."""

import hashlib
import json
import zipfile

import pytest

from talpose_app import paths
from talpose_app.errors import TrackerError
from talpose_app.tracking import checkpoints
from talpose_app.tracking.checkpoints import (
    DIGEST_KEY,
    find_checkpoint,
    safetensors_metadata,
    verify_checkpoint,
    weights_sha256,
)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The user's folder and the package's, both empty."""
    bundled = tmp_path / "bundled"
    bundled.mkdir()
    monkeypatch.setattr(paths, "bundled_checkpoints_dir", lambda: bundled)
    return paths.user_checkpoints_dir(), bundled


def write_safetensors(path, body=b"\0" * 8, **metadata):
    header = {"__metadata__": metadata, "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def test_auto_takes_the_best_that_is_installed(folders):
    user, bundled = folders
    (bundled / "talpose-small.safetensors").touch()
    assert find_checkpoint().name == "talpose-small"
    (user / "scaled_online.pth").touch()
    assert find_checkpoint("auto").name == "cotracker3-online"
    (bundled / "scaled_offline.pth").touch()
    found = find_checkpoint("auto")
    assert (found.name, found.path, found.license) == (
        "cotracker3-offline",
        bundled / "scaled_offline.pth",
        "CC-BY-NC 4.0",
    )


def test_the_users_file_goes_before_the_packages(folders):
    user, bundled = folders
    for folder in folders:
        (folder / "talpose-small.safetensors").touch()
    assert find_checkpoint("talpose-small").path.parent == user != bundled


def test_a_path_is_taken_as_it_is(folders, tmp_path):
    path = tmp_path / "mine.pth"
    path.touch()
    assert find_checkpoint(str(path)).path == path
    assert find_checkpoint(str(path)).name == str(path)


def test_a_name_that_is_not_installed_says_where_to_put_the_file(folders):
    with pytest.raises(TrackerError, match=r"scaled_offline\.pth into .*checkpoints"):
        find_checkpoint("cotracker3-offline")


@pytest.mark.parametrize("name", ["auto", "no-such-tracker", "/no/such/file.pth"])
def test_nothing_found_lists_the_names(folders, name):
    with pytest.raises(TrackerError, match="talpose-small"):
        find_checkpoint(name)


def test_hash_is_the_files(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"weights")
    assert weights_sha256(path) == hashlib.sha256(b"weights").hexdigest()
    with pytest.raises(TrackerError, match="cannot be read"):
        weights_sha256(tmp_path / "absent")


def test_whole_safetensors_pass(tmp_path):
    path = tmp_path / "w.safetensors"
    write_safetensors(path, **{DIGEST_KEY: hashlib.sha256(b"\0" * 8).hexdigest(), "config": "{}"})
    verify_checkpoint(path)
    assert safetensors_metadata(path)["config"] == "{}"
    write_safetensors(path)
    verify_checkpoint(path)


@pytest.mark.parametrize(("body", "reason"), [(b"\0" * 7, "7 bytes"), (b"\1" * 8, "check sum")])
def test_damaged_safetensors_are_refused(tmp_path, body, reason):
    path = tmp_path / "w.safetensors"
    write_safetensors(path, body, **{DIGEST_KEY: hashlib.sha256(b"\0" * 8).hexdigest()})
    with pytest.raises(TrackerError, match=reason):
        verify_checkpoint(path)


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 40, (4).to_bytes(8, "little") + b"[1, ", b"\3" + bytes(7) + b"{}"]
)
def test_safetensors_with_a_broken_header_are_refused(tmp_path, data):
    path = tmp_path / "w.safetensors"
    path.write_bytes(data)
    with pytest.raises(TrackerError, match="header"):
        verify_checkpoint(path)


def test_archives_are_checked_part_by_part(tmp_path):
    path = tmp_path / "w.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/0", b"weights weights")
    verify_checkpoint(path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"weights weights", b"weights_weights", 1))
    with pytest.raises(TrackerError, match="data/0"):
        verify_checkpoint(path)
    path.write_bytes(data[:30])
    with pytest.raises(TrackerError, match="not a checkpoint"):
        verify_checkpoint(path)
    with pytest.raises(TrackerError, match="cannot be read"):
        verify_checkpoint(tmp_path / "absent.pth")


def test_known_names_are_distinct():
    names = [known.name for known in checkpoints.KNOWN_CHECKPOINTS]
    assert len(set(names)) == len(names)
