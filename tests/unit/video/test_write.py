import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.video.reader import VideoReader
from talpose_app.video.write import VideoWriter
from tests.fixtures.videos import barcode, read_barcode


@pytest.mark.parametrize("size", [(96, 64), (97, 65)])
@pytest.mark.parametrize("fps", [25.0, 29.97002997, 500.0])
def test_what_is_written_is_read_back(tmp_path, size, fps: float):
    path = tmp_path / "out.mp4"
    with VideoWriter(path, size, fps) as writer:
        for code in range(20):
            writer.write(barcode(code, *size))
    with VideoReader.open(path) as reader:
        assert reader.info.n_frames == 20
        assert reader.info.fps == pytest.approx(fps, rel=1e-4)
        assert not reader.info.is_variable_rate
        assert reader.info.size == (size[0] + size[0] % 2, size[1] + size[1] % 2)
        assert [read_barcode(frame) for frame in reader.frames(0, 20)] == list(range(20))


def test_colors_survive(tmp_path):
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, :48], picture[:, 48:] = (200, 40, 60), (40, 90, 210)
    with VideoWriter(tmp_path / "out.mp4", (96, 64), 25, crf=10) as writer:
        writer.write(picture)
    with VideoReader.open(tmp_path / "out.mp4") as reader:
        back = reader.frame(0).astype(int)
    assert np.abs(back[32, [24, 72]] - picture[32, [24, 72]]).max() <= 6


def test_a_frame_of_another_size_is_refused(tmp_path):
    with VideoWriter(tmp_path / "out.mp4", (96, 64), 25) as writer:
        with pytest.raises(ValueError, match="96x64"):
            writer.write(barcode(0, 64, 96))
        writer.write(barcode(0, 96, 64))


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(VideoError, match="cannot be written"):
        VideoWriter(tmp_path / "missing" / "out.mp4", (96, 64), 25)
