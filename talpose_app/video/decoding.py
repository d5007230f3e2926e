"""One decoder shared by every caller that waits for an exact frame. Thread-safe."""

from __future__ import annotations

import threading
from pathlib import Path

from av.video.frame import VideoFrame

from talpose_app.errors import VideoError
from talpose_app.video.cache import ByteCache
from talpose_app.video.cursor import Abandon, FrameCursor
from talpose_app.video.index import FrameIndex
from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter, RgbFrame

INSTANT_COST = 8
"""Decoding this many frames is not felt as a wait."""

#: About 15 decoded 1080p frames: the steps back right after a jump.
_MAX_DECODED_BYTES = 48 << 20


class SharedDecoder:
    """Gives frames by number and keeps the last ones it decoded.

    Args:
        path: The video.
        index: Its frames.
        orientation: How its stored pictures are turned.
    """

    def __init__(self, path: Path, index: FrameIndex, orientation: Orientation) -> None:
        self._path = path
        self._index = index
        self._converter = FrameConverter(orientation)
        self._decoded: ByteCache[int, VideoFrame] = ByteCache(_MAX_DECODED_BYTES, _bytes_of)
        self._cursor: FrameCursor | None = None
        self._lock = threading.Lock()
        self._count_lock = threading.Lock()
        self._n_waiting = 0
        self._is_closed = False

    @property
    def is_wanted(self) -> bool:
        """Whether somebody uses the decoder or waits for it."""
        return self._n_waiting > 0

    def is_instant(self, frame_idx: int) -> bool:
        """Tell whether a frame can be had without a wait that is felt; a guess while others decode."""
        if frame_idx in self._decoded:
            return True
        cursor = self._cursor
        if cursor is None:
            return frame_idx - self._index.key_before(frame_idx) < INSTANT_COST
        return cursor.cost(frame_idx) <= INSTANT_COST

    def rgb(self, frame_idx: int, size: tuple[int, int], abandon: Abandon | None = None) -> RgbFrame:
        """Decode a frame, waiting for those who asked before.

        Args:
            frame_idx: 0-based.
            size: (width, height) of the result, in pixels.
            abandon: Asked between frames on the way; True gives up.

        Returns:
            Shape (height, width, 3), uint8, RGB, upright.

        Raises:
            VideoError: It cannot be decoded.
            FrameAbandonedError: ``abandon`` said so.
            IndexError: There is no such frame.
        """
        with self._count_lock:
            self._n_waiting += 1
        try:
            with self._lock:
                return self._rgb(frame_idx, size, abandon)
        finally:
            with self._count_lock:
                self._n_waiting -= 1

    def rgb_if_idle(self, frame_idx: int, size: tuple[int, int]) -> RgbFrame | None:
        """Decode a frame unless somebody waits for the decoder; None then.

        Args:
            frame_idx: 0-based.
            size: (width, height) of the result, in pixels.
        """
        if self.is_wanted or not self._lock.acquire(blocking=False):
            return None
        try:
            return self._rgb(frame_idx, size, None)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Free the decoder once the frame under way is done; later reads raise VideoError."""
        self._is_closed = True
        with self._lock:
            if self._cursor is not None:
                self._cursor.close()
                self._cursor = None
            self._decoded.clear()

    def _rgb(self, frame_idx: int, size: tuple[int, int], abandon: Abandon | None) -> RgbFrame:
        # The scaler changes a frame's tags while it works, so it runs under the lock too.
        return self._converter.rgb(self._decode(frame_idx, abandon), size)

    def _decode(self, frame_idx: int, abandon: Abandon | None) -> VideoFrame:
        if self._is_closed:
            raise VideoError(f"{self._path.name} has been closed.")
        if self._cursor is None:
            self._cursor = FrameCursor(self._path, self._index)
        frame = self._decoded.get(frame_idx)
        if frame is not None:
            return frame
        return self._cursor.read(frame_idx, visit=self._decoded.put, abandon=abandon)


def _bytes_of(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
