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
        self._grays: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
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
        with self._gray_lock:
            if frame_idx not in self._grays:
                start = frame_idx - frame_idx % _CHUNK
                stop = min(start + _CHUNK, self.n_frames)
                for at, frame in enumerate(self._reader.frames(start, stop), start):
                    self._keep_gray(at, frame)
            self._grays.move_to_end(frame_idx)
            return self._grays[frame_idx]

    def color(self, start: int, stop: int) -> Iterator[Frame]:
        """Decode frames [start, stop) as they are asked for, RGB; their brightness is kept for ``gray``."""
        for at, frame in enumerate(self._reader.frames(start, stop), start):
            with self._gray_lock:
                self._keep_gray(at, frame)
            yield frame

    def rest(self) -> None:
        """Give memory back until frames are asked for again."""
        with self._gray_lock:
            self._grays.clear()

    def close(self) -> None:
        """Close the video."""
        self._grays.clear()
        self._reader.close()

    def _keep_gray(self, frame_idx: int, frame: Frame) -> None:
        if frame_idx not in self._grays:
            gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
            self._grays[frame_idx] = gray
            if len(self._grays) > max(2 * _CHUNK, _MAX_GRAY_BYTES // gray.nbytes):
                self._grays.popitem(last=False)
