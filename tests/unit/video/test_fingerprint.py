import os

import pytest

from talpose_app.errors import VideoError
from talpose_app.video.fingerprint import SCHEME, FileWatch, fingerprint_of

_MIB = 1 << 20


def test_a_fingerprint_names_its_scheme_and_survives_a_move(tmp_path):
    first = tmp_path / "a.mp4"
    first.write_bytes(b"video" * 1000)
    fingerprint = fingerprint_of(first)
    assert fingerprint.startswith(f"{SCHEME}:")
    assert fingerprint_of(first.rename(tmp_path / "b.mp4")) == fingerprint


@pytest.mark.parametrize("position", [0, _MIB - 1, _MIB, 5 * _MIB // 2, 5 * _MIB - 1])
def test_changes_at_the_ends_and_in_sampled_blocks_are_seen(tmp_path, position: int):
    data = bytearray(5 * _MIB)
    file = tmp_path / "a.mp4"
    file.write_bytes(data)
    before = fingerprint_of(file)
    data[position] = 1
    file.write_bytes(data)
    assert fingerprint_of(file) != before


def test_the_size_counts(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(bytes(5 * _MIB))
    before = fingerprint_of(file)
    file.write_bytes(bytes(5 * _MIB + 1))
    assert fingerprint_of(file) != before


def test_a_watch_tells_a_replaced_file_from_one_that_was_touched_or_is_gone(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"one")
    watch = FileWatch(file, fingerprint_of(file))
    watch.check()
    os.utime(file, (1, 1))
    watch.check()
    file.unlink()
    watch.check()
    file.write_bytes(b"two")
    for _ in range(2):
        with pytest.raises(VideoError, match="replaced while it was open"):
            watch.check()
    file.write_bytes(b"one")
    watch.check()
