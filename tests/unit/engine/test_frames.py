import numpy as np
import pytest

from talpose_app.engine import frames
from talpose_app.engine.frames import FrameSource
from talpose_app.errors import VideoError
from tests.fixtures.moving import HEIGHT, N_FRAMES, WIDTH


@pytest.fixture
def source(moving_video):
    opened = FrameSource(str(moving_video))
    yield opened
    opened.close()


def test_it_knows_the_video(source):
    assert source.size == (WIDTH, HEIGHT)
    assert source.n_frames == N_FRAMES


def test_gray_is_the_brightness_of_the_same_frame(source):
    color = next(source.color(7, 8)).astype(float) @ [0.299, 0.587, 0.114]
    assert np.abs(source.gray(7) - color).max() < 1.5


def test_frames_in_any_order_are_the_same(source):
    forward = [source.gray(i).copy() for i in range(N_FRAMES)]
    for i in reversed(range(N_FRAMES)):
        np.testing.assert_array_equal(source.gray(i), forward[i])


def test_what_was_decoded_in_color_is_not_decoded_again(source, monkeypatch):
    for _ in source.color(0, 5):
        pass
    expected = [source.gray(i) for i in range(5)]
    monkeypatch.setattr(source._reader, "frames", None)
    for i in range(5):
        assert source.gray(i) is expected[i]


def test_only_so_many_gray_frames_are_kept(source, monkeypatch):
    monkeypatch.setattr(frames, "_MAX_GRAY_BYTES", 0)
    monkeypatch.setattr(frames, "_CHUNK", 4)
    for i in [*range(N_FRAMES), *reversed(range(N_FRAMES))]:
        source.gray(i)
        assert len(source._grays) <= 8


def test_a_missing_video_is_an_error_in_words(tmp_path):
    with pytest.raises(VideoError):
        FrameSource(str(tmp_path / "none.mp4"))
