import os
import threading

import numpy as np
import pytest

from talpose_app.video import proxy as proxy_module
from talpose_app.video.encode import decode_jpeg
from talpose_app.video.proxy import Proxy, is_worthwhile, proxy_folder, trim_folder
from talpose_app.video.reader import VideoReader
from tests.fixtures.videos import ClipShelf, damage, read_barcode


@pytest.fixture
def make_proxy(clips: ClipShelf, tmp_path):
    made: list[Proxy] = []

    def make(name: str, path=None) -> Proxy:
        reader = VideoReader.open(path or clips.get(name).path)
        proxy = Proxy(reader.info, reader.index, reader._orientation, tmp_path)
        reader.close()
        made.append(proxy)
        return proxy

    yield make
    for proxy in made:
        proxy.close()


def test_every_picture_of_a_finished_proxy_is_its_frame(make_proxy):
    proxy = make_proxy("h264_turned_90")
    told: list[float] = []
    proxy.start(on_progress=told.append)
    assert proxy.wait(60)
    assert (proxy.progress, proxy.error, told[-1]) == (1.0, "", 1.0)
    for frame_idx in (39, 0, 17, 5, 38):
        assert read_barcode(decode_jpeg(proxy.jpeg(frame_idx))) == frame_idx


def test_a_finished_proxy_is_found_again_and_not_made_anew(make_proxy, tmp_path):
    first = make_proxy("h264_mp4")
    first.start()
    first.wait(60)
    first.close()
    (file,) = tmp_path.iterdir()
    os.utime(file, (1, 1))
    told: list[float] = []
    again = make_proxy("h264_mp4")
    again.start(on_progress=told.append)
    assert not again.is_running
    assert (again.progress, told) == (1.0, [1.0])
    assert read_barcode(decode_jpeg(again.jpeg(23))) == 23
    assert file.stat().st_mtime > 1


def test_it_begins_where_the_user_is(make_proxy):
    proxy = make_proxy("h264_mp4")
    has_begun, may_go_on = threading.Event(), threading.Event()

    def hold(_: float) -> None:
        has_begun.set()
        may_go_on.wait(30)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proxy_module, "_PROGRESS_EVERY_S", -1.0)
        proxy.start(first_frame_idx=30, on_progress=hold)
        assert has_begun.wait(30)
    start = proxy._index.key_before(30)
    assert start > 0
    assert proxy.has(start)
    assert not proxy.has(0)
    assert proxy.nearest_ready(0) == start
    may_go_on.set()
    assert proxy.wait(60)
    assert proxy.progress == 1.0


def test_closing_while_it_is_made_leaves_nothing_behind(make_proxy, tmp_path):
    proxy = make_proxy("h264_long_gop")
    has_begun = threading.Event()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proxy_module, "_PROGRESS_EVERY_S", -1.0)
        proxy.start(on_progress=lambda _: has_begun.set())
        assert has_begun.wait(30)
        proxy.close()
    assert list(tmp_path.iterdir()) == []
    assert proxy.jpeg(0) is None


def test_a_broken_frame_has_no_picture_and_the_others_do(make_proxy, clips, tmp_path_factory):
    path = damage(clips.get("mjpeg_mov").path, tmp_path_factory.mktemp("damaged") / "damaged.mov", 20)
    proxy = make_proxy("", path)
    proxy.start()
    assert proxy.wait(60)
    assert not proxy.has(20)
    assert proxy.progress == pytest.approx(39 / 40)
    assert read_barcode(decode_jpeg(proxy.jpeg(21))) == 21


def test_without_room_it_says_so_and_makes_nothing(make_proxy, tmp_path, monkeypatch):
    monkeypatch.setattr(proxy_module, "_MIN_FREE_BYTES", 1 << 60)
    proxy = make_proxy("h264_mp4")
    proxy.start()
    assert not proxy.is_running
    assert "too little room" in proxy.error
    assert list(tmp_path.iterdir()) == []


def test_outgrowing_the_budget_gives_up_and_cleans_up(make_proxy, tmp_path, monkeypatch):
    monkeypatch.setattr(proxy_module, "_BYTES_PER_PIXEL", 0.0)
    monkeypatch.setattr(proxy_module, "_MAX_PROXY_BYTES", 5000)
    proxy = make_proxy("h264_mp4")
    proxy.start()
    assert proxy.wait(60)
    assert "could not be prepared" in proxy.error
    assert list(tmp_path.iterdir()) == []


def test_a_failing_disk_is_told_and_leaves_nothing(make_proxy, tmp_path, monkeypatch):
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(proxy_module.ProxyFile, "append", no_space)
    proxy = make_proxy("h264_mp4")
    proxy.start()
    assert proxy.wait(60)
    assert "No space left" in proxy.error
    assert list(tmp_path.iterdir()) == []


def test_only_long_groups_of_large_pictures_are_worth_it(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_long_gop").path) as reader:
        assert is_worthwhile(reader.index, (1920, 1080))
        assert not is_worthwhile(reader.index, (96, 64))
    with VideoReader.open(clips.get("mjpeg_avi").path) as reader:
        assert not is_worthwhile(reader.index, (100_000, 100_000))


def test_the_folder_keeps_what_was_used_last(tmp_path):
    now = proxy_module.time.time()
    for age, name in enumerate(["new.mjpeg", "middle.mjpeg", "old.mjpeg", "left.1.part", "other.txt"]):
        (tmp_path / name).write_bytes(np.zeros(100, np.uint8).tobytes())
        os.utime(tmp_path / name, (now - 2000 * age, now - 2000 * age))
    trim_folder(tmp_path, max_bytes=250)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["middle.mjpeg", "new.mjpeg", "other.txt"]
    trim_folder(tmp_path, max_bytes=10)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.mjpeg", "other.txt"]


def test_proxies_lie_in_the_cache_folder(talpose_home):
    assert proxy_folder().is_relative_to(talpose_home)
