"""Keypoints that a lab uses again: of another project, or of a skeleton file."""

from __future__ import annotations

from pathlib import Path

from talpose_app.formats.skeleton_file import read_skeleton
from talpose_app.model.skeleton import Skeleton
from talpose_app.store.files import PROJECT_SUFFIX
from talpose_app.store.store import ProjectStore


def read_keypoints(path: Path) -> Skeleton:
    """Read keypoints with their colors, edges and symmetries.

    Args:
        path: A project, which may be open elsewhere and is only read, or a skeleton file.

    Raises:
        ProjectError: The project is missing or cannot be read.
        FormatError: The skeleton file is missing, cannot be read, or is none.
    """
    if not path.name.endswith(PROJECT_SUFFIX):
        return read_skeleton(path)
    opened = ProjectStore.open(path, read_only=True)
    opened.store.close()
    return opened.project.skeleton
