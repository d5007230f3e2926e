import pytest

from talpose_app.video import decoding, pictures
from talpose_app.video.cursor import FrameAbandonedError
from talpose_app.video.encode import decode_jpeg
from talpose_app.video.proxy import Proxy
from talpose_app.video.reader import VideoReader
from tests.fixtures.videos import ClipShelf, read_barcode

LOOK = ((96, 64), 85)


@pytest.fixture
def reader(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_long_gop").path) as opened:
        yield opened


@pytest.fixture
def shelf(reader: VideoReader) -> pictures.Pictures:
    return reader._pictures


def code_of(jpeg: bytes) -> int:
    return read_barcode(decode_jpeg(jpeg))


def test_a_picture_once_made_is_ready(shelf: pictures.Pictures):
    assert not shelf.is_ready(120, LOOK)
    first = shelf.jpeg(120, LOOK)
    assert code_of(first) == 120
    assert shelf.is_ready(120, LOOK)
    assert shelf.jpeg(120, LOOK) is first
    assert not shelf.is_ready(120, ((48, 32), 85))


def test_a_far_frame_is_previewed_by_its_key_frame_and_named_so(shelf: pictures.Pictures):
    jpeg, shown_idx = shelf.preview(250, LOOK)
    assert (shown_idx, code_of(jpeg)) == (0, 0)


def test_a_ready_picture_nearer_than_the_key_frame_is_shown_instead(shelf: pictures.Pictures):
    shelf.jpeg(200, LOOK)
    jpeg, shown_idx = shelf.preview(260, LOOK)
    assert (shown_idx, code_of(jpeg)) == (200, 200)


def test_a_frame_that_is_quick_to_decode_is_previewed_exactly(shelf: pictures.Pictures):
    shelf.jpeg(100, LOOK)
    for frame_idx in (101, 104, 98):
        jpeg, shown_idx = shelf.preview(frame_idx, LOOK)
        assert shown_idx == code_of(jpeg) == frame_idx


def test_while_the_decoder_is_busy_a_preview_still_comes(shelf: pictures.Pictures):
    seen: list[tuple[int, int]] = []

    def look() -> bool:
        jpeg, shown_idx = shelf.preview(299, LOOK)
        seen.append((shown_idx, code_of(jpeg)))
        return True

    with pytest.raises(FrameAbandonedError):
        shelf.jpeg(250, LOOK, abandon=look)
    assert seen == [(0, 0)]


def test_caching_ahead_does_the_cheap_and_tells_of_the_rest(shelf: pictures.Pictures):
    shelf.jpeg(50, LOOK)
    assert shelf.cache_ahead(51) == "cached"
    assert code_of(shelf.jpeg(51, LOOK)) == 51
    assert shelf.cache_ahead(51) == "cached"
    assert shelf.cache_ahead(51 + 2 * decoding.INSTANT_COST) == "far"
    outcomes: list[str] = []

    def look() -> bool:
        outcomes.append(shelf.cache_ahead(53))
        return True

    with pytest.raises(FrameAbandonedError):
        shelf.jpeg(250, LOOK, abandon=look)
    assert outcomes == ["busy"]


def test_a_span_is_cached_with_a_decoder_of_its_own(shelf: pictures.Pictures):
    cursor = shelf.new_cursor()
    shelf.cache_span(40, 50, cursor, abandon=lambda: False)
    cursor.close()
    assert [i for i in range(60) if shelf.is_ready(i, shelf.look)] == list(range(40, 50))
    assert all(code_of(shelf.jpeg(i, shelf.look)) == i for i in range(40, 50))


@pytest.fixture
def proxied(reader: VideoReader, shelf: pictures.Pictures, tmp_path) -> pictures.Pictures:
    shelf.proxy = Proxy(reader.info, reader.index, reader._orientation, tmp_path)
    shelf.proxy.start()
    assert shelf.proxy.wait(60)
    return shelf


def test_with_a_proxy_every_frame_is_instant_and_its_bytes_are_sent_as_they_are(proxied: pictures.Pictures):
    for frame_idx in (299, 3, 157):
        assert proxied.is_instant(frame_idx, LOOK)
        assert proxied.preview(frame_idx, LOOK) == (proxied.proxy.jpeg(frame_idx), frame_idx)
        assert code_of(proxied.jpeg(frame_idx, LOOK)) == frame_idx


def test_smaller_pictures_are_made_from_the_proxy(proxied: pictures.Pictures):
    small = decode_jpeg(proxied.jpeg(211, ((48, 32), 85)))
    assert small.shape == (32, 48, 3)
    assert read_barcode(small) == 211


def test_a_proxy_of_fewer_pixels_does_not_answer_for_the_full_size(proxied: pictures.Pictures, monkeypatch):
    monkeypatch.setattr(proxied.proxy._file, "size", (48, 32))
    assert not proxied.is_ready(211, LOOK)
    assert proxied.preview(211, LOOK) == (proxied.proxy.jpeg(211), 211)
    assert code_of(proxied.jpeg(211, LOOK)) == 211
