"""What is known of a video without its pictures: size, frames, time base, fingerprint.

Plain data; reading files is the ``video`` room's work.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What counts as a video in a listing and an upload, and is never written over by an export; others open by
#: dialog or command line.
VIDEO_SUFFIXES = frozenset(
    {
        ".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts", ".mts", ".mjpeg",
        ".mjpg",
    }
)  # fmt: skip


@dataclass(frozen=True)
class VideoInfo:
    """Facts about one video file.

    Attributes:
        path: The file as it was opened, absolute.
        width: Width of a frame as displayed, in pixels (after rotation).
        height: Height of a frame as displayed, in pixels (after rotation).
        n_frames: Frames that a sequential decode yields; never the header's claim.
        time_base: Seconds per time stamp unit, as (numerator, denominator).
        fps: Nominal average frame rate; frames of a variable-rate video are not evenly spaced.
        duration_s: From the first frame to the end of the last, in seconds.
        codec: FFmpeg's name of the codec.
        fingerprint: Hash of the content, prefixed by the scheme that made it.
        is_variable_rate: Whether the spacing of frames varies by more than rounding.
    """

    path: str
    width: int
    height: int
    n_frames: int
    time_base: tuple[int, int]
    fps: float
    duration_s: float
    codec: str
    fingerprint: str
    is_variable_rate: bool

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) as displayed, in pixels."""
        return self.width, self.height

    def shows(self, x: float, y: float) -> bool:
        """Whether a position in image pixels lies in the picture, to the edges of its outer pixels."""
        return -0.5 <= x <= self.width - 0.5 and -0.5 <= y <= self.height - 0.5
