import threading

import pytest

from talpose_app.errors import VideoError
from talpose_app.video.cursor import FrameAbandonedError
from talpose_app.video.decoding import SharedDecoder
from talpose_app.video.indexing import index_video
from tests.fixtures.videos import ClipShelf, read_barcode


@pytest.fixture
def decoder(clips: ClipShelf):
    clip = clips.get("h264_long_gop")
    found = index_video(clip.path)
    shared = SharedDecoder(clip.path, found.index, found.orientation)
    yield shared
    shared.close()


SIZE = (96, 64)


def test_frames_met_on_the_way_are_at_hand_afterwards(decoder: SharedDecoder):
    assert not decoder.is_instant(150)
    assert read_barcode(decoder.rgb(150, SIZE)) == 150
    assert all(decoder.is_instant(frame_idx) for frame_idx in range(100, 152))
    assert not decoder.is_instant(250)


def test_many_threads_each_get_their_frame(decoder: SharedDecoder, rng):
    wrong: list[int] = []

    def read(frame_idxs: list[int]) -> None:
        wrong.extend(i for i in frame_idxs if read_barcode(decoder.rgb(i, SIZE)) != i)

    threads = [threading.Thread(target=read, args=(rng.permutation(60)[:12].tolist(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not decoder.is_wanted


def test_background_work_steps_back_while_somebody_decodes(decoder: SharedDecoder):
    seen: list[object] = []

    def look() -> bool:
        seen.append((decoder.is_wanted, decoder.rgb_if_idle(0, SIZE)))
        return True

    with pytest.raises(FrameAbandonedError):
        decoder.rgb(200, SIZE, abandon=look)
    assert seen == [(True, None)]
    picture = decoder.rgb_if_idle(3, SIZE)
    assert picture is not None
    assert read_barcode(picture) == 3


def test_a_closed_decoder_says_so(decoder: SharedDecoder):
    decoder.rgb(0, SIZE)
    decoder.close()
    with pytest.raises(VideoError, match="has been closed"):
        decoder.rgb(0, SIZE)
