"""What each part of a bundle weighs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

#: Parts by the start of their place below the folder of libraries; the rest is told as one.
_PARTS = {
    "torch": r"torch(/|-)",
    "Qt's page engine (Chromium)": r"PySide6/Qt/(lib/libQt6WebEngine|resources|libexec)",
    "Qt": r"(PySide6|shiboken6)/",
    "OpenCV": r"(cv2/|opencv_)",
    "PyAV with FFmpeg": r"av(/|\.libs|-)",
    "NumPy": r"numpy(/|\.libs|-)",
    "Python": r"(libpython|python3|base_library)",
    "TALPose: page, sample, built-in tracker": r"talpose",
}


def weigh(folder: Path) -> dict[str, int]:
    """Add up the bytes of each part, the heaviest first."""
    weights: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            weights[part_of(path.relative_to(folder).as_posix())] += path.stat().st_size
    return dict(weights.most_common())


def part_of(place: str) -> str:
    """Which part a file belongs to.

    Args:
        place: Below the bundle's top, with forward slashes.
    """
    head, _, inside = place.partition("/")
    if head != "_internal":
        return "the program and its compiled modules" if "licences" not in head else "licence texts"
    return next(
        (part for part, start in _PARTS.items() if re.match(start, inside)),
        "libraries of the system, other packages",
    )


def table(weights: dict[str, int]) -> str:
    """Lay the weights out as a Markdown table, in MB of a million bytes."""
    rows = [f"| {part} | {n_bytes / 1e6:,.0f} |" for part, n_bytes in weights.items()]
    total = f"| **together** | **{sum(weights.values()) / 1e6:,.0f}** |"
    return "\n".join(["| part | MB |", "|---|---|", *rows, total])
