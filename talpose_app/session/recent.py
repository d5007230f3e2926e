"""The list of projects opened lately, in the user's state folder. Losing it loses no work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from talpose_app.paths import is_file
from talpose_app.store.disk import RealDisk

_LOG = logging.getLogger(__name__)

#: What fits on the start screen.
LONGEST = 20


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project opened lately.

    Attributes:
        path: The project file.
        opened_at: UTC, ISO 8601.
    """

    path: Path
    opened_at: str

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.path.name.removesuffix(".json").removesuffix(".talpose")

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.path.parent


class _Entry(msgspec.Struct, frozen=True):
    path: str
    opened_at: str


_decoder = msgspec.json.Decoder(list[_Entry])


class RecentProjects:
    """Reads and writes the list.

    Args:
        file: Where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> list[RecentProject]:
        """The projects that still exist, last opened first."""
        return [recent for recent in self._read() if is_file(recent.path)]

    def add(self, path: Path) -> None:
        """Put a project first; trouble with the list is logged, not raised."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        others = [recent for recent in self._read() if recent.path != path]
        kept = [RecentProject(path, now), *others][:LONGEST]
        data = msgspec.json.encode([_Entry(str(recent.path), recent.opened_at) for recent in kept])
        temporary = self._file.with_name(self._file.name + ".tmp")
        disk = RealDisk()
        try:
            disk.write(temporary, data)
            disk.replace(temporary, self._file)
        except OSError as error:
            _LOG.warning("the list of recent projects cannot be written: %s", error)

    def _read(self) -> list[RecentProject]:
        try:
            entries = _decoder.decode(self._file.read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return []
        return [RecentProject(Path(entry.path), entry.opened_at) for entry in entries]
