"""The video of a project: is it still the one that the labels were made on?"""

from __future__ import annotations

from pathlib import Path

from talpose_app.errors import VideoError
from talpose_app.model.label import Label
from talpose_app.model.project import Project
from talpose_app.model.video import VideoInfo
from talpose_app.paths import is_file
from talpose_app.session.events import Noticed
from talpose_app.video.index import FrameIndex
from talpose_app.video.reader import VideoReader

#: Containers round time stamps; frames of any camera are further apart than this.
_SAME_TIME_S = 0.0015


def open_project_video(expected: VideoInfo) -> VideoReader:
    """Open a project's video and make sure that it can be the one.

    Raises:
        VideoError: It is missing, cannot be read, or has other frames than the labels' video had.
    """
    hint = f"Put the file back at {expected.path}."
    if not is_file(Path(expected.path)):
        raise VideoError(f"The project's video {Path(expected.path).name} is missing.", hint=hint)
    reader = VideoReader.open(expected.path)
    found = reader.info
    if (found.n_frames, found.size) != (expected.n_frames, expected.size):
        reader.close()
        raise VideoError(
            f"{Path(expected.path).name} is not the video the labels were made on: "
            f"it has {found.n_frames} frames of {found.width}x{found.height}, "
            f"theirs had {expected.n_frames} of {expected.width}x{expected.height}.",
            hint=f"Put the original file back at {expected.path}.",
        )
    return reader


def notice_of_replaced_video(project: Project, reader: VideoReader) -> Noticed | None:
    """Say what became of the labels' frames if the file is another one than theirs; None if it is theirs.

    The content tells that it is another one; the labels' time stamps tell whether frames moved.
    """
    if reader.info.fingerprint == project.video.fingerprint:
        return None
    name = Path(project.video.path).name
    stamped = [label for label in project.all_labels() if label.time_s is not None]
    moved = [label for label in stamped if not _is_in_place(label, reader.index)]
    if not moved:
        times = f" All {len(stamped)} labels lie on frames of the same times." if stamped else ""
        message = f"{name} was changed or encoded anew since the labels were made.{times}"
        return Noticed("warning", message, "Check some labels before you go on: the picture may differ.")
    first = min(moved, key=lambda label: label.frame_idx)
    was, now = first.time_s, reader.index.time_s(first.frame_idx)
    message = (
        f"{name} was replaced since the labels were made: "
        f"{len(moved)} of {len(stamped)} labels lie on frames of other times. "
        f"Frame {first.frame_idx} was at {was:.3f} s and is now at {now:.3f} s."
    )
    hint = "Bring the original video back before you go on; the labels are unchanged."
    return Noticed("error", message, hint)


def _is_in_place(label: Label, index: FrameIndex) -> bool:
    assert label.time_s is not None
    return abs(index.time_s(label.frame_idx) - label.time_s) <= _SAME_TIME_S
