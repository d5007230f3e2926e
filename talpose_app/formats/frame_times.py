"""When each frame of a project's video is shown, for formats that hold times, and when it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import FormatError, VideoError
from talpose_app.model.video import VideoInfo
from talpose_app.paths import is_file
from talpose_app.video.reader import VideoReader
from talpose_app.video.recorded import recorded_at


@dataclass(frozen=True, eq=False)
class FrameTimes:
    """The clock of a video.

    Attributes:
        times_s: Seconds from the first frame to each, shape (n_frames,), float64.
        began: When the first frame was recorded, or what comes nearest to it, with its time zone.
        began_is: What that is, to be put behind "is".
        is_read: Whether the times are the video's own; else they are counted from its average frame rate.
        is_recorded: Whether ``began`` is what the video itself says.
    """

    times_s: NDArray[np.float64]
    began: datetime
    began_is: str
    is_read: bool = True
    is_recorded: bool = False


def frame_times(video: VideoInfo) -> FrameTimes:
    """Find out when the frames of a video are shown.

    Raises:
        FormatError: The video cannot be read and its frames are not evenly spaced, so that only it can tell.
    """
    path = Path(video.path)
    times_s = _read_times(path, video)
    if times_s is None:
        now = datetime.now(UTC)
        return FrameTimes(_counted_times(video), now, "when this file was written", is_read=False)
    said = recorded_at(path)
    if said is not None:
        return FrameTimes(times_s, said, "when the video says it was recorded", is_recorded=True)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return FrameTimes(times_s, changed, "when the video's file was last changed")


def _read_times(path: Path, video: VideoInfo) -> NDArray[np.float64] | None:
    """The video's own times, shape (n_frames,); None if it is not there or has other frames."""
    if not is_file(path):
        return None
    try:
        with VideoReader.open(path) as reader:
            is_same = (reader.info.n_frames, reader.info.size) == (video.n_frames, video.size)
            return reader.index.times_s if is_same else None
    except VideoError:
        return None


def _counted_times(video: VideoInfo) -> NDArray[np.float64]:
    if video.is_variable_rate:
        name = Path(video.path).name
        raise FormatError(
            f"The frames of {name} are not evenly spaced, and it cannot be read to learn their times.",
            hint=f"Put the file back at {video.path}.",
        )
    return np.arange(video.n_frames) / (video.fps or 1.0)
