import os

import numpy as np
import pytest

from talpose_app.video import index_cache
from talpose_app.video.index_cache import cached_index, index_folder
from talpose_app.video.indexing import index_video
from tests.fixtures.videos import ClipShelf


def never(*_: object) -> None:
    raise AssertionError("the index was built again")


@pytest.mark.parametrize(
    "name", ["h264_turned_90", "h264_avi", "h264_trimmed", "h264_no_key_first", "mjpeg_mkv"]
)
def test_an_index_comes_back_as_it_was(clips: ClipShelf, name: str, monkeypatch):
    path = clips.get(name).path
    built = cached_index(path, "scheme:1", slow_s=-1)
    monkeypatch.setattr(index_cache, "index_video", never)
    found = cached_index(path, "scheme:1")
    for array in ("pts", "stamps"):
        np.testing.assert_array_equal(getattr(found.index, array), getattr(built.index, array))
    for array in ("stamps", "seek_stamps", "file_offsets", "frame_idxs"):
        np.testing.assert_array_equal(getattr(found.index.keys, array), getattr(built.index.keys, array))
    assert (found.index.time_base, found.index.origin) == (built.index.time_base, built.index.origin)
    assert (found.orientation, found.warnings, found.hides_frames) == (
        built.orientation, built.warnings, built.hides_frames,
    )  # fmt: skip


def test_quick_ones_are_not_kept(clips: ClipShelf):
    cached_index(clips.get("h264_mp4").path, "scheme:1", slow_s=60)
    assert list(index_folder().iterdir()) == []


def test_another_content_or_moment_has_another_index(clips: ClipShelf, tmp_path, monkeypatch):
    path = tmp_path / "a.mp4"
    path.write_bytes(clips.get("h264_mp4").path.read_bytes())
    cached_index(path, "scheme:1", slow_s=-1)
    monkeypatch.setattr(index_cache, "index_video", never)
    cached_index(path, "scheme:1")
    with pytest.raises(AssertionError, match="built again"):
        cached_index(path, "scheme:2")
    os.utime(path, (5, 5))
    with pytest.raises(AssertionError, match="built again"):
        cached_index(path, "scheme:1")


@pytest.mark.parametrize("content", [b"", b"no index", b"PK\x03\x04 half a zip"])
def test_a_damaged_index_is_built_again(clips: ClipShelf, content: bytes):
    path = clips.get("h264_mp4").path
    cached_index(path, "scheme:1", slow_s=-1)
    (file,) = index_folder().iterdir()
    file.write_bytes(content)
    assert cached_index(path, "scheme:1", slow_s=60).index.n_frames == index_video(path).index.n_frames


def test_a_full_disk_costs_only_the_cache(clips: ClipShelf, monkeypatch):
    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_cache.np, "savez", no_space)
    assert cached_index(clips.get("h264_mp4").path, "scheme:1", slow_s=-1).index.n_frames == 40
    assert list(index_folder().iterdir()) == []


def test_the_oldest_are_forgotten(clips: ClipShelf, monkeypatch):
    monkeypatch.setattr(index_cache, "_MAX_FILES", 2)
    path = clips.get("h264_mp4").path
    for number in range(4):
        cached_index(path, f"scheme:{number}", slow_s=-1)
    assert len(list(index_folder().iterdir())) == 2
