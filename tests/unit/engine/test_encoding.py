import numpy as np
import pytest
import torch

from talpose_app.engine.encoding import encode_frames, resize
from talpose_app.engine.workers import Workers

pytestmark = pytest.mark.engine

SIZE = (64, 96)


@pytest.fixture
def frames():
    return list(np.random.default_rng(0).integers(0, 256, (5, 48, 64, 3)).astype(np.uint8))


def test_frames_side_by_side_give_the_same_as_one_after_the_other(tiny_network, frames):
    workers = Workers(2)
    side_by_side = encode_frames(tiny_network, iter(frames), SIZE, workers)
    workers.close()
    np.testing.assert_array_equal(side_by_side, encode_frames(tiny_network, frames, SIZE, Workers(1)))


def test_a_video_that_breaks_off_says_so(tiny_network, frames):
    def broken():
        yield frames[0]
        raise OSError("cut off")

    workers = Workers(2)
    with pytest.raises(OSError, match="cut off"):
        encode_frames(tiny_network, broken(), SIZE, workers)
    workers.close()


def test_resizing_keeps_corner_pixels():
    frame = np.zeros((5, 7, 3), np.uint8)
    frame[0, 0], frame[-1, -1] = 200, 100
    small = resize(frame, (9, 11))
    assert small.shape == (3, 9, 11)
    np.testing.assert_allclose(small[:, 0, 0], 200, atol=1e-4)
    np.testing.assert_allclose(small[:, -1, -1], 100, atol=1e-4)


def test_a_gray_frame_is_the_mean_of_the_channels_of_a_colored_one():
    frame = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    gray = resize(frame, (9, 11), is_gray=True)
    assert gray.shape == (1, 9, 11)
    torch.testing.assert_close(gray[0], resize(frame, (9, 11)).mean(dim=0), atol=1e-4, rtol=0)
