"""A decoder that remembers where it stands and moves on from there when that is the shorter way.

Not thread-safe: whoever shares a cursor locks around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from talpose_app.errors import VideoError
from talpose_app.video.container import decode_packets, open_container
from talpose_app.video.index import FrameIndex

Visit = Callable[[int, VideoFrame], None]
"""Receives every frame decoded on the way, with its frame_idx."""

Abandon = Callable[[], bool]
"""Asked between frames whether the picture is still wanted."""

#: Key frames to go back when the wanted frame does not appear: enough for gradual refresh, where a
#: "key frame" shows a whole picture only a while later; more would decode the whole video for a broken frame.
_N_KEYS_BACK = 3
#: A seek costs about as much as decoding this many frames.
_SEEK_COST = 2


class FrameAbandonedError(VideoError):
    """The caller stopped waiting for a frame."""

    code = "frame_abandoned"


class FrameCursor:
    """Reads frames by number, decoding forward from a key frame or from where it stands."""

    def __init__(self, path: Path, index: FrameIndex, *, careful: bool = False) -> None:
        self._path = path
        self._index = index
        self._careful = careful
        self._key_of_stamp = {int(stamp): ordinal for ordinal, stamp in enumerate(index.keys.stamps)}
        self._key_of_offset = {int(offset): ordinal for ordinal, offset in enumerate(index.keys.file_offsets)}
        self._position = -1
        self._held: tuple[int, VideoFrame] | None = None
        self._frames: Iterator[tuple[int, VideoFrame]] | None = None
        self._broken: set[int] = set()
        self._open()

    def close(self) -> None:
        """Free the decoder and the file."""
        self._frames = self._held = None
        self._container.close()

    def cost(self, frame_idx: int) -> int:
        """Estimate how many frames have to be decoded to reach one."""
        from_key = frame_idx - self._index.key_before(frame_idx) + 1 + _SEEK_COST
        return frame_idx - self._position if self._is_on_the_way(frame_idx) else from_key

    def read(self, frame_idx: int, visit: Visit | None = None, abandon: Abandon | None = None) -> VideoFrame:
        """Decode one frame.

        Args:
            frame_idx: Which.
            visit: Called with every valid frame met on the way, this one included.
            abandon: Asked after each frame on the way; True ends the search.

        Raises:
            VideoError: The frame cannot be decoded.
            FrameAbandonedError: ``abandon`` said so.
            IndexError: There is no such frame.
        """
        self._index.key_ordinal(frame_idx)  # Refuses frames outside the video.
        if frame_idx in self._broken:
            raise self._cannot_decode(frame_idx)
        try:
            frame = self._search(frame_idx, visit, abandon)
        except FFmpegError:
            frame = None
        if frame is None and not self._careful:
            # At damage, frame threads tell late, or not at all, and lose sound frames with the broken one.
            self._careful = True
            self._container.close()
            self._open()
            frame = self._search(frame_idx, visit, abandon)
        if frame is None:
            self._broken.add(frame_idx)
            raise self._cannot_decode(frame_idx)
        return frame

    def walk(self, frame_idx: int) -> Iterator[tuple[int, VideoFrame]]:
        """Yield what the decoder shows from the key frame before ``frame_idx`` to the end, as it comes.

        Pictures that the index does not know are yielded with frame_idx -1.
        """
        self._land(self._index.key_ordinal(frame_idx))
        yield from self._frames or ()
        self._frames = None

    def _open(self) -> None:
        self._container, self._stream = open_container(self._path)
        self._stream.thread_type = "SLICE" if self._careful else "AUTO"  # pyright: ignore[reportAttributeAccessIssue]  # accepts names
        self._frames = self._held = None

    def _cannot_decode(self, frame_idx: int) -> VideoError:
        return VideoError(
            f"Frame {frame_idx} of {self._path.name} cannot be decoded.",
            hint="The file is damaged there; the other frames can be used.",
        )

    def _search(self, frame_idx: int, visit: Visit | None, abandon: Abandon | None) -> VideoFrame | None:
        if self._is_on_the_way(frame_idx):
            frame = self._advance(frame_idx, visit, abandon)
            if frame is not None:
                return frame
        ordinal = self._index.key_ordinal(frame_idx)
        for earlier in range(ordinal, max(ordinal - _N_KEYS_BACK, 0) - 1, -1):
            self._land(earlier)
            frame = self._advance(frame_idx, visit, abandon)
            if frame is not None:
                return frame
        return None

    def _is_on_the_way(self, frame_idx: int) -> bool:
        """Whether going on is no longer than beginning at the key frame."""
        if self._frames is None or frame_idx <= self._position:
            return False
        if self._held is not None and frame_idx < self._held[0]:
            return False
        return self._position + 1 + _SEEK_COST >= self._index.key_before(frame_idx)

    def _advance(self, frame_idx: int, visit: Visit | None, abandon: Abandon | None) -> VideoFrame | None:
        """Decode forward to a frame; None when the decoder skips it or the video ends."""
        frames = self._frames
        if frames is None:
            return None
        if self._held is not None:
            frames, self._held = chain([self._held], frames), None
        for shown_idx, frame in frames:
            if shown_idx < 0:
                continue
            if shown_idx > frame_idx:
                self._position, self._held = frame_idx, (shown_idx, frame)
                return None
            self._position = shown_idx
            if visit is not None:
                visit(shown_idx, frame)
            if shown_idx == frame_idx:
                return frame
            if abandon is not None and abandon():
                raise FrameAbandonedError(f"Frame {frame_idx} is no longer wanted.")
        self._frames = None
        return None

    def _land(self, ordinal: int) -> None:
        """Put the decoder at a key frame, or before it where the container seeks no better."""
        keys = self._index.keys
        self._frames = self._held = None
        self._position = -1
        if self._index.stamps is not None:
            for earlier in range(ordinal, max(ordinal - _N_KEYS_BACK, 0), -1):
                # Containers differ in which stamp they seek by.
                for stamp in (int(keys.stamps[earlier]), int(keys.seek_stamps[earlier])):
                    packets = self._seek(stamp)
                    first = next((packet for packet in packets if packet.is_keyframe), None)
                    landed = None if first is None else self._key_reached(first)
                    if first is not None and landed is not None and landed <= ordinal:
                        self._begin(first, packets, landed)
                        return
        self._rewind()

    def _key_reached(self, packet: Packet[VideoStream]) -> int | None:
        """Tell which key frame a packet is; None for one that the index does not know.

        Where the demuxer counts stamps itself (AVI), those after a seek can differ from those of a
        sequential read of a damaged file: the place in the file decides.
        """
        by_stamp = None if packet.pts is None else self._key_of_stamp.get(packet.pts)
        offset = -1 if packet.pos is None else packet.pos
        if offset < 0 or (
            by_stamp is not None and int(self._index.keys.file_offsets[by_stamp]) in (offset, -1)
        ):
            return by_stamp
        return self._key_of_offset.get(offset)

    def _seek(self, stamp: int) -> Iterator[Packet[VideoStream]]:
        try:
            self._container.seek(stamp, stream=self._stream, backward=True)
        except (FFmpegError, OSError):
            return iter(())
        return self._packets()

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        """Packets from here to the end, or to where the file breaks off."""
        try:
            yield from self._container.demux(self._stream)
        except (FFmpegError, OSError):
            return

    def _rewind(self) -> None:
        """Go to the very first packet, key frame or not; opening anew is the one sure way."""
        keys = self._index.keys
        packets = self._seek(min(int(keys.stamps[0]), int(keys.seek_stamps[0])))
        first = next(packets, None)
        if first is None or self._index.stamps is None or first.pts != int(keys.stamps[0]):
            self._container.close()
            self._open()
            packets = self._packets()
            first = next(packets, None)
        if first is not None:
            self._begin(first, packets, 0)

    def _begin(
        self, first: Packet[VideoStream], packets: Iterator[Packet[VideoStream]], ordinal: int
    ) -> None:
        decoded = decode_packets(chain([first], packets), self._stream, careful=self._careful)
        if self._index.stamps is None:
            self._frames = enumerate(decoded)
            return
        keys = self._index.keys
        shift = 0 if first.pts is None else int(keys.stamps[ordinal]) - first.pts
        self._frames = self._numbered(decoded, shift, int(keys.frame_idxs[ordinal]))

    def _numbered(
        self, frames: Iterator[VideoFrame], shift: int, first_valid: int
    ) -> Iterator[tuple[int, VideoFrame]]:
        """Name decoded frames by frame_idx, -1 where the index does not know them.

        Frames displayed before a key frame but stored after it (an open group of pictures) refer
        to pictures from before the seek: what comes out for them is not what a player shows.
        """
        frame_of_stamp = self._index.frame_of_stamp
        for frame in frames:
            shown_idx = -1 if frame.pts is None else frame_of_stamp.get(frame.pts + shift, -1)
            if shown_idx < 0 or shown_idx >= first_valid:
                yield shown_idx, frame
