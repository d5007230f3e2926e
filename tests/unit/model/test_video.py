import dataclasses

import pytest

from talpose_app.model.video import VIDEO_SUFFIXES, VideoInfo


def test_a_video_is_described_by_plain_frozen_data():
    info = VideoInfo("/a.mp4", 640, 480, 90, (1, 30), 30.0, 3.0, "h264", "scheme:ab", is_variable_rate=False)
    assert info.size == (640, 480)
    assert all(info.shows(*at) for at in [(-0.5, 0), (639.5, 479.5)])
    assert not any(info.shows(*at) for at in [(-0.6, 0), (640, 0), (0, 479.6), (float("nan"), 0)])
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.width = 1


def test_video_endings_are_lower_case_with_their_dot():
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in VIDEO_SUFFIXES)
    assert {".mp4", ".avi", ".mov", ".mkv", ".webm"} <= VIDEO_SUFFIXES
