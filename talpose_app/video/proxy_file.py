"""The proxy's file: JPEG pictures one after the other, with a table of where each lies.

A finished file is the pictures (any player takes it for raw MJPEG), then the table, then a
tail that names the table's length. While it is made the table is in memory only.
"""

from __future__ import annotations

import struct
import threading
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_MAGIC = b"TALPXY01"
_TAIL = struct.Struct("<QIII8s")


class ProxyFile:
    """Pictures of the frames of one video, of which some or all are there. Thread-safe.

    Attributes:
        size: (width, height) of the pictures, in pixels.
        n_frames: Frames of the video.
    """

    def __init__(
        self, file: BinaryIO | BufferedRandom, size: tuple[int, int], table: npt.NDArray[np.int64]
    ) -> None:
        self.size = size
        self.n_frames = len(table)
        self._file = file
        self._table = table
        self._end = int(table.sum(axis=1).max(initial=0))
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path, n_frames: int, size: tuple[int, int]) -> ProxyFile:
        """Begin an empty file.

        Raises:
            OSError: It cannot be created.
        """
        return cls(path.open("w+b"), size, np.zeros((n_frames, 2), dtype=np.int64))

    @classmethod
    def open(cls, path: Path, n_frames: int) -> ProxyFile | None:
        """Open a finished file; None where there is none, or it is not of such a video."""
        try:
            file = path.open("rb")
        except OSError:
            return None
        table = _read_table(file, n_frames)
        if table is None:
            file.close()
            return None
        size, entries = table
        return cls(file, size, entries)

    @property
    def n_bytes(self) -> int:
        """Bytes of pictures so far."""
        return self._end

    @property
    def n_ready(self) -> int:
        """Frames whose picture is there."""
        return int(np.count_nonzero(self._table[:, 1]))

    def __contains__(self, frame_idx: int) -> bool:
        return bool(self._table[frame_idx, 1])

    def append(self, frame_idx: int, jpeg: bytes) -> None:
        """Add a frame's picture.

        Raises:
            OSError: The disk is full.
        """
        with self._lock:
            self._file.seek(self._end)
            self._file.write(jpeg)
            self._table[frame_idx] = self._end, len(jpeg)
            self._end += len(jpeg)

    def read(self, frame_idx: int) -> bytes | None:
        """Give a frame's picture, None where it is not there."""
        offset, length = (int(value) for value in self._table[frame_idx])
        if length == 0:
            return None
        with self._lock:
            if self._file.closed:
                return None
            self._file.seek(offset)
            jpeg = self._file.read(length)
        return jpeg if len(jpeg) == length else None

    def nearest_ready(self, frame_idx: int) -> int | None:
        """Give the nearest frame whose picture is there, None where none is."""
        ready = np.flatnonzero(self._table[:, 1])
        if len(ready) == 0:
            return None
        return int(ready[np.abs(ready - frame_idx).argmin()])

    def finish(self) -> None:
        """Write the table; the file is complete.

        Raises:
            OSError: The disk is full.
        """
        with self._lock:
            self._file.seek(self._end)
            self._file.write(self._table.astype("<i8").tobytes())
            self._file.write(_TAIL.pack(self._end, self.n_frames, *self.size, _MAGIC))
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


def _read_table(file: BinaryIO, n_frames: int) -> tuple[tuple[int, int], npt.NDArray[np.int64]] | None:
    """Read the table at the end; None where it is not whole or not of this many frames."""
    n_bytes = file.seek(0, 2)
    if n_bytes < _TAIL.size:
        return None
    file.seek(n_bytes - _TAIL.size)
    start, n_entries, width, height, magic = _TAIL.unpack(file.read(_TAIL.size))
    if magic != _MAGIC or n_entries != n_frames or start + 16 * n_entries + _TAIL.size != n_bytes:
        return None
    file.seek(start)
    table = np.frombuffer(file.read(16 * n_entries), dtype="<i8").reshape(-1, 2).astype(np.int64)
    if bool((table < 0).any()) or int(table.sum(axis=1).max(initial=0)) > start:
        return None
    return (int(width), int(height)), table
