"""The snapshot on the disk: replaced whole, two generations kept, another program's changes never lost."""

from __future__ import annotations

import hashlib
from pathlib import Path

from talpose_app.store.disk import Disk, FileStamp, write_beside
from talpose_app.store.files import ProjectFiles


class SnapshotFile:
    """``name.talpose.json`` and its older generations. Methods raise ``OSError`` as the disk does."""

    def __init__(self, files: ProjectFiles, disk: Disk) -> None:
        self._files = files
        self._disk = disk
        self._stamp: FileStamp | None = None
        self._digest = b""

    def remember(self, data: bytes | None) -> None:
        """Take the file as it is now for ours; ``data`` is what was read from it."""
        self._stamp = self._disk.stamp(self._files.snapshot)
        self._digest = b"" if data is None else hashlib.sha256(data).digest()

    def write(self, data: bytes) -> Path | None:
        """Replace the snapshot; the present one becomes the first backup, that one the second.

        Returns:
            Where another program's version was kept, if one had been put in place of ours.
        """
        temporary = self._files.temporary(self._files.snapshot)
        write_beside(self._disk, temporary, data, like=self._files.snapshot)
        conflict = self._keep_foreign()
        if conflict is None and self._disk.stamp(self._files.snapshot) is not None:
            newer, older = self._files.backups
            if self._disk.stamp(newer) is not None:
                self._disk.replace(newer, older)
            self._disk.copy(self._files.snapshot, newer)
        self._disk.replace(temporary, self._files.snapshot)
        self._disk.sync_folder(self._files.folder)
        self.remember(data)
        return conflict

    def write_twice(self, data: bytes) -> None:
        """Replace the snapshot and its first backup: older ones do not lead to this state by the journal."""
        self.write(data)
        newer, _ = self._files.backups
        temporary = self._files.temporary(newer)
        write_beside(self._disk, temporary, data, like=self._files.snapshot)
        self._disk.replace(temporary, newer)
        self._disk.sync_folder(self._files.folder)

    def _keep_foreign(self) -> Path | None:
        found = self._disk.stamp(self._files.snapshot)
        if found is None or found == self._stamp:
            return None
        if hashlib.sha256(self._disk.read(self._files.snapshot)).digest() == self._digest:
            return None
        return keep_aside(self._files, self._disk, self._files.snapshot, "conflict", "json")


def keep_aside(files: ProjectFiles, disk: Disk, path: Path, kind: str, extension: str) -> Path:
    """Copy a file to a name of its own that nothing overwrites."""
    number = 1
    while disk.stamp(target := files.aside(kind, extension, number)) is not None:
        number += 1
    # A second name for the same file would be cut or overwritten with it.
    disk.write(target, disk.read(path), like=path)
    disk.sync_folder(files.folder)
    return target
