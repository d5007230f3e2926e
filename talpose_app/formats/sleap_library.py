"""The library behind SLEAP's files, sleap-io: an extra of its own, loaded by the first file that needs it.

It brings half a gigabyte of other packages, so a plain install and the standalone executable go without.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from talpose_app.errors import FormatError
from talpose_app.paths import is_frozen

#: What gets the library.
INSTALL = 'pip install "talpose[sleap]"'


def is_installed() -> bool:
    """Whether SLEAP's files can be read and written here; the library is not loaded for it."""
    return not is_frozen() and importlib.util.find_spec("sleap_io") is not None


def check_installed() -> None:
    """Refuse to go on without the library.

    Raises:
        FormatError: It is not installed; says what to do.
    """
    if not is_installed():
        way_out = (
            f"The executable goes without it; use {INSTALL}" if is_frozen() else f"Get it with: {INSTALL}"
        )
        raise FormatError("SLEAP's files need the library sleap-io.", hint=way_out)


def sleap_io() -> ModuleType:
    """Load the library.

    Raises:
        FormatError: It is not installed; says what to do.
    """
    check_installed()
    return importlib.import_module("sleap_io")


def offer(text: str) -> str:
    """What a format is for, and what it needs where the library is missing."""
    return text if is_installed() else f"{text} Needs: {INSTALL}."


def reason(error: BaseException) -> str:
    """What the library says, in one line without its own full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
