"""Writing an export so that its file is either the old one or the whole new one."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from talpose_app.errors import FormatError
from talpose_app.model.video import VIDEO_SUFFIXES

#: Names of a project's files: snapshot, journal, lock, backups, and what was kept of damaged ones.
_PROJECT_NAME = re.compile(r"\.talpose\.(.+\.)?(json|journal|lock|tmp)$", re.IGNORECASE)

#: How a project and a journal begin, whatever they are called.
_PROJECT_HEAD = re.compile(
    rb'\A\s*\{\s*"format"\s*:\s*"talpose-project"|\A\{"crc":"[0-9a-f]{8}","record":\{"kind":"journal"'
)

#: Bytes of a file that tell.
_N_HEAD = 4096


def check_target(path: Path) -> None:
    """Refuse a place an export must not or cannot be written to.

    Raises:
        FormatError: The path is a project's or a video, a folder, or in a folder that does not exist.
    """
    if _PROJECT_NAME.search(path.name):
        raise FormatError(
            f"{path} has the name of a project's file; an export would take its place.",
            hint="Choose a name without .talpose. in it.",
        )
    if path.suffix.lower() in VIDEO_SUFFIXES:
        raise FormatError(
            f"{path} has the name of a video; an export would take its place.",
            hint="Choose a name that does not end like a video's.",
        )
    if path.is_dir():
        raise FormatError(f"{path} is a folder.", hint="Name a file in it.")
    if not path.parent.is_dir():
        raise FormatError(
            f"The folder {path.parent} does not exist.", hint="Make it first or choose another."
        )
    if _is_project(path):
        raise FormatError(
            f"{path} is a TALPose project; an export would take its place.", hint="Choose another name."
        )


def _is_project(path: Path) -> bool:
    """Whether a file says that it is a project or a journal; one that cannot be read does not say so."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _PROJECT_HEAD.match(file.read(_N_HEAD)) is not None
    except OSError:
        return False


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
    with _telling(path):
        if _is_stream(path):
            with path.open("w", encoding="utf-8", newline="") as stream:
                yield stream
        else:
            target = path.resolve()
            with _draft(target) as draft, draft.open("x", encoding="utf-8", newline="") as stream:
                _keep_mode(target, draft)
                yield stream
                stream.flush()
                os.fsync(stream.fileno())


@contextmanager
def replacing_file(path: Path) -> Generator[Path]:
    """Name a place where a library writes the file that takes the place of ``path`` when the block ends well.

    As ``replacing``, for libraries that want a name and not an open file.

    Args:
        path: Where the file is to be; a link is followed.

    Yields:
        Where to write: an empty file.

    Raises:
        FormatError: The place is refused (``check_target``), not writable, or the disk is full.
    """
    check_target(path)
    with _telling(path):
        if _is_stream(path):
            with tempfile.TemporaryDirectory(prefix="talpose-export-") as folder:
                whole = Path(folder) / "export"
                yield whole
                with whole.open("rb") as source, path.open("wb") as stream:
                    shutil.copyfileobj(source, stream)
        else:
            target = path.resolve()
            with _draft(target) as draft:
                # What replaces a private file is private before there is anything in it.
                draft.touch(0o600 if target.exists() else 0o666)
                yield draft
                with draft.open("rb+") as stream:
                    os.fsync(stream.fileno())
                _keep_mode(target, draft)


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


@contextmanager
def _telling(path: Path) -> Generator[None]:
    """Say what the system says of a place that cannot be written to."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FormatError(
            f"{path} could not be written: {error.strerror or error}.",
            hint="Check that the folder is writable and the disk has space.",
        ) from error


@contextmanager
def _draft(target: Path) -> Generator[Path]:
    """Name a file beside ``target``; once the block has put it on the disk whole, it is moved onto it."""
    check_target(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _keep_mode(target: Path, draft: Path) -> None:
    """Give the draft the rights of the file it replaces; a new file gets those the system gives new files."""
    with suppress(OSError):
        draft.chmod(stat.S_IMODE(target.stat().st_mode))
