"""The frames of one video as the engine's parts want them, with bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.model.arrays import Frame
from talpose_app.video.reader import VideoReader

#: Frames decoded together. Walking backward costs one forward decode of a chunk, not one seek a frame.
_CHUNK = 32

#: Gray frames kept: enough for a minute of small video, little beside the network.
_MAX_GRAY_BYTES = 192 * 2**20


class FrameSource:
    """Frames of a video, decoded in chunks.

    Args:
        path: Path of the video.

    Raises:
        VideoError: The video cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._reader = VideoReader.open(path)
        self._grays: OrderedDict[int, list[NDArray[np.uint8]]] = OrderedDict()
        self._gray_lock = Lock()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of a frame, pixels."""
        return self._reader.info.width, self._reader.info.height

    @property
    def n_frames(self) -> int:
        """Frames in the video."""
        return self._reader.info.n_frames

    def gray(self, frame_idx: int) -> NDArray[np.uint8]:
        """One frame as brightness, shape (height, width), uint8; several threads may ask."""
        chunk_idx = frame_idx // _CHUNK
        with self._gray_lock:
            chunk = self._grays.get(chunk_idx)
            if chunk is None:
                chunk = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in self._decode(chunk_idx)]
                self._grays[chunk_idx] = [np.asarray(gray, np.uint8) for gray in chunk]
                while len(self._grays) > 2 and len(self._grays) * _CHUNK * chunk[0].size > _MAX_GRAY_BYTES:
                    self._grays.popitem(last=False)
            self._grays.move_to_end(chunk_idx)
            return self._grays[chunk_idx][frame_idx % _CHUNK]

    def color(self, start: int, stop: int) -> Iterator[Frame]:
        """Decode frames [start, stop) as they are asked for, RGB."""
        return self._reader.frames(start, stop)

    def rest(self) -> None:
        """Give memory back until frames are asked for again."""
        with self._gray_lock:
            self._grays.clear()

    def close(self) -> None:
        """Close the video."""
        self._grays.clear()
        self._reader.close()

    def _decode(self, chunk_idx: int) -> Iterator[Frame]:
        start = chunk_idx * _CHUNK
        return self.color(start, min(start + _CHUNK, self.n_frames))
