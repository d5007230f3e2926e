"""Remembering that the window opened here, so that the next start need not try it first.

The note is taken away before the window is opened and put back once its page has
connected: a window that takes the process with it is tried in a child the next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

#: Packages and variables with which the answer may change.
_PACKAGES = ("pywebview", "PySide6_Essentials", "PySide6_WebEngine")
_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QTWEBENGINE_CHROMIUM_FLAGS", "USER")


class Trust:
    """The note.

    Args:
        note: The file it is kept in.
        environ: The environment the program was started in.
    """

    def __init__(self, note: Path, environ: Mapping[str, str]) -> None:
        self._note = note
        versions = [f"{name} {_version(name)}" for name in _PACKAGES]
        self._text = "\n".join([*versions, *(f"{name}={environ.get(name, '')}" for name in _VARIABLES)])

    def holds(self) -> bool:
        """Whether the last window opened under the same circumstances."""
        try:
            return self._note.read_text(encoding="utf-8") == self._text
        except (OSError, UnicodeDecodeError):
            return False

    def withdraw(self) -> None:
        """Forget it, before the window is opened."""
        self._note.unlink(missing_ok=True)

    def confirm(self) -> None:
        """Note that the window is open and its page there."""
        self._note.write_text(self._text, encoding="utf-8")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
