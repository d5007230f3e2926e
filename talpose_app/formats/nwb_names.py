"""Names of keypoints and individuals as NWB takes them: HDF5's groups have no ``/``, NWB's no ``:``."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from talpose_app.formats.point_names import free_name

#: What else lies in a ``PoseEstimation``, so that no keypoint's series can have the name there.
POSE_FIELDS = frozenset(
    {
        "description", "original_videos", "labeled_videos", "dimensions", "scorer", "source_software",
        "nodes", "edges", "skeleton", "device", "source_video", "labeled_video",
    }
)  # fmt: skip


def nwb_names(names: Iterable[str], reserved: Collection[str] = ()) -> list[str]:
    """Give each name in the form NWB takes; no two are equal.

    Args:
        names: In display order, no two equal.
        reserved: Names that are taken.
    """
    taken = set(reserved)
    fit: list[str] = []
    for name in names:
        plain = name.replace("/", "_").replace(":", "_")
        # HDF5 takes a single dot for the group itself.
        free = free_name("_" if plain == "." else plain, taken)
        taken.add(free)
        fit.append(free)
    return fit


def describe_renamed(names: Iterable[str], fit: Iterable[str]) -> list[str]:
    """Say which names are not in the file as they were; empty when all are."""
    changed = [f"{was!r} is {now!r}" for was, now in zip(names, fit, strict=True) if was != now]
    return [f"Names that NWB does not take: {', '.join(changed)}."] if changed else []
