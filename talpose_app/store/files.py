"""The names of a project's files, and nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from talpose_app.paths import exists

#: What a project file's name ends with.
PROJECT_SUFFIX = ".talpose.json"


def project_path_for(path: Path) -> Path:
    """Make a project's file name out of what the user typed: ``run1`` becomes ``run1.talpose.json``."""
    if path.name.endswith(PROJECT_SUFFIX):
        return path
    stem = path.name.removesuffix(".json").removesuffix(".talpose")
    return path.with_name(stem + PROJECT_SUFFIX)


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """Where the files of one project lie.

    Attributes:
        snapshot: ``name.talpose.json``, absolute.
    """

    snapshot: Path

    @classmethod
    def at(cls, path: Path) -> ProjectFiles:
        """The files of the project at ``path``, whatever links lead there.

        Two names of one project would have a lock and a journal each, and lose what the other wrote.
        """
        return cls(Path(os.path.realpath(path)))

    @property
    def are_there(self) -> bool:
        """Whether there is anything to open: a lost snapshot is made again from a backup and the journal."""
        return any(exists(path) for path in (self.snapshot, *self.backups))

    @property
    def folder(self) -> Path:
        """Folder of all the files."""
        return self.snapshot.parent

    @property
    def stem(self) -> str:
        """File name up to ``.json``; the other files start with it."""
        return self.snapshot.name.removesuffix(".json")

    @property
    def name(self) -> str:
        """What the user calls the project."""
        return self.stem.removesuffix(".talpose")

    @property
    def journal(self) -> Path:
        """Every edit since, and the history."""
        return self.folder / f"{self.stem}.journal"

    @property
    def lock(self) -> Path:
        """Held by the process that writes."""
        return self.folder / f"{self.stem}.lock"

    @property
    def backups(self) -> tuple[Path, Path]:
        """The two generations before the snapshot, newest first."""
        return self.folder / f"{self.stem}.backup-1.json", self.folder / f"{self.stem}.backup-2.json"

    def temporary(self, path: Path) -> Path:
        """Name under which ``path`` is written before it is renamed."""
        return path.with_name(path.name + ".tmp")

    def aside(self, kind: str, extension: str, number: int) -> Path:
        """Name under which a damaged or foreign file is kept, e.g. ``name.talpose.damaged-1.json``."""
        return self.folder / f"{self.stem}.{kind}-{number}.{extension}"
