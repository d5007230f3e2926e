import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.video import proxy as proxy_module
from talpose_app.video.encode import decode_jpeg
from talpose_app.video.reader import VideoReader
from tests.fixtures.videos import RECIPES, ClipShelf, cut, read_barcode

_REAL_CLIPS = sorted((Path(__file__).parents[4] / "shared" / "clips").glob("*/*.mp4"))


@pytest.mark.parametrize("name", RECIPES)
def test_arrays_and_jpegs_show_the_frame_at_the_displayed_size(clips: ClipShelf, name: str):
    clip = clips.get(name)
    with VideoReader.open(clip.path) as reader:
        last = reader.info.n_frames - 1
        assert reader.info.size == clip.size
        for frame_idx in {last, 0, last // 2}:
            frame = reader.frame(frame_idx)
            assert (frame.shape, frame.dtype) == ((clip.size[1], clip.size[0], 3), np.uint8)
            assert read_barcode(frame) == clip.codes[frame_idx]
            through_jpeg = decode_jpeg(reader.jpeg(frame_idx))
            assert through_jpeg.shape == frame.shape
            assert np.abs(through_jpeg.astype(int) - frame).mean() < 3
            small = decode_jpeg(reader.jpeg(frame_idx, max_size=(60, 60), quality=90))
            assert max(small.shape) == 60
            assert read_barcode(small) == clip.codes[frame_idx]


def test_facts_about_the_video(clips: ClipShelf):
    clip = clips.get("h264_vfr_mp4")
    with VideoReader.open(str(clip.path)) as reader:
        info = reader.info
    assert (info.path, info.codec, info.n_frames) == (str(clip.path), "h264", 40)
    assert info.is_variable_rate
    assert info.fps == pytest.approx(39 / clip.times_s[-1], rel=1e-3)
    assert info.duration_s > clip.times_s[-1]
    assert info.time_base[0] == 1
    assert reader.warnings == ()


def test_a_span_is_decoded_forward(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_mp4").path) as reader:
        assert [read_barcode(frame) for frame in reader.frames(5, 12)] == list(range(5, 12))
        assert [read_barcode(frame) for frame in reader.frames(3, 40, 9)] == [3, 12, 21, 30, 39]
        assert list(reader.frames(7, 7)) == []
        with pytest.raises(IndexError):
            list(reader.frames(38, 42))
        with pytest.raises(ValueError, match="step"):
            list(reader.frames(0, 4, 0))


def test_a_span_leaves_the_place_of_the_other_reads_alone(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_long_gop").path) as reader:
        reader.frame(100)
        next(reader.frames(0, 10))
        assert reader.is_instant(101)


def test_the_next_span_goes_on_where_the_last_ended(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_long_gop").path) as reader:
        assert [read_barcode(frame) for frame in reader.frames(40, 50)] == list(range(40, 50))
        cursor = reader._span_cursor
        assert cursor.cost(50) == 1
        first, second = reader.frames(50, 60), reader.frames(20, 30)
        mixed = [read_barcode(next(span)) for _ in range(10) for span in (first, second)]
        assert mixed == [code for i in range(10) for code in (50 + i, 20 + i)]
        first.close()
        assert reader._span_cursor is cursor


def test_frames_are_the_callers_own(clips: ClipShelf):
    with VideoReader.open(clips.get("h264_mp4").path) as reader:
        reader.frame(3)[:] = 0
        assert read_barcode(reader.frame(3)) == 3


@pytest.mark.parametrize("frame_idx", [-1, 40])
def test_frames_outside_the_video_are_refused_everywhere(clips: ClipShelf, frame_idx: int):
    with VideoReader.open(clips.get("h264_mp4").path) as reader:
        for ask in (reader.frame, reader.jpeg, reader.preview, reader.is_instant):
            with pytest.raises(IndexError, match="outside the video"):
                ask(frame_idx)


def test_all_ways_at_once_from_many_threads_show_the_right_frames(clips: ClipShelf, rng):
    wrong: list[tuple[str, int]] = []
    with VideoReader.open(clips.get("h264_long_gop").path) as reader:

        def ask(seed: int) -> None:
            order = np.random.default_rng(seed)
            for frame_idx in order.integers(0, 80, 15).tolist():
                reader.prefetch(frame_idx, 1 if seed % 2 else -1)
                jpeg, shown_idx = reader.preview(frame_idx)
                if read_barcode(decode_jpeg(jpeg)) != shown_idx:
                    wrong.append(("preview", frame_idx))
                if read_barcode(decode_jpeg(reader.jpeg(frame_idx))) != frame_idx:
                    wrong.append(("jpeg", frame_idx))
                if read_barcode(reader.frame(frame_idx)) != frame_idx:
                    wrong.append(("frame", frame_idx))

        threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_the_proxy_is_made_only_where_it_helps_and_is_used(clips: ClipShelf, talpose_home, monkeypatch):
    with VideoReader.open(clips.get("h264_long_gop").path) as reader:
        assert reader.start_proxy() is None
        monkeypatch.setattr(proxy_module, "_MAX_GOP_MEGAPIXELS", 0.1)
        told: list[float] = []
        proxy = reader.start_proxy(250, told.append)
        assert proxy is not None
        assert proxy.wait(60)
        assert told[-1] == 1.0
        assert reader.is_instant(280)
        assert reader.preview(280) == (proxy.jpeg(280), 280)
        assert reader.start_proxy() is proxy
    assert len(list(talpose_home.rglob("*.mjpeg"))) == 1


def test_a_truncated_video_opens_and_warns(clips: ClipShelf, tmp_path):
    path = cut(clips.get("mjpeg_avi").path, tmp_path / "cut.avi", 30)
    with VideoReader.open(path) as reader:
        assert reader.info.n_frames == 30
        assert read_barcode(reader.frame(29)) == 29
        assert "ends early" in reader.warnings[0]


def test_a_closed_reader_says_so_and_may_be_closed_twice(clips: ClipShelf):
    reader = VideoReader.open(clips.get("h264_mp4").path)
    reader.jpeg(0)
    reader.prefetch(0, 1)
    reader.close()
    reader.close()
    for ask in (reader.frame, reader.jpeg):
        with pytest.raises(VideoError, match="has been closed"):
            ask(0)
    with pytest.raises(VideoError, match="has been closed"):
        next(reader.frames(0, 1))


@pytest.mark.skipif(not _REAL_CLIPS, reason="the real clips are not here")
@pytest.mark.parametrize("path", _REAL_CLIPS, ids=lambda path: path.stem)
def test_real_clips_give_the_frames_opencv_reads(path: Path, rng):
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        is_read, frame = capture.read()
        if not is_read:
            break
        frames.append(cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)[..., ::-1])
    with VideoReader.open(path) as reader:
        assert reader.info.n_frames == len(frames)
        for frame_idx in rng.permutation(len(frames))[:8].tolist():
            ours = cv2.resize(reader.frame(frame_idx), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            near = [i for i in range(frame_idx - 2, frame_idx + 3) if 0 <= i < len(frames)]
            errors = [float(np.abs(ours.astype(float) - frames[i]).mean()) for i in near]
            assert near[int(np.argmin(errors))] == frame_idx
            assert min(errors) < 4


def test_a_missing_file_and_one_that_is_no_video_are_told_in_words(tmp_path):
    (tmp_path / "notes.txt").write_text("no video\n" * 50)
    for name, sentence in {"none.mp4": "no file", "notes.txt": "not a video", ".": "a folder"}.items():
        with pytest.raises(VideoError, match=sentence):
            VideoReader.open(tmp_path / name)


def test_a_file_replaced_while_it_is_open_shows_no_frame_any_more(clips: ClipShelf, tmp_path):
    path = tmp_path / "fox.mp4"
    path.write_bytes(clips.get("h264_mp4").path.read_bytes())
    with VideoReader.open(path) as reader:
        assert read_barcode(reader.frame(3)) == 3
        other = tmp_path / "other.mp4"
        other.write_bytes(clips.get("h264_trimmed").path.read_bytes())
        other.replace(path)
        for read in (
            reader.frame,
            reader.jpeg,
            reader.preview,
            lambda idx: list(reader.frames(idx, idx + 1)),
        ):
            with pytest.raises(VideoError, match="replaced while it was open"):
                read(3)
