"""Reading every packet of a video once, without decoding, and judging whether they can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from talpose_app.video.container import time_base_of
from talpose_app.video.index import FrameIndex, KeyFrames, Stamps

NO_STAMP = np.iinfo(np.int64).min
"""Stands for a missing time stamp."""

Progress = Callable[[float], None]
"""Receives the share done, 0 to 1."""

#: Containers that store a presentation time stamp with every packet; in others FFmpeg guesses.
_EXPLICIT_STAMPS = {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts", "flv"}
#: Codecs of which a packet is known to make one picture.
_ONE_PICTURE_PER_PACKET = {
    *("h264", "hevc", "vp9", "libdav1d", "libaom-av1", "av1", "mjpeg", "png", "rawvideo"),
    *("ffv1", "huffyuv", "ffvhuff", "utvideo", "prores", "dnxhd", "mpeg4", "mpeg2video", "mpeg1video"),
}
#: AVFieldOrder: unknown and progressive; other orders may store the two fields in packets of their own.
_PROGRESSIVE = {0, 1}
_PROGRESS_EVERY = 2048

AV_TIME_BASE = 1_000_000
"""FFmpeg's units per second for times of a whole container."""


@dataclass(frozen=True)
class PacketTable:
    """Packets in decoding order; arrays of shape (n_packets,).

    Attributes:
        pts: Presentation stamps, int64, ``NO_STAMP`` where missing.
        dts: Decoding stamps, same.
        file_offsets: Where each lies in the file, in bytes, int64, -1 where unknown.
        is_key: Whether decoding can begin there.
        is_discard: Whether the edit list hides its picture.
        is_corrupt: Whether the demuxer found it damaged or cut short.
        ended_early: Whether reading stopped at an error instead of the end.
        announced_s: Duration by the header of a container that notices no cut itself; 0 for others.
    """

    pts: Stamps
    dts: Stamps
    file_offsets: Stamps
    is_key: npt.NDArray[np.bool_]
    is_discard: npt.NDArray[np.bool_]
    is_corrupt: npt.NDArray[np.bool_]
    ended_early: bool
    announced_s: float = 0.0

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def is_cut_off(self) -> bool:
        """Whether the file ends before its last packet does."""
        return self.ended_early or bool(self.is_corrupt[-1:].any())

    def keys_at(self, places: list[int] | Stamps, frame_idxs: list[int] | Stamps) -> KeyFrames:
        """Make key frames of some packets.

        Args:
            places: Which packets, shape (n_keys,).
            frame_idxs: First frame each shows right, same shape.
        """
        seek_stamps = np.where(self.dts == NO_STAMP, self.pts, self.dts)
        shown = np.asarray(frame_idxs, dtype=np.int64)
        keys = KeyFrames(self.pts[places], seek_stamps[places], self.file_offsets[places], shown)
        return keys.in_display_order()


def scan_packets(
    container: InputContainer, stream: VideoStream, progress: Progress | None = None
) -> PacketTable:
    """Read all packets of a stream.

    Args:
        container: Open container at its start.
        stream: The video stream.
        progress: Told now and then, since a long file takes as long as the disk needs.
    """
    numbers: list[tuple[int, int, int]] = []
    flags: list[tuple[bool, bool, bool]] = []
    ended_early = False
    total = max(container.size, 1)
    try:
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            pts = NO_STAMP if packet.pts is None else packet.pts
            dts = NO_STAMP if packet.dts is None else packet.dts
            offset = -1 if packet.pos is None else packet.pos
            numbers.append((pts, dts, offset))
            flags.append((packet.is_keyframe, packet.is_discard, packet.is_corrupt))
            if progress is not None and len(numbers) % _PROGRESS_EVERY == 0:
                progress(min(max(offset, 0) / total, 1.0))
    except (FFmpegError, OSError):
        ended_early = True
    pts, dts, offsets = np.array(numbers, dtype=np.int64).reshape(-1, 3).T
    is_key, is_discard, is_corrupt = np.array(flags, dtype=np.bool_).reshape(-1, 3).T
    return PacketTable(
        pts, dts, offsets, is_key, is_discard, is_corrupt, ended_early, _announced_s(container)
    )


def _announced_s(container: InputContainer) -> float:
    """Give the duration a Matroska header names; of a cut one the rest is simply not there.

    With sound the duration may be that of the sound, which says nothing.
    """
    if container.format.name != "matroska,webm" or container.streams.audio:
        return 0.0
    return (container.duration or 0) / AV_TIME_BASE


@dataclass(frozen=True)
class Trust:
    """How far packets tell what a decoder will show.

    Attributes:
        everywhere: False where only decoding the whole video tells.
        at_head: False where the beginning has to be decoded to know its first frames.
        at_tail: False where the end has to be decoded to know its last frames.
    """

    everywhere: bool
    at_head: bool
    at_tail: bool


def judge(table: PacketTable, container_name: str, stream: VideoStream) -> Trust:
    """Judge how far a packet table can be trusted.

    Args:
        table: The packets.
        container_name: FFmpeg's name of the container format.
        stream: The stream they are of.
    """
    shown = table.pts[~table.is_discard]
    reorders = bool(stream.codec_context.has_b_frames)
    explicit = container_name in _EXPLICIT_STAMPS or not reorders
    everywhere = (
        explicit
        and stream.codec_context.name in _ONE_PICTURE_PER_PACKET
        and stream.codec_context.field_order in _PROGRESSIVE
        and not bool((table.pts == NO_STAMP).any())
        and len(np.unique(shown)) == len(shown)
        and not bool(table.is_corrupt[:-1].any())
        and not _is_short_of_header(table, container_name, stream)
    )
    return Trust(
        everywhere, _head_is_plain(table), not (table.ended_early or bool(table.is_corrupt[-1:].any()))
    )


def _is_short_of_header(table: PacketTable, container_name: str, stream: VideoStream) -> bool:
    """Whether packets were lost inside the file: a damaged AVI goes on after the gap.

    An MP4 cannot lose any that way, but its edit list may leave some out.
    """
    return "mp4" not in container_name and not table.is_cut_off and stream.frames > len(table)


def _head_is_plain(table: PacketTable) -> bool:
    """Whether the video begins at a key frame, with nothing hidden and nothing shown before it."""
    if len(table) == 0 or not table.is_key[0] or bool(table.is_discard.any()):
        return False
    return bool(table.pts.min() == table.pts[0])


def index_from_packets(table: PacketTable, stream: VideoStream) -> FrameIndex:
    """Build the index on the assumption that every packet that is not hidden shows one frame."""
    pts = np.sort(table.pts[~table.is_discard])
    places = np.flatnonzero(table.is_key)
    # A hidden key frame serves the first frame shown after it; one after the last frame serves none.
    frame_idxs = np.searchsorted(pts, table.pts[places])
    is_useful = frame_idxs < len(pts)
    places, frame_idxs = places[is_useful], frame_idxs[is_useful]
    if 0 not in frame_idxs:  # The first frames can only be reached from the first packet, if at all.
        places, frame_idxs = np.append(0, places), np.append(0, frame_idxs)
    return FrameIndex(pts, pts, table.keys_at(places, frame_idxs), time_base_of(stream))
