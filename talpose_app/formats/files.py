"""Writing an export so that its file is either the old one or the whole new one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from talpose_app.errors import FormatError

#: Endings of the files a project lives in: no export may ever be written over them.
PROJECT_SUFFIXES = (".talpose.json", ".talpose.journal")


def check_target(path: Path) -> None:
    """Refuse a place an export must not or cannot be written to.

    Raises:
        FormatError: The path is a project's own file, a folder, or in a folder that does not exist.
    """
    if path.name.lower().endswith(PROJECT_SUFFIXES):
        raise FormatError(
            f"{path} is the name of a project file; an export would replace the project.",
            hint="Choose a name that does not end in .talpose.json or .talpose.journal.",
        )
    if path.is_dir():
        raise FormatError(f"{path} is a folder.", hint="Name a file in it.")
    if not path.parent.is_dir():
        raise FormatError(
            f"The folder {path.parent} does not exist.", hint="Make it first or choose another."
        )


@contextmanager
def replacing(path: Path) -> Generator[TextIO]:
    """Open a file for writing text that takes the place of ``path`` when the block ends well.

    If the block fails, ``path`` is as it was. A pipe or device is written to directly.

    Args:
        path: Where the text is to be; a link is followed.

    Yields:
        The open file, UTF-8, lines end in a line feed.

    Raises:
        FormatError: The place is refused (``check_target``), not writable, or the disk is full.
    """
    check_target(path)
    is_stream = path.exists() and not path.is_file()
    try:
        with _open_stream(path) if is_stream else _open_draft(path.resolve()) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FormatError(
            f"{path} could not be written: {error.strerror or error}.",
            hint="Check that the folder is writable and the disk has space.",
        ) from error


def _open_stream(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


@contextmanager
def _open_draft(target: Path) -> Generator[TextIO]:
    """Open a file beside ``target`` that is moved onto it once it is whole and on the disk."""
    check_target(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
