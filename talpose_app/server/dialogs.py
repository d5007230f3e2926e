"""The port to native file dialogs. The window implements it; a browser has none."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

FileKind = Literal["any", "video", "project", "labels", "keypoints", "tracker"]


class Dialogs(Protocol):
    """Asks the user for a file. Called from worker threads, never from the window's own."""

    mode: Literal["window", "browser"]

    def open_file(self, kind: FileKind, folder: Path | None = None) -> Path | None:
        """Let the user choose a file to open; None if cancelled.

        Args:
            kind: What is offered first.
            folder: Where to begin; None leaves that to the system.
        """
        ...

    def save_file(self, suggested: str, extension: str) -> Path | None:
        """Let the user choose where to write; None if cancelled.

        Args:
            suggested: File name to start from, with its extension.
            extension: With the dot.
        """
        ...


class BrowserDialogs:
    """No dialogs: the page lists folders and downloads instead."""

    mode: Literal["window", "browser"] = "browser"

    def open_file(self, kind: FileKind, folder: Path | None = None) -> Path | None:
        """There is no dialog to choose in."""
        del kind, folder

    def save_file(self, suggested: str, extension: str) -> Path | None:
        """There is no dialog to choose in."""
        del suggested, extension
