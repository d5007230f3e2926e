import cv2
import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.video.cursor import FrameCursor
from talpose_app.video.indexing import index_video
from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter
from tests.fixtures.videos import RECIPES, Clip, ClipShelf, Recipe, cut, damage, encode, read_barcode

#: OpenCV's own FFmpeg has no AV1 decoder, refuses to convert interlaced pictures, and ignores mirroring.
_BEYOND_OPENCV = {
    "av1_mp4",
    "av1_mkv",
    "av1_webm",
    "h264_interlaced",
    "h264_mirrored",
    "h264_turned_and_mirrored",
}


def opencv_codes(path) -> list[int]:
    """Barcodes of the frames that OpenCV reads one after the other."""
    capture = cv2.VideoCapture(str(path))
    codes = []
    while True:
        is_read, frame = capture.read()
        if not is_read:
            return codes
        codes.append(read_barcode(frame))


def our_codes(clip: Clip, path=None) -> list[int]:
    found = index_video(path or clip.path)
    cursor = FrameCursor(path or clip.path, found.index)
    converter = FrameConverter(found.orientation)
    size = found.orientation.size(found.width, found.height)
    codes = [read_barcode(converter.rgb(cursor.read(i), size)) for i in reversed(range(found.index.n_frames))]
    cursor.close()
    return codes[::-1]


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in _BEYOND_OPENCV])
def test_frame_n_is_the_nth_frame_opencv_reads(clips: ClipShelf, name: str):
    clip = clips.get(name)
    assert our_codes(clip) == clip.codes == opencv_codes(clip.path)


@pytest.mark.parametrize("name", RECIPES)
def test_sound_files_give_no_warning_but_that_of_a_missing_key_frame(clips: ClipShelf, name: str):
    clip = clips.get(name)
    found = index_video(clip.path)
    assert len(found.warnings) == (1 if name == "h264_no_key_first" else 0)
    assert found.orientation.size(found.width, found.height) == clip.size
    assert found.index.is_variable_rate is ("vfr" in name)
    np.testing.assert_allclose(
        [found.index.time_s(i) for i in range(found.index.n_frames)], clip.times_s, atol=2e-3
    )


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi"])
@pytest.mark.parametrize("position", [20, 45, 70])
def test_a_truncated_file_opens_with_its_whole_frames_and_says_so(tmp_path, suffix: str, position: int):
    options = {"movflags": "faststart"} if suffix in {"mp4", "mov"} else {}
    recipe = Recipe(suffix, n_frames=90, n_bframes=2, options={"crf": "8"}, container_options=options)
    clip = encode(tmp_path / f"whole.{suffix}", recipe)
    path = cut(clip.path, tmp_path / f"cut.{suffix}", position)
    codes = our_codes(clip, path)
    assert position - 3 <= len(codes) <= position
    # OpenCV decodes in threads, which lose the last whole frames with the broken one.
    also_by_opencv = opencv_codes(path)
    assert codes[: len(also_by_opencv)] == also_by_opencv[: len(codes)]
    warnings = index_video(path).warnings
    assert len(warnings) == 1
    assert f"{len(codes)}" in warnings[0]


def test_a_truncated_mjpeg_leaves_out_the_half_picture(clips: ClipShelf, tmp_path):
    clip = clips.get("mjpeg_avi")
    path = cut(clip.path, tmp_path / "cut.avi", 25)
    codes = our_codes(clip, path)
    assert codes == list(range(25))
    assert "ends early" in index_video(path).warnings[0]


def test_frames_after_damage_in_an_avi_keep_the_numbers_of_a_sequential_decode(clips: ClipShelf, tmp_path):
    clip = clips.get("mjpeg_avi")
    path = damage(clip.path, tmp_path / "damaged.avi", 20, n_bytes_before=8)
    assert our_codes(clip, path) == opencv_codes(path) == [*range(20), *range(21, 40)]


def test_open_groups_cut_at_a_key_frame_leave_out_what_cannot_be_decoded(clips: ClipShelf, tmp_path):
    whole = index_video(clips.get("h264_open_gop").path).index
    recipe = RECIPES["h264_open_gop"]
    for first in range(int(whole.keys.frame_idxs[1]) - 3, int(whole.keys.frame_idxs[1]) + 1):
        clip = encode(
            tmp_path / f"cut{first}.mkv",
            Recipe("mkv", n_frames=60, options=recipe.options, keep=lambda i, first=first: i >= first),
        )
        codes = our_codes(clip)
        assert codes == opencv_codes(clip.path)
        assert codes[-1] == 59


def test_a_file_without_a_single_frame_is_refused(tmp_path):
    recipe = Recipe("mkv", options={"x264-params": "bframes=0:keyint=99:scenecut=0"}, keep=lambda i: i >= 38)
    clip = encode(tmp_path / "headless.mkv", recipe)
    with pytest.raises(VideoError, match="holds no frame that can be decoded") as caught:
        index_video(clip.path)
    assert caught.value.hint


def test_what_opening_brings_to_light(clips: ClipShelf):
    found = index_video(clips.get("h264_turned_90").path)
    assert found.orientation == Orientation(transpose=True, flip_y=True)
    assert (found.width, found.height, found.codec, found.pix_fmt) == (96, 64, "h264", "yuv420p")
    assert found.n_frames_header == 40
    assert not found.is_cut_off
    assert index_video(clips.get("h264_trimmed").path).hides_frames
    assert index_video(clips.get("hevc_ten_bit").path).pix_fmt == "yuv420p10le"
    assert index_video(clips.get("h264_avi").path).index.origin == "decoded"


def test_frames_without_stamps_are_counted_from_the_start(clips: ClipShelf, tmp_path):
    path = tmp_path / "raw.h264"
    clip = clips.get("h264_ts")
    encode(path, Recipe(n_bframes=2, n_frames=40))
    found = index_video(path)
    assert our_codes(clip, path) == list(range(40))
    assert found.index.fps == pytest.approx(25)
