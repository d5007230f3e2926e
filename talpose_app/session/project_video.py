"""The video of a project: where is it, and is it still the one that the labels were made on?"""

from __future__ import annotations

import os
from pathlib import Path

from talpose_app.errors import ProjectVideoError, VideoError
from talpose_app.model.label import Label
from talpose_app.model.project import Project
from talpose_app.model.video import VideoInfo
from talpose_app.paths import is_file
from talpose_app.session.events import Noticed
from talpose_app.video.fingerprint import fingerprint_of
from talpose_app.video.index import FrameIndex
from talpose_app.video.reader import VideoReader

#: Containers round time stamps; frames of any camera are further apart than this.
_SAME_TIME_S = 0.0015
#: Folders a video keeps around it when it is carried elsewhere, and its name; each is a place to look at.
_MOST_PARTS = 6
_HINT_OF_OTHER_CONTENT = (
    "Look at some labels before you go on. If it is another recording, say where the right one is: "
    "talpose relink PROJECT VIDEO. If it is the same, end this notice: talpose relink PROJECT VIDEO --accept"
)


def open_project_video(expected: VideoInfo) -> VideoReader:
    """Open a project's video and make sure that it can be the one.

    Raises:
        ProjectVideoError: It is missing, cannot be read, or has other frames than the labels' video had.
    """
    place = Path(expected.path)
    if not is_file(place):
        raise ProjectVideoError(f"The project's video {place.name} is missing.", place=place)
    try:
        return open_video_like(expected, place)
    except VideoError as error:
        raise ProjectVideoError(error.message, place=place) from error


def open_video_like(expected: VideoInfo, path: Path) -> VideoReader:
    """Open a file that is said to be a project's video, and make sure that it can be.

    Args:
        expected: The video that the labels were made on.
        path: The file.

    Raises:
        VideoError: It cannot be read, or has other frames than the labels' video had.
    """
    reader = VideoReader.open(path)
    found = reader.info
    if (found.n_frames, found.size) != (expected.n_frames, expected.size):
        reader.close()
        raise VideoError(
            f"{path.name} is not the video the labels were made on: "
            f"it has {found.n_frames} frames of {found.width}x{found.height}, "
            f"theirs had {expected.n_frames} of {expected.width}x{expected.height}.",
            hint="Choose the file the labels were made on.",
        )
    return reader


def find_moved_video(expected: VideoInfo, folder: Path) -> Path | None:
    """Look near a project for its video, if that is not where the project says.

    A file of the same name and the same content is it: beside the project, or in folders below it
    of the same names as those that the video was in.

    Args:
        expected: The video that the labels were made on, and where it was.
        folder: The project's.

    Returns:
        Where it is now; None if it lies where it was, or nowhere near.
    """
    near = [path for path in _places_near(Path(expected.path), folder) if is_file(path)]
    if not near or _is_same_file(Path(expected.path), expected):
        return None
    return next((path for path in near if _is_same_file(path, expected)), None)


def notice_of_moved_video(place: Path, found: Path, folder: Path) -> Noticed:
    """Say that the video was found near the project.

    Args:
        place: Where the project says it is.
        found: Where it is.
        folder: The project's.
    """
    where = "beside the project"
    if found.parent != folder:
        where = f"in {found.parent.relative_to(folder)} {where}"
    was = f"{place} is another video" if is_file(place) else f"{found.name} is no longer at {place}"
    return Noticed("info", f"{was}; the one that was labeled was found {where}.")


def _places_near(place: Path, folder: Path) -> list[Path]:
    """The video's path below the project's folder: with all its folders, then with fewer and fewer."""
    try:
        relative = Path(os.path.relpath(place, folder))
    except ValueError:  # another drive on Windows
        relative = place
    parts = [part for part in relative.parts if part not in (os.pardir, relative.anchor)]
    parts = parts[-_MOST_PARTS:]
    near = (folder.joinpath(*parts[first:]) for first in range(len(parts)))
    return [path for path in near if path != place]


def _is_same_file(path: Path, expected: VideoInfo) -> bool:
    try:
        return is_file(path) and fingerprint_of(path) == expected.fingerprint
    except (OSError, ValueError):
        return False


def notice_of_replaced_video(project: Project, reader: VideoReader) -> Noticed | None:
    """Say what became of the labels' frames if the file is another one than theirs; None if it is theirs.

    The content tells that it is another one; the labels' time stamps tell whether frames moved. That they did
    not proves nothing: recordings of one camera often have the same size, length and times.
    """
    if reader.info.fingerprint == project.video.fingerprint:
        return None
    name = Path(reader.info.path).name
    stamped, moved = _stamped_and_moved(project, reader.index)
    if not moved:
        times = f"Its frames have the times of all {len(stamped)} labels, as any at this rate would."
        message = (
            f"{name} is not the file that the labels were made on: its content differs. "
            "It is the same recording encoded anew, or another one of the same length. "
        )
        message = message + times if stamped else message.rstrip()
        return Noticed("warning", message, _HINT_OF_OTHER_CONTENT)
    first = min(moved, key=lambda label: label.frame_idx)
    was, now = first.time_s, reader.index.time_s(first.frame_idx)
    message = (
        f"{name} was replaced since the labels were made: "
        f"{len(moved)} of {len(stamped)} labels lie on frames of other times. "
        f"Frame {first.frame_idx} was at {was:.3f} s and is now at {now:.3f} s."
    )
    hint = (
        "Bring the original video back before you go on, or say where it is: talpose relink PROJECT VIDEO. "
        "The labels are unchanged."
    )
    return Noticed("error", message, hint)


def check_acceptable(project: Project, reader: VideoReader) -> None:
    """Make sure that a file of another content can be taken as the labels' own.

    Raises:
        VideoError: Labels lie on frames of other times, so it cannot.
    """
    _, moved = _stamped_and_moved(project, reader.index)
    if moved:
        raise VideoError(
            f"{Path(reader.info.path).name} cannot be accepted as the labels' video: "
            f"{len(moved)} of the labels lie on frames of other times.",
            hint="Bring the original video back, or one encoded anew that keeps the frames' times.",
        )


def _stamped_and_moved(project: Project, index: FrameIndex) -> tuple[list[Label], list[Label]]:
    """The labels that know their frame's time, and those of them whose frame has another time here."""
    stamped = [label for label in project.all_labels() if label.time_s is not None]
    return stamped, [label for label in stamped if not _is_in_place(label, index)]


def _is_in_place(label: Label, index: FrameIndex) -> bool:
    assert label.time_s is not None
    return abs(index.time_s(label.frame_idx) - label.time_s) <= _SAME_TIME_S
