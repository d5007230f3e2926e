"""The check of every opened video: silent for sound ones, one sentence where frames differ."""

import pytest

from talpose_app.video import spot_check
from talpose_app.video.cursor import FrameCursor
from talpose_app.video.reader import VideoReader
from talpose_app.video.spot_check import SpotCheck
from tests.fixtures.videos import RECIPES, ClipShelf


def _said(path, index=None):
    with VideoReader.open(path) as reader:
        told: list[str] = []
        check = SpotCheck(path, index or reader.index, told.append)
        check.start()
        check.wait()
    return told


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_is_said_of_sound_videos(clips: ClipShelf, name: str):
    assert _said(clips.get(name).path) == []


def test_frames_that_are_sought_wrongly_are_said(clips: ClipShelf, monkeypatch):
    read = FrameCursor.read
    monkeypatch.setattr(
        FrameCursor, "read", lambda self, frame_idx: read(self, frame_idx + 1 if frame_idx < 39 else 38)
    )
    (sentence,) = _said(clips.get("h264_mp4").path)
    assert "look different when they are sought, the first is" in sentence
    assert "talpose check" in sentence


def test_frames_that_are_listed_wrongly_are_said(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_vfr_mp4").path) as other:
        (sentence,) = _said(clips.get("h264_mp4").path, other.index)
    assert "shows other frames" in sentence


def test_only_the_beginning_is_looked_at(clips: ClipShelf, monkeypatch):
    monkeypatch.setattr(spot_check, "_N_FRAMES", 30)
    read, asked = FrameCursor.read, []

    def remember(self, frame_idx):
        asked.append(frame_idx)
        return read(self, frame_idx)

    monkeypatch.setattr(FrameCursor, "read", remember)
    assert _said(clips.get("h264_long_gop").path) == []
    assert 0 < len(asked) <= 6
    assert max(asked) < 30


def test_a_check_that_is_closed_tells_nothing(clips: ClipShelf, monkeypatch):
    monkeypatch.setattr(FrameCursor, "read", lambda self, frame_idx: pytest.fail("it looked all the same"))
    path, told = clips.get("h264_mp4").path, []
    with VideoReader.open(path) as reader:
        check = SpotCheck(path, reader.index, told.append)
        check.close()
        check.start()
        check.wait()
    assert told == []


def test_a_video_that_is_gone_is_not_its_business(clips: ClipShelf, tmp_path):
    with VideoReader.open(clips.get("h264_mp4").path) as reader:
        told: list[str] = []
        check = SpotCheck(tmp_path / "gone.mp4", reader.index, told.append)
        check.start()
        check.wait()
    assert told == []


def test_the_reader_keeps_what_was_found_and_looks_once(clips: ClipShelf, monkeypatch):
    read = FrameCursor.read
    with VideoReader.open(clips.get("h264_mp4").path) as reader:
        told: list[str] = []
        monkeypatch.setattr(FrameCursor, "read", lambda self, frame_idx: read(self, 39 - frame_idx))
        check = reader.start_check(told.append)
        check.wait()
        assert reader.start_check(told.append) is check
        assert reader.warnings == tuple(told)
        assert len(told) == 1
