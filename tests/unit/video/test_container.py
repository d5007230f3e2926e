import av
import pytest

from talpose_app.errors import VideoError
from talpose_app.video.container import decode_packets, open_container, time_base_of
from tests.fixtures.videos import ClipShelf, barcode, cut, write_sound


def test_the_picture_stream_is_found_behind_the_sound(clips: ClipShelf):
    container, stream = open_container(clips.get("h264_sound_first").path)
    with container:
        assert stream.type == "video"
        assert {packet.stream_index for packet in container.demux(stream) if packet.size} == {stream.index}
        assert stream.index != container.streams.audio[0].index


def test_a_cover_picture_is_not_taken_for_the_video(tmp_path):
    path = tmp_path / "cover.mp4"
    with av.open(str(path), "w") as output:
        cover = output.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        video = output.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        for stream, size in ((cover, (32, 32)), (video, (96, 64))):
            frame = av.VideoFrame.from_ndarray(barcode(1, *size), format="rgb24").reformat(
                format=stream.pix_fmt
            )
            frame.pts = 0
            for packet in stream.encode(frame) + stream.encode(None):
                output.mux(packet)
    container, stream = open_container(path)
    with container:
        assert stream.width == 96


def test_each_failure_is_told_in_words_with_a_way_out(clips: ClipShelf, tmp_path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no video\n" * 50)
    (tmp_path / "noise.mkv").write_bytes(bytes(range(256)) * 40)
    write_sound(tmp_path / "sound.m4a")
    cut(clips.get("h264_mp4").path, tmp_path / "cut.mp4", 20)
    whole = clips.get("h264_mp4").path.read_bytes()
    (tmp_path / "unknown.mp4").write_bytes(whole.replace(b"avc1", b"zzzz"))
    (tmp_path / "half_table.mp4").write_bytes(whole[:2000])
    told = {
        "missing.mp4": "There is no file",
        ".": "is a folder",
        "empty.mp4": "empty.mp4 is empty",
        "notes.txt": "notes.txt is not a video",
        "noise.mkv": "noise.mkv is not a video",
        "sound.m4a": "sound.m4a has no video stream",
        "unknown.mp4": "a way that FFmpeg does not know",
        "half_table.mp4": "half_table.mp4 ends before its table of frames",
        "cut.mp4": "cut.mp4 ends before its table of frames",
    }
    for name, sentence in told.items():
        with pytest.raises(VideoError, match=sentence) as caught:
            open_container(tmp_path / name)
        assert caught.value.hint, name


def test_a_playlist_cannot_make_it_read_other_files(clips: ClipShelf, tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(VideoError):
        open_container(playlist)


def test_decoding_ends_with_the_frames_held_back_for_reordering(clips: ClipShelf):
    container, stream = open_container(clips.get("h264_mp4").path)
    with container:
        assert time_base_of(stream) == stream.time_base
        assert len(list(decode_packets(container.demux(stream), stream, careful=False))) == 40


@pytest.mark.parametrize("name", ["maus & käfig #1?.mp4", "a:b 100%d.mp4", "[x] 'y' (z).mp4", "-i.mp4"])
def test_any_file_name_is_only_a_name(clips: ClipShelf, tmp_path, name: str):
    path = tmp_path / name
    path.write_bytes(clips.get("h264_mp4").path.read_bytes())
    container, stream = open_container(path)
    with container:
        assert stream.frames == 40
