import json

import pytest

from talpose_app.video.check import check_video
from talpose_app.video.cursor import FrameCursor
from tests.fixtures.videos import RECIPES, ClipShelf, cut, damage


@pytest.mark.parametrize("name", RECIPES)
def test_sound_videos_pass(clips: ClipShelf, name: str):
    clip = clips.get(name)
    report = check_video(clip.path, samples=24)
    assert report.is_ok, report
    assert report.n_frames == report.n_frames_decoded == len(clip.codes)
    assert report.n_sampled == min(24, len(clip.codes))
    assert (report.width, report.height) == clip.size
    assert report.is_rotated is ("turned" in name or "mirrored" in name)
    assert report.is_variable_rate is ("vfr" in name)
    assert report.has_edit_list is ("trimmed" in name)


def test_the_report_is_plain_data(clips: ClipShelf):
    told: list[float] = []
    report = check_video(str(clips.get("h264_mp4").path), progress=told.append)
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["has_b_frames"] is True
    assert plain["wrong_frames"] == []
    assert plain["codec"] == "h264"
    assert told[-1] == 1.0


def test_a_wrong_frame_is_found(clips: ClipShelf, monkeypatch):
    read = FrameCursor.read

    def off_by_one(cursor: FrameCursor, frame_idx: int):
        return read(cursor, 21 if frame_idx == 20 else frame_idx)

    monkeypatch.setattr(FrameCursor, "read", off_by_one)
    report = check_video(clips.get("h264_mp4").path)
    assert not report.is_ok
    assert report.wrong_frames == [20]
    assert "the first is 20" in report.warnings[0]


def test_a_damaged_frame_is_named(clips: ClipShelf, tmp_path):
    report = check_video(damage(clips.get("mjpeg_mov").path, tmp_path / "damaged.mov", 20))
    assert not report.is_ok
    assert report.undecodable_frames == [20]
    assert report.wrong_frames == []
    assert (report.n_frames, report.n_frames_decoded) == (40, 39)
    assert len(report.warnings) == 2


def test_a_truncated_video_passes_with_a_warning(clips: ClipShelf, tmp_path):
    report = check_video(cut(clips.get("mjpeg_avi").path, tmp_path / "cut.avi", 30))
    assert report.is_ok
    assert (report.n_frames, report.n_frames_header) == (30, 40)
    assert report.n_frames_decoded in {30, 31}  # with or without the half picture
    assert len(report.warnings) == 1
