"""Pictures of single frames, as training data names them: ``<video>/img0012.png`` is frame 12 of a video.

Source: DeepLabCut's frame extraction, which pads the number to as many digits as the last frame's has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from talpose_app.errors import FormatError
from talpose_app.formats.wording import counted
from talpose_app.model.video import VideoInfo


def video_folder(video: VideoInfo) -> str:
    """The folder of a video's pictures: its name without the ending."""
    return Path(video.path).stem


def picture_name(video: VideoInfo, frame_idx: int) -> str:
    """The picture of a frame: ``img0012.png`` in a video of 1,001 to 10,000 frames."""
    return f"img{frame_idx:0{len(str(video.n_frames - 1))}}.png"


def picture_frame(place: str) -> int | None:
    """The frame whose picture this is; None if the name does not tell."""
    found = re.fullmatch(r"img(\d{1,9})\.\w+", place.rpartition("/")[2], re.ASCII | re.IGNORECASE)
    return None if found is None else int(found[1])


def picture_folder(place: str) -> str:
    """The folder a picture lies in, which is called like its video; empty if none is named."""
    return place.rpartition("/")[0].rpartition("/")[2]


def pictures_of_video(path: Path, places: Sequence[str], video: VideoInfo) -> tuple[list[int], list[str]]:
    """Choose the pictures of a video. Those of a single other video are taken, and that is told.

    Args:
        path: The file that names them, for messages.
        places: Each picture with its folder.
        video: Whose are wanted.

    Returns:
        Their indices in ``places``, and what the user should know.

    Raises:
        FormatError: The pictures are of several other videos.
    """
    own = video_folder(video)
    folders = [picture_folder(place) for place in places]
    if len(set(folders)) <= 1:
        other = next(iter(folders), own)
        note = (
            f"The labels are of a video {other}, this one is {own}: look whether they sit where they should."
        )
        return list(range(len(places))), [] if other in ("", own) else [note]
    chosen = [idx for idx, folder in enumerate(folders) if folder == own]
    if not chosen:
        raise FormatError(f"{path} holds labels of several videos, and {own} is none of them.")
    return chosen, [f"{counted(len(places) - len(chosen), 'picture')} of other videos not read."]
