"""Where things lie: resources that travel with the program, and the user's folders.

The only module that knows whether the program runs from a checkout, from an
installed wheel or frozen into an executable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def _resource_root() -> Path:
    """Folder that holds ``sample_videos`` and ``checkpoints``."""
    bundled = _PACKAGE / "_bundled"
    return bundled if bundled.is_dir() else _PACKAGE.parent


def is_frozen() -> bool:
    """Tell whether the program runs from a packaged executable."""
    return bool(getattr(sys, "frozen", False))


def exists(path: Path) -> bool:
    """Tell whether something is there that can be looked at.

    Paths come out of project files and lists: one that no system can have, or that leads into a closed folder
    or to a drive that is gone, leads to nothing rather than to an exception.
    """
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def is_file(path: Path) -> bool:
    """Tell whether a file is there; see ``exists``."""
    return exists(path) and path.is_file()


def web_dir() -> Path:
    """Folder of the page's own files."""
    return _PACKAGE / "web"


def sample_videos_dir() -> Path:
    """Folder of the sample video and its truth."""
    return _resource_root() / "sample_videos"


def bundled_checkpoints_dir() -> Path:
    """Folder of the weights that travel with the program."""
    return _resource_root() / "checkpoints"


def _user_dir(kind: str, default: str) -> Path:
    """A user folder, created on first use; ``TALPOSE_HOME`` moves them all.

    Raises:
        OSError: It cannot be made; says what to do.
    """
    home = os.environ.get("TALPOSE_HOME")
    folder = Path(home) / kind if home else Path(default)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        way_out = "TALPOSE_HOME must name" if home else "set TALPOSE_HOME to"
        reason = f"{error.strerror}; {way_out} a folder in which you may write"
        raise OSError(error.errno, reason, str(folder)) from error
    return folder


def user_checkpoints_dir() -> Path:
    """Folder for checkpoints the user adds."""
    return _user_dir("checkpoints", str(Path(platformdirs.user_data_dir("talpose")) / "checkpoints"))


def user_cache_dir() -> Path:
    """Folder for what can be made again: feature maps, proxies, embeddings."""
    return _user_dir("cache", platformdirs.user_cache_dir("talpose"))


def user_state_dir() -> Path:
    """Folder for recent projects, preferences and logs."""
    return _user_dir("state", platformdirs.user_state_dir("talpose"))


def user_videos_dir() -> Path:
    """Folder for videos dropped on a browser's page, which does not tell where they lie."""
    return _user_dir("videos", str(Path(platformdirs.user_videos_dir()) / "TALPose"))
