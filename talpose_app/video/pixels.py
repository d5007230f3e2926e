"""From decoded frames to upright RGB arrays, with the colors their tags ask for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from talpose_app.video.orientation import Orientation

RgbFrame = npt.NDArray[np.uint8]
"""A picture, shape (height, width, 3), uint8 RGB."""

#: AVColorSpace (ITU-T H.273) of a frame to the matrix swscale knows it by; 2 is "unspecified".
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
#: Above this height untagged video is taken for HD (BT.709), as players do.
_MAX_SD_HEIGHT = 576


def fit_size(size: tuple[int, int], max_size: tuple[int, int] | None) -> tuple[int, int]:
    """Shrink a size into a box, keeping its shape; never enlarges.

    Args:
        size: (width, height) in pixels.
        max_size: The box; None for no limit.
    """
    width, height = size
    if max_size is None or (width <= max_size[0] and height <= max_size[1]):
        return size
    scale = min(max_size[0] / width, max_size[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


class FrameConverter:
    """Converts frames of one video; keeps the scaler's tables between frames. Not thread-safe."""

    def __init__(self, orientation: Orientation) -> None:
        self._orientation = orientation
        self._scaler = VideoReformatter()
        self._colors = VideoReformatter()

    def rgb(self, frame: VideoFrame, size: tuple[int, int]) -> RgbFrame:
        """Convert a frame.

        Args:
            frame: As decoded.
            size: (width, height) of the result as displayed, in pixels.

        Returns:
            Shape (height, width, 3), uint8, RGB, contiguous; full range.
        """
        width, height = self._orientation.size(*size)
        # swscale is several times faster scaling planes and converting colors apart than at once.
        scaled = self._scaler.reformat(
            frame, width=width, height=height, interpolation=Interpolation.BILINEAR, threads=1
        )
        colored = self._colors.reformat(
            scaled,
            format="rgb24",
            src_colorspace=_matrix_of(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        picture = np.asarray(colored.to_ndarray(), dtype=np.uint8)
        return self._orientation.apply(picture)


def _matrix_of(frame: VideoFrame) -> Colorspace:
    untagged = Colorspace.ITU709 if frame.height > _MAX_SD_HEIGHT else Colorspace.ITU601
    return _MATRICES.get(int(frame.colorspace), untagged)
