"""Opening a container and finding its video stream, with errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from talpose_app.errors import VideoError
from talpose_app.paths import exists

#: A video may name other files or addresses (playlists); only the file itself is ever read.
_OPTIONS = {"protocol_whitelist": "file"}
#: FFmpeg draws text files as pictures of a terminal; nobody labels those.
_NOT_VIDEOS = {"tty", "bin", "xbin", "adf", "idf"}
_SUPPORTED = "TALPose reads H.264, HEVC, VP9, AV1 and MJPEG in .mp4, .mov, .mkv, .webm and .avi."


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a file and pick its first video stream that is not a cover picture.

    Args:
        path: The file.

    Returns:
        The container (the caller closes it) and the stream. Packets of other streams are discarded.

    Raises:
        VideoError: Missing, unreadable, not a video, or without a video stream.
    """
    if not exists(path):
        raise VideoError(f"There is no file {path}.", hint="Check the path; was the video moved or renamed?")
    if path.is_dir():
        raise VideoError(f"{path} is a folder, not a video.", hint="Choose a file inside it.")
    try:
        container = av.open(f"file:{path}", "r", options=_OPTIONS, metadata_errors="replace")
    except PermissionError as error:
        raise VideoError(f"{path} may not be read.", hint="Check the file's permissions.") from error
    except (FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error
    try:
        return container, _pick_stream(container, path)
    except VideoError:
        container.close()
        raise


def _pick_stream(container: InputContainer, path: Path) -> VideoStream:
    """The video's stream; packets of the others are discarded."""
    if container.format.name in _NOT_VIDEOS:
        raise VideoError(f"{path.name} is not a video.", hint=_SUPPORTED)
    if not container.streams.video and not container.streams.audio:
        raise _unreadable(path, VideoError("it holds neither picture nor sound"))
    streams = [
        stream for stream in container.streams.video if Disposition.attached_pic not in stream.disposition
    ]
    if not streams:
        raise VideoError(f"{path.name} has no video stream.", hint="Is it a sound file? Choose a video.")
    stream = streams[0]
    if stream.codec_context is None:  # pyright: ignore[reportUnnecessaryComparison]  # its types say never
        raise VideoError(f"{path.name} is encoded in a way that FFmpeg does not know.", hint=_SUPPORTED)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream


def time_base_of(stream: VideoStream) -> Fraction:
    """Give the seconds per time stamp unit of a stream."""
    return stream.time_base or Fraction(1, 1000)


def decode_packets(
    packets: Iterator[Packet[VideoStream]], stream: VideoStream, *, careful: bool
) -> Iterator[VideoFrame]:
    """Decode packets to frames in display order, flushing the decoder at the end.

    Args:
        packets: Packets from a place where decoding can begin.
        stream: Their stream, which owns the decoder.
        careful: Skip what cannot be decoded, as a player does; otherwise an error is raised.

    Raises:
        FFmpegError: A packet cannot be decoded and ``careful`` is off.
    """
    waiting = True
    while waiting:
        try:
            packet = next(packets, None)
        except (FFmpegError, OSError):
            packet = None  # The file ends here, whatever its tables say.
        waiting = packet is not None
        if packet is not None and packet.size == 0:
            continue  # A mark of the end, or a repeated frame; to the decoder it would mean "flush".
        try:
            frames = stream.codec_context.decode(packet)
        except FFmpegError:
            if not careful:
                raise
            continue
        yield from frames


def _unreadable(path: Path, error: Exception) -> VideoError:
    """Say why FFmpeg refuses a file."""
    if path.stat().st_size == 0:
        return VideoError(f"{path.name} is empty.", hint="Copy it again from its source.")
    with path.open("rb") as file:
        looks_like_mp4 = file.read(12)[4:8] == b"ftyp"
    if looks_like_mp4:
        return VideoError(
            f"{path.name} ends before its table of frames; the recording or the copy was cut off.",
            hint="Copy it again, or repair it with a tool that rebuilds the index of an MP4.",
        )
    reason = str(getattr(error, "strerror", None) or error)
    return VideoError(f"{path.name} is not a video FFmpeg can read: {reason}.", hint=_SUPPORTED)
