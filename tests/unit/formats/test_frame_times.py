import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats import frame_times as module
from talpose_app.formats.frame_times import frame_times
from talpose_app.video.reader import VideoReader
from tests.fixtures.projects import video_info


def info_of(path):
    with VideoReader.open(path) as reader:
        return reader.info


@pytest.mark.parametrize("recipe", ["h264_mp4", "h264_vfr_mp4", "h264_vfr_mkv", "h264_late_start"])
def test_times_are_those_at_which_frames_are_shown(clips, recipe):
    clip = clips.get(recipe)
    times = frame_times(info_of(clip.path))
    assert times.times_s.tolist() == pytest.approx(clip.times_s, abs=1e-9)
    assert times.is_read


def test_without_the_video_they_are_counted_from_its_rate():
    times = frame_times(video_info())
    assert times.times_s.tolist() == [i / 25 for i in range(20)]
    assert not times.is_read
    assert abs(datetime.now(UTC) - times.began) < timedelta(hours=1)
    assert times.began_is == "when this file was written"
    still = replace(video_info(1), fps=0.0)
    assert frame_times(still).times_s.tolist() == [0.0]


def test_a_video_with_other_frames_or_none_is_not_asked(clips, tmp_path):
    other = replace(video_info(), path=str(clips.get("h264_mp4").path))
    assert not frame_times(other).is_read
    broken = tmp_path / "broken.mp4"
    broken.write_text("no video")
    assert not frame_times(replace(other, path=str(broken))).is_read


def test_uneven_times_are_not_made_up(clips):
    gone = replace(info_of(clips.get("h264_vfr_mp4").path), path="/videos/gone.mp4")
    with pytest.raises(
        FormatError, match=r"frames of gone.mp4 are not evenly spaced.*\n?.*Put the file back"
    ):
        frame_times(gone)


def test_the_beginning_is_what_the_video_says_or_else_its_file(clips, tmp_path, monkeypatch):
    path = Path(shutil.copy(clips.get("h264_mp4").path, tmp_path))
    changed = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    times = frame_times(info_of(path))
    assert (times.began, times.is_recorded) == (changed, False)
    assert times.began_is == "when the video's file was last changed"
    said = datetime(2024, 5, 6, tzinfo=UTC)
    monkeypatch.setattr(module, "recorded_at", lambda path: said)
    times = frame_times(info_of(path))
    assert (times.began, times.is_recorded) == (said, True)
