import contextlib

import numpy as np
import pytest

from talpose_app.errors import VideoError
from talpose_app.video.container import decode_packets, open_container
from talpose_app.video.cursor import FrameAbandonedError, FrameCursor
from talpose_app.video.indexing import index_video
from talpose_app.video.pixels import FrameConverter
from tests.fixtures.videos import RECIPES, ClipShelf, damage, read_barcode


def sequential_pictures(path):
    """Planes of every frame, decoded from the first packet to the last."""
    container, stream = open_container(path)
    with container:
        frames = decode_packets(container.demux(stream), stream, careful=True)
        return {frame.pts: frame.to_ndarray(format="rgb24") for frame in frames}


@pytest.mark.parametrize("name", RECIPES)
def test_every_way_to_a_frame_shows_that_frame(clips: ClipShelf, name: str, rng):
    clip = clips.get(name)
    found = index_video(clip.path)
    converter = FrameConverter(found.orientation)
    cursor = FrameCursor(clip.path, found.index)
    in_order = list(range(len(clip.codes)))
    at_random = rng.permutation(in_order).tolist()[: 40 if len(in_order) < 100 else 16]
    sparse = in_order[::7] + in_order[:60][::-5]

    assert found.index.n_frames == len(clip.codes)
    for frame_idx in at_random + in_order + in_order[-20:][::-1] + sparse:
        shown = read_barcode(converter.rgb(cursor.read(frame_idx), clip.size))
        assert shown == clip.codes[frame_idx], f"frame {frame_idx}"
    cursor.close()


@pytest.mark.parametrize("name", RECIPES)
def test_random_access_gives_the_very_pixels_of_a_sequential_decode(clips: ClipShelf, name: str, rng):
    clip = clips.get(name)
    truth = sequential_pictures(clip.path)
    index = index_video(clip.path).index
    cursor = FrameCursor(clip.path, index)

    for frame_idx in rng.permutation(index.n_frames)[: 40 if index.n_frames < 100 else 12].tolist():
        frame = cursor.read(frame_idx)
        np.testing.assert_array_equal(frame.to_ndarray(format="rgb24"), truth[frame.pts])
    cursor.close()


def test_a_step_forward_goes_on_instead_of_seeking(clips: ClipShelf):
    clip = clips.get("h264_long_gop")
    cursor = FrameCursor(clip.path, index_video(clip.path).index)
    met: list[int] = []
    cursor.read(100)
    assert cursor.cost(101) == 1
    cursor.read(103, visit=lambda frame_idx, _: met.append(frame_idx))
    assert met == [101, 102, 103]
    cursor.close()


def test_a_far_target_is_reached_from_its_key_frame(clips: ClipShelf):
    clip = clips.get("hevc_mp4")
    index = index_video(clip.path).index
    cursor = FrameCursor(clip.path, index)
    met: list[int] = []
    cursor.read(0)
    cursor.read(39, visit=lambda frame_idx, _: met.append(frame_idx))
    assert met == list(range(index.key_before(39), 40))
    cursor.close()


def test_abandoning_stops_the_decode_on_the_way_and_leaves_the_cursor_usable(clips: ClipShelf):
    clip = clips.get("h264_long_gop")
    cursor = FrameCursor(clip.path, index_video(clip.path).index)
    met: list[int] = []
    with pytest.raises(FrameAbandonedError):
        cursor.read(200, visit=lambda frame_idx, _: met.append(frame_idx), abandon=lambda: len(met) == 50)
    assert met == list(range(50))
    cursor.read(200, visit=lambda frame_idx, _: met.append(frame_idx))
    assert met == list(range(201))
    cursor.close()


def test_a_broken_frame_is_an_error_and_its_neighbors_are_not(clips: ClipShelf, tmp_path):
    clip = clips.get("mjpeg_mov")
    path = damage(clip.path, tmp_path / "damaged.mov", 20)
    found = index_video(path)
    cursor = FrameCursor(path, found.index)
    converter = FrameConverter(found.orientation)
    for _ in range(2):
        with pytest.raises(VideoError, match=r"Frame 20 of damaged\.mov cannot be decoded"):
            cursor.read(20)
        for frame_idx in (19, 21, 5, 39):
            assert read_barcode(converter.rgb(cursor.read(frame_idx), clip.size)) == frame_idx
    cursor.close()


def test_damage_in_one_group_of_pictures_leaves_the_others_exact(clips: ClipShelf, tmp_path):
    clip = clips.get("h264_mp4")
    index = index_video(clip.path).index
    start, stop = (int(frame_idx) for frame_idx in index.keys.frame_idxs[1:3])
    path = damage(clip.path, tmp_path / "damaged.mp4", start)
    cursor = FrameCursor(path, index)
    converter = FrameConverter(index_video(path).orientation)
    with contextlib.suppress(VideoError):
        cursor.read(start + 1)
    # The frame right before is still held for reordering when the damage comes, and may go with it.
    for frame_idx in [*range(stop, 40), *range(start - 1)]:
        assert read_barcode(converter.rgb(cursor.read(frame_idx), clip.size)) == frame_idx
    cursor.close()


def test_frames_outside_the_video_are_refused(clips: ClipShelf):
    clip = clips.get("h264_mp4")
    cursor = FrameCursor(clip.path, index_video(clip.path).index)
    for frame_idx in (-1, 40):
        with pytest.raises(IndexError, match="outside the video"):
            cursor.read(frame_idx)
    cursor.close()
