import numpy as np
import pytest

from talpose_app.video.container import open_container
from talpose_app.video.scan import NO_STAMP, index_from_packets, judge, scan_packets
from tests.fixtures.videos import ClipShelf


def scanned(path):
    container, stream = open_container(path)
    with container:
        table = scan_packets(container, stream)
        return table, judge(table, container.format.name, stream), index_from_packets(table, stream)


@pytest.mark.parametrize(
    "name", ["h264_mp4", "h264_open_gop", "hevc_mkv", "vp9_webm", "av1_mp4", "mjpeg_avi", "h264_vfr_mkv"]
)
def test_packets_of_sound_files_are_trusted_without_decoding(clips: ClipShelf, name: str):
    clip = clips.get(name)
    table, trust, index = scanned(clip.path)
    assert (trust.everywhere, trust.at_head, trust.at_tail) == (True, True, True)
    assert len(table) == index.n_frames == len(clip.codes)
    times = (index.pts - index.pts[0]) * float(index.time_base)
    np.testing.assert_allclose(times, clip.times_s, atol=1e-3)


@pytest.mark.parametrize("name", ["h264_avi", "mpeg4_avi", "vp8_webm", "h264_interlaced"])
def test_guessed_stamps_and_codecs_with_hidden_pictures_are_not_trusted(clips: ClipShelf, name: str):
    assert not scanned(clips.get(name).path)[1].everywhere


@pytest.mark.parametrize("name", ["h264_trimmed", "h264_no_key_first"])
def test_a_beginning_that_hides_frames_is_to_be_decoded(clips: ClipShelf, name: str):
    trust = scanned(clips.get(name).path)[1]
    assert trust.everywhere
    assert not trust.at_head


def test_hidden_packets_are_no_frames_but_still_start_a_decode(clips: ClipShelf):
    table, _, index = scanned(clips.get("h264_trimmed").path)
    assert int(table.is_discard.sum()) == 7
    assert index.n_frames == 33
    assert index.keys.stamps[0] < index.pts[0]
    assert index.keys.frame_idxs[0] == 0


def test_missing_stamps_are_marked(clips: ClipShelf):
    table, _, _ = scanned(clips.get("h264_mkv").path)
    assert NO_STAMP not in table.pts
    assert (table.keys_at([0], [0]).seek_stamps <= table.pts[0]).all()


def test_progress_is_told_in_long_files(clips: ClipShelf, monkeypatch):
    monkeypatch.setattr("talpose_app.video.scan._PROGRESS_EVERY", 10)
    told: list[float] = []
    container, stream = open_container(clips.get("h264_mp4").path)
    with container:
        scan_packets(container, stream, told.append)
    assert len(told) == 4
    assert told == sorted(told)
    assert all(0 < share <= 1 for share in told)
