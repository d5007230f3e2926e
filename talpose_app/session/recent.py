"""The list of projects opened lately, in the user's state folder. Losing it loses no work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from talpose_app.paths import is_file
from talpose_app.session.kept_list import KeptList

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
        self._kept = KeptList(file, _decoder, "the list of recent projects")

    def all(self) -> list[RecentProject]:
        """The projects that still exist, last opened first."""
        return [recent for recent in self._read() if is_file(recent.path)]

    def add(self, path: Path) -> None:
        """Put a project first; trouble with the list is logged, not raised."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        others = [recent for recent in self._read() if recent.path != path]
        kept = [RecentProject(path, now), *others][:LONGEST]
        self._kept.write([_Entry(str(recent.path), recent.opened_at) for recent in kept])

    def _read(self) -> list[RecentProject]:
        return [RecentProject(Path(entry.path), entry.opened_at) for entry in self._kept.read()]
