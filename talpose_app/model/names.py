"""What keypoints and individuals may be called; holds for new names only, files keep those they have."""

from __future__ import annotations

import unicodedata

from talpose_app.errors import EditError

#: Characters of a name; longer ones fit no panel.
MAX_NAME = 120

#: Control characters, halves of characters, and line and paragraph breaks: no file or panel shows them.
_UNFIT = {"Cc", "Cs", "Zl", "Zp"}


def check_name(name: str, what: str) -> None:
    """Refuse a name that is empty, too long, or cannot be written down.

    Args:
        name: What the user wants.
        what: Whose name it is, with its article: ``A keypoint``.

    Raises:
        EditError: It cannot be the name.
    """
    if not name.strip():
        raise EditError(f"{what} needs a name.")
    if len(name) > MAX_NAME:
        raise EditError(
            f"The name {name[:20]!r}... of {len(name)} characters is too long.",
            hint=f"Use at most {MAX_NAME}.",
        )
    if any(unicodedata.category(character) in _UNFIT for character in name):
        raise EditError(
            f"The name {name!r} holds line breaks, control characters or bytes that are no text.",
            hint="Use letters, digits and signs.",
        )
