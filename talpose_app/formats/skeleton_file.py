"""Skeleton files: the keypoints a lab uses again and again, as a small JSON of one's own hand.

``{"keypoints": ["nose", {"name": "tail", "color": "#56B4E9"}], "edges": [["nose", "tail"]],
"symmetries": [["ear_left", "ear_right"]]}``; edges and symmetries may be left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from talpose_app.errors import EditError, FormatError
from talpose_app.formats.json_text import read_json
from talpose_app.model.skeleton import Skeleton

_Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]


class KeypointEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A keypoint with its color, ``#RRGGBB``; without one it takes the next of the palette."""

    name: str
    color: _Color | None = None


class SkeletonFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skeleton file as it is on the disk."""

    keypoints: list[str | KeypointEntry]
    edges: list[tuple[str, str]] = []
    symmetries: list[tuple[str, str]] = []


def read_skeleton(path: Path) -> Skeleton:
    """Read a skeleton file.

    Raises:
        FormatError: The file cannot be read or is no skeleton file.
    """
    content = read_json(path, SkeletonFile, "a skeleton file")
    try:
        return _skeleton(content)
    except EditError as error:
        raise FormatError(f"{path}: {error.message}") from error


def _skeleton(content: SkeletonFile) -> Skeleton:
    skeleton = Skeleton()
    for entry in content.keypoints:
        name, color = (entry, None) if isinstance(entry, str) else (entry.name, entry.color)
        skeleton = skeleton.with_keypoint(name, color)
    skeleton = skeleton.with_edges(_pairs(skeleton, content.edges))
    # A symmetry joins two keypoints just as an edge does, so the same check holds for it.
    symmetries = skeleton.with_edges(_pairs(skeleton, content.symmetries)).edges
    return Skeleton(skeleton.keypoints, skeleton.edges, symmetries, skeleton.next_id)


def _pairs(skeleton: Skeleton, names: list[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    return tuple((_id_of(skeleton, a), _id_of(skeleton, b)) for a, b in names)


def _id_of(skeleton: Skeleton, name: str) -> int:
    keypoint = skeleton.by_name(name)
    if keypoint is None:
        raise EditError(f"There is no keypoint {name!r} to join.")
    return keypoint.keypoint_id
