"""The text of a tracker's licence, as it is shown before a download."""

from __future__ import annotations

from pathlib import Path

from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import KnownCheckpoint

_TEXTS = Path(__file__).resolve().parent / "licences"

#: File of each licence's text, and its gist in our words.
_LICENCES = {
    "CC-BY-NC 4.0": (
        "CC-BY-NC-4.0.txt",
        "You may use, share and adapt the weights if you name their authors, and not for commercial "
        "purposes. What you make with them may fall under that as well. TALPose itself is not affected.",
    ),
}


def licence_gist(known: KnownCheckpoint) -> str:
    """Say in a few words what a tracker's licence asks; empty if nothing is downloaded under it."""
    return _LICENCES[known.license][1] if known.license in _LICENCES else ""


def licence_text(known: KnownCheckpoint) -> str:
    """Return the whole text of a tracker's licence.

    Raises:
        TrackerError: It is the program's own licence, which lies beside the program.
    """
    if known.license not in _LICENCES:
        raise TrackerError(
            f"{known.name} is under TALPose's own licence, {known.license}.", hint="See LICENSE."
        )
    return (_TEXTS / _LICENCES[known.license][0]).read_text(encoding="utf-8")
