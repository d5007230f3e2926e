"""JPEG for the wire."""

from __future__ import annotations

import av
import numpy as np
import simplejpeg

from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter, RgbFrame


def encode_jpeg(rgb: RgbFrame, quality: int) -> bytes:
    """Encode a picture with 4:2:0 chroma.

    Args:
        rgb: Shape (height, width, 3), uint8, contiguous.
        quality: 1 to 100, libjpeg's scale.
    """
    return bytes(simplejpeg.encode_jpeg(rgb, quality=quality, colorspace="RGB", colorsubsampling="420"))


def decode_jpeg(jpeg: bytes) -> RgbFrame:
    """Decode a JPEG to shape (height, width, 3), uint8 RGB."""
    return np.asarray(simplejpeg.decode_jpeg(jpeg, colorspace="RGB"), dtype=np.uint8)


def shrink_jpeg(jpeg: bytes, size: tuple[int, int], quality: int) -> bytes:
    """Encode a JPEG anew at a smaller size.

    Args:
        jpeg: The larger picture.
        size: (width, height) of the result, in pixels.
        quality: 1 to 100.
    """
    frame = av.VideoFrame.from_ndarray(decode_jpeg(jpeg), format="rgb24")
    return encode_jpeg(FrameConverter(Orientation()).rgb(frame, size), quality)
