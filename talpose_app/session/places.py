"""Where a video's project is, or is to be made."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from talpose_app import paths
from talpose_app.store.files import PROJECT_SUFFIX


class _VideoOnly(msgspec.Struct, frozen=True):
    path: str
    absolute_path: str


class _ProjectHead(msgspec.Struct, frozen=True):
    video: _VideoOnly


_decoder = msgspec.json.Decoder(_ProjectHead)


def user_projects_dir() -> Path:
    """Folder for projects of videos in folders that cannot be written; made on first use."""
    folder = paths.user_state_dir() / "projects"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def project_place(video: Path) -> Path:
    """Say where the project of a video is or will be: beside it, else in the user's folder.

    Args:
        video: The video, absolute.
    """
    beside = _free_or_same(video.with_name(video.stem + PROJECT_SUFFIX), video)
    if beside.exists() or os.access(video.parent, os.W_OK):
        return beside
    # Videos of one name in different folders must not share a project.
    key = hashlib.sha256(str(video).encode()).hexdigest()[:8]
    return user_projects_dir() / f"{video.stem}-{key}{PROJECT_SUFFIX}"


def _free_or_same(place: Path, video: Path) -> Path:
    """``place``, unless it is the project of another video of the same stem (run.mp4, run.avi)."""
    if not place.exists() or _is_project_of(place, video):
        return place
    return place.with_name(video.name + PROJECT_SUFFIX)


def _is_project_of(place: Path, video: Path) -> bool:
    """Whether a project is this video's; one that cannot be read is, so that opening it tells why."""
    try:
        named = _decoder.decode(place.read_bytes()).video
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True
    return Path(named.path).name == video.name or Path(named.absolute_path) == video
