from datetime import UTC, datetime

import av
import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.video.recorded import recorded_at


def write_video(path, creation_time, tags=None):
    """A video of one frame whose container says when it was recorded."""
    with av.open(str(path), "w") as output:
        output.metadata.update({"creation_time": creation_time} if creation_time else tags or {})
        stream = output.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_a_camera_s_note_is_read_with_its_zone(tmp_path, suffix):
    video = write_video(tmp_path / f"a.{suffix}", "2025-06-04T14:30:05+02:00")
    assert recorded_at(video) == datetime(2025, 6, 4, 12, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize("said", ["", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_nothing_and_what_cannot_be_is_no_time(tmp_path, said):
    assert recorded_at(write_video(tmp_path / "a.mp4", said)) is None


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2025-06-04T12:00:00+00:00", datetime(2025, 6, 4, 12, tzinfo=UTC)),
        ("2025-06-04T12:00:00", None),
        ("yesterday", None),
    ],
)
def test_words_and_times_without_a_zone_are_no_time(tmp_path, said, found):
    """FFmpeg refuses to write them; in MKV, a tag of another name makes room for one."""
    stand_in = "creation_tim_"
    video = write_video(tmp_path / "a.mkv", None, {stand_in: said})
    video.write_bytes(video.read_bytes().replace(stand_in.upper().encode(), b"CREATION_TIME"))
    assert recorded_at(video) == found


def test_what_is_no_video_is_told(tmp_path):
    with pytest.raises(VideoError):
        recorded_at(tmp_path / "missing.mp4")
