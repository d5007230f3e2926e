from fractions import Fraction

import numpy as np
import pytest

from talpose_app.video.index import FrameIndex, KeyFrames


def make_index(pts, keys=(0,), time_base=Fraction(1, 1000)) -> FrameIndex:
    pts = np.array(pts, dtype=np.int64)
    places = np.array(keys, dtype=np.int64)
    key_frames = KeyFrames(pts[places], pts[places] - 7, np.full(len(places), -1), places)
    return FrameIndex(pts, pts, key_frames, time_base)


def test_times_count_from_the_first_frame():
    index = make_index([500, 540, 600, 640])
    assert [index.time_s(i) for i in range(4)] == pytest.approx([0, 0.04, 0.1, 0.14])
    assert index.pts_of(2) == 600


def test_all_times_are_bit_for_bit_those_of_each_frame():
    for base in (Fraction(1, 90000), Fraction(1001, 30000), Fraction(1, 12800)):
        index = make_index(np.cumsum([7, *range(1, 2000, 3)]), time_base=base)
        assert index.times_s.tolist() == [index.time_s(i) for i in range(index.n_frames)]


def test_every_frame_is_on_the_screen_at_its_own_time_and_until_the_next():
    index = make_index(np.cumsum([100, 33, 34, 33, 90, 1, 40]), time_base=Fraction(1001, 30000))
    for frame_idx in range(index.n_frames):
        assert index.frame_at_time(index.time_s(frame_idx)) == frame_idx
    for frame_idx in range(index.n_frames - 1):
        between = (index.time_s(frame_idx) + index.time_s(frame_idx + 1)) / 2
        assert index.frame_at_time(between) == frame_idx
    assert index.frame_at_time(-1.0) == 0
    assert index.frame_at_time(1e6) == index.n_frames - 1


def test_key_frames_are_found_backward():
    index = make_index(range(0, 400, 40), keys=(0, 4, 9))
    assert [index.key_before(i) for i in range(10)] == [0, 0, 0, 0, 4, 4, 4, 4, 4, 9]
    assert index.key_ordinal(8) == 1
    assert index.longest_gop == 5


@pytest.mark.parametrize("frame_idx", [-1, 10])
def test_frames_outside_the_video_are_refused(frame_idx: int):
    index = make_index(range(0, 400, 40))
    for ask in (index.pts_of, index.time_s, index.key_before):
        with pytest.raises(IndexError, match="0 to 9"):
            ask(frame_idx)


@pytest.mark.parametrize(
    ("steps", "is_variable"),
    [
        ([33, 33, 34] * 20, False),
        ([40] * 30, False),
        ([40] * 30 + [80] + [40] * 5, True),
        ([30, 50] * 10, True),
        ([1, 1, 1, 2], False),
        ([40], False),
    ],
)
def test_rounding_of_a_constant_rate_is_not_a_variable_rate(steps: list[int], is_variable: bool):
    assert make_index(np.cumsum([0, *steps])).is_variable_rate is is_variable


def test_rate_and_duration():
    index = make_index(range(0, 400, 40))
    assert index.fps == pytest.approx(25)
    assert index.duration_s == pytest.approx(0.4)
    single = make_index([80])
    assert (single.fps, single.duration_s, single.longest_gop) == (0.0, 0.0, 1)


def test_of_key_packets_that_lead_to_one_frame_the_last_is_kept():
    unsorted = KeyFrames(
        stamps=np.array([-50, -10, 90, 40]),
        seek_stamps=np.array([-60, -20, 80, 30]),
        file_offsets=np.array([1, 2, 4, 3]),
        frame_idxs=np.array([0, 0, 5, 3]),
    )
    keys = unsorted.in_display_order()
    assert keys.frame_idxs.tolist() == [0, 3, 5]
    assert keys.stamps.tolist() == [-10, 40, 90]
    assert keys.seek_stamps.tolist() == [-20, 30, 80]
    assert keys.file_offsets.tolist() == [2, 3, 4]
