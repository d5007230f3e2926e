import pytest

from talpose_app.video.prefetch import Prefetcher
from talpose_app.video.reader import VideoReader
from tests.fixtures.videos import ClipShelf, damage

LOOK = ((96, 64), 85)


@pytest.fixture
def reader(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_long_gop").path) as opened:
        yield opened


@pytest.fixture
def prefetcher(reader: VideoReader):
    made = Prefetcher(reader._pictures)
    yield made
    made.close()


def ready(reader: VideoReader) -> list[int]:
    return [i for i in range(reader.info.n_frames) if reader._pictures.is_ready(i, LOOK)]


def test_forward_play_finds_the_next_second_ready(reader: VideoReader, prefetcher: Prefetcher):
    reader.jpeg(10)
    prefetcher.aim(10, 1)
    assert prefetcher.wait_until_idle(30)
    assert ready(reader) == list(range(10, 35))


def test_backward_play_finds_the_frames_before_ready(reader: VideoReader, prefetcher: Prefetcher):
    reader.jpeg(200)
    prefetcher.aim(200, -1)
    assert prefetcher.wait_until_idle(30)
    assert ready(reader) == list(range(104, 201))


def test_backward_at_the_start_ends_there(reader: VideoReader, prefetcher: Prefetcher):
    reader.jpeg(3)
    prefetcher.aim(3, -1)
    assert prefetcher.wait_until_idle(30)
    assert ready(reader) == [0, 1, 2, 3]


def test_forward_at_the_end_ends_there(reader: VideoReader, prefetcher: Prefetcher):
    reader.jpeg(297)
    prefetcher.aim(297, 1)
    assert prefetcher.wait_until_idle(30)
    assert ready(reader) == [297, 298, 299]


def test_it_does_not_drag_the_decoder_to_a_far_place(reader: VideoReader, prefetcher: Prefetcher):
    reader.jpeg(5)
    prefetcher.aim(200, 1)
    assert prefetcher.wait_until_idle(30)
    assert ready(reader) == [5]


def test_stopping_empties_its_hands(reader: VideoReader, prefetcher: Prefetcher):
    prefetcher.aim(200, -1)
    prefetcher.aim(200, 0)
    assert prefetcher.wait_until_idle(30)


def test_a_broken_frame_ahead_ends_it_quietly(clips: ClipShelf, tmp_path):
    path = damage(clips.get("mjpeg_mov").path, tmp_path / "damaged.mov", 20)
    with VideoReader.open(path) as reader:
        reader.jpeg(15)
        reader.prefetch(15, 1)
        assert reader._prefetcher.wait_until_idle(30)
        assert ready(reader)[:5] == [15, 16, 17, 18, 19]


def test_closing_amid_work_returns(reader: VideoReader):
    prefetcher = Prefetcher(reader._pictures)
    prefetcher.aim(299, -1)
    prefetcher.close()
    assert not prefetcher._thread.is_alive()
