"""Names for paths: the page sees ids handed out here and never sends a path.

A listing shows folders, videos and projects; everything else, and what is
hidden, is left out.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from os import stat_result
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Literal

from talpose_app.errors import UsageError
from talpose_app.model.video import VIDEO_SUFFIXES
from talpose_app.protocol.messages import FolderEntry, Listing
from talpose_app.store.files import PROJECT_SUFFIX

#: Ids kept; the oldest are forgotten, so that hours of browsing cannot fill the memory.
MAX_ENTRIES = 20_000
#: Lines of one listing; a folder with more is better opened by its path.
MAX_LINES = 2_000


_Kind = Literal["folder", "video", "project"]


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    kind: _Kind
    info: stat_result


class Entries:
    """Which path each id stands for. Safe to use from several threads."""

    def __init__(self) -> None:
        self._paths: OrderedDict[str, Path] = OrderedDict()
        self._ids: dict[Path, str] = {}
        self._lock = threading.Lock()

    def offer(self, path: Path) -> str:
        """Give a path an id; the same path keeps its own."""
        with self._lock:
            entry_id = self._ids.get(path)
            if entry_id is None:
                entry_id = secrets.token_urlsafe(9)
                self._ids[path] = entry_id
                self._paths[entry_id] = path
            while len(self._paths) > MAX_ENTRIES:
                _, oldest = self._paths.popitem(last=False)
                del self._ids[oldest]
            return entry_id

    def resolve(self, entry_id: str) -> Path:
        """The path an id was given for.

        Raises:
            UsageError: No such id was handed out.
        """
        with self._lock:
            path = self._paths.get(entry_id)
        if path is None:
            raise UsageError("This entry is not known any more.", hint="List the folder again.")
        return path

    def listing(self, command_id: int, folder: Path) -> Listing:
        """List a folder: folders first, then files, by name.

        Raises:
            UsageError: It cannot be read.
        """
        try:
            found = [line for path in folder.iterdir() if (line := _look_at(path)) is not None]
        except OSError as error:
            raise UsageError(f"The folder {folder} cannot be listed: {error.strerror}.") from error
        found.sort(key=lambda line: (line.kind != "folder", line.path.name.casefold()))
        return Listing(
            id=command_id,
            folder=str(folder),
            parent_id=None if folder.parent == folder else self.offer(folder.parent),
            entries=[self._entry(line) for line in found[:MAX_LINES]],
        )

    def _entry(self, line: _Line) -> FolderEntry:
        return FolderEntry(
            entry_id=self.offer(line.path),
            name=line.path.name,
            kind=line.kind,
            size=0 if line.kind == "folder" else line.info.st_size,
            modified_at=datetime.fromtimestamp(line.info.st_mtime, UTC).isoformat(timespec="seconds"),
        )


def _look_at(path: Path) -> _Line | None:
    """What a listing shows of a path: nothing if it is hidden, broken or of no interest."""
    if path.name.startswith("."):
        return None
    try:
        info = path.stat()
    except OSError:
        return None
    kind = _kind_of(path, info)
    return None if kind is None else _Line(path, kind, info)


def _kind_of(path: Path, info: stat_result) -> _Kind | None:
    if S_ISDIR(info.st_mode):
        return "folder"
    if not S_ISREG(info.st_mode):
        return None
    if path.name.endswith(PROJECT_SUFFIX):
        return "project"
    return "video" if path.suffix.lower() in VIDEO_SUFFIXES else None
