"""Writing an H.264 video, frame by frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace

from talpose_app.errors import VideoError
from talpose_app.video.pixels import RgbFrame

#: Rates such as 30000/1001 are kept; a measured 29.97002 becomes that fraction again.
_MAX_RATE_DENOMINATOR = 1001
#: ITU-T H.273: BT.601 (SMPTE 170M), limited range.
_BT601, _LIMITED = 6, 1


class VideoWriter:
    """Writes an MP4 that plays everywhere: H.264, 4:2:0, constant rate.

    Odd sizes are padded by a repeated edge row or column, since 4:2:0 has none.

    Args:
        path: File to write; replaced where it exists.
        size: (width, height) of the frames, in pixels.
        fps: Frame rate.
        crf: x264's quality, lower is better; 18 is near to lossless for the eye.

    Raises:
        VideoError: The file cannot be created.
    """

    def __init__(self, path: str | Path, size: tuple[int, int], fps: float, *, crf: int = 18) -> None:
        self.path = Path(path)
        self._size = size
        rate = Fraction(fps).limit_denominator(_MAX_RATE_DENOMINATOR)
        try:
            # FFmpeg opens the file at the first frame, hours of work too late to be told of a bad place.
            self.path.open("wb").close()
            self._output = av.open(str(self.path), "w", format="mp4", options={"movflags": "faststart"})
        except (FFmpegError, OSError) as error:
            raise VideoError(
                f"{self.path} cannot be written ({error}).", hint="Choose a folder you may write to."
            ) from error
        self._stream = self._output.add_stream("libx264", rate=rate, options={"crf": str(crf)})
        self._stream.width, self._stream.height = (side + side % 2 for side in size)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = 1 / rate
        self._stream.colorspace, self._stream.color_range = _BT601, _LIMITED
        self._n_frames = 0

    def write(self, frame: RgbFrame) -> None:
        """Append a frame.

        Args:
            frame: Shape (height, width, 3), uint8 RGB, of the writer's size.

        Raises:
            ValueError: The frame is of another size.
            VideoError: The disk is full or the file has gone.
        """
        width, height = self._size
        if frame.shape != (height, width, 3):
            raise ValueError(f"frame of shape {frame.shape} for a video of {width}x{height}")
        padded = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(padded), format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.MPEG
        )
        picture.pts = self._n_frames
        self._n_frames += 1
        self._mux(picture)

    def close(self) -> None:
        """Finish the file."""
        try:
            if self._n_frames:
                self._mux(None)
        finally:
            self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _mux(self, picture: av.VideoFrame | None) -> None:
        try:
            self._output.mux(self._stream.encode(picture))
        except (FFmpegError, OSError) as error:
            raise VideoError(f"Writing {self.path} failed ({error}).", hint="Is the disk full?") from error
