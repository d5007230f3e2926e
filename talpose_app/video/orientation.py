"""How a stored picture must be turned to be upright: the container's display matrix."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame

_N_MATRIX_ENTRIES = 9


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways to lay a picture: transpose first, then mirror.

    Attributes:
        transpose: Swap rows and columns.
        flip_x: Then mirror left and right.
        flip_y: Then mirror top and bottom.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def is_upright(self) -> bool:
        """Whether nothing has to be done."""
        return self == Orientation()

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Give (width, height) after turning a picture of this size, or before: it is its own inverse."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> np.ndarray:
        """Turn a picture.

        Args:
            picture: Shape (height, width, ...), uint8, as stored.

        Returns:
            Contiguous array, as displayed; the same array where nothing has to be done.
        """
        if self.is_upright:
            return picture
        turned = picture.swapaxes(0, 1) if self.transpose else picture
        turned = turned[:, ::-1] if self.flip_x else turned
        turned = turned[::-1] if self.flip_y else turned
        return np.ascontiguousarray(turned)


def orientation_of(frame: VideoFrame) -> Orientation:
    """Read a decoded frame's display matrix.

    The matrix (ISO/IEC 14496-12, 8.3.2, as FFmpeg stores it) sends a stored point (x, y) to
    (a x + c y, b x + d y); only its signs matter, since cameras turn by right angles.
    """
    data = _display_matrix(frame)
    if data is None:
        return Orientation()
    a, b, _, c, d = struct.unpack(f"={_N_MATRIX_ENTRIES}i", data)[:5]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(transpose=False, flip_x=a < 0, flip_y=d < 0)
    return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)


def _display_matrix(frame: VideoFrame) -> bytes | None:
    """Raw bytes of the matrix, None where the container has none."""
    # PyAV's stubs call the container a dictionary; iterating yields its entries.
    for entry in cast("Iterable[SideData]", frame.side_data):
        if entry.type is Type.DISPLAYMATRIX:
            return bytes(entry)
    return None
