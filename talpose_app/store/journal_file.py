"""The open journal: lines go in durably or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from talpose_app.errors import ProjectError
from talpose_app.store.disk import AppendFile, Disk, write_beside
from talpose_app.store.files import ProjectFiles
from talpose_app.store.journal import Line


class JournalLostError(ProjectError):
    """The journal was deleted or replaced while it was open; the store can write it anew."""


class Prepared(NamedTuple):
    """A journal written beside the present one."""

    path: Path
    length: int
    n_lines: int


class JournalFile:
    """The journal of a project, open for appending. Methods raise ``OSError`` as the disk does."""

    def __init__(self, files: ProjectFiles, disk: Disk) -> None:
        self._files = files
        self._disk = disk
        self._file: AppendFile | None = None
        self._has_dirty_tail = False
        self.length = 0
        self.n_lines = 0

    def open(self, length: int, n_lines: int) -> None:
        """Go on with a journal of ``n_lines`` whole lines in ``length`` bytes; cut off what follows."""
        self.close()
        self._file = self._disk.open_append(self._files.journal)
        self._file.truncate(length)
        self.length, self.n_lines, self._has_dirty_tail = length, n_lines, False

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Replace the journal by these lines, all or none."""
        self.swap(self.prepare(lines), b"")

    def prepare(self, lines: Iterable[Line]) -> Prepared:
        """Write the journal that is to replace this one; lines can be appended to this one meanwhile."""
        kept = list(lines)
        data = b"".join(line.data for line in kept)
        temporary = self._files.temporary(self._files.journal)
        write_beside(self._disk, temporary, data, like=self._files.journal)
        return Prepared(temporary, len(data), len(kept))

    def swap(self, prepared: Prepared, tail: bytes) -> None:
        """Replace the journal by a prepared one, all or nothing.

        Args:
            prepared: What ``prepare`` returned.
            tail: Lines appended to the old journal since.
        """
        if tail:
            file = self._disk.open_append(prepared.path)
            try:
                file.append(tail)
            finally:
                file.close()
        self.close()  # Windows does not replace open files.
        try:
            self._disk.replace(prepared.path, self._files.journal)
            self._disk.sync_folder(self._files.folder)
        finally:
            self._file = self._disk.open_append(self._files.journal)
        self.length = prepared.length + len(tail)
        self.n_lines = prepared.n_lines + tail.count(b"\n")
        self._has_dirty_tail = False

    def append(self, line: Line) -> None:
        """Write a line; durable on return.

        Raises:
            JournalLostError: The path leads to another file, or to none.
        """
        if self._file is None or not self._file.is_linked():
            raise JournalLostError(f"{self._files.journal.name} was removed or replaced by another program.")
        if self._has_dirty_tail:
            self._file.truncate(self.length)
            self._has_dirty_tail = False
        try:
            self._file.append(line.data)
        except OSError:
            self._cut_tail(self._file)
            raise
        self.length += len(line.data)
        self.n_lines += 1

    def _cut_tail(self, file: AppendFile) -> None:
        """Take back a write that failed half-way; if that fails too, it is done before the next one."""
        try:
            file.truncate(self.length)
        except OSError:
            self._has_dirty_tail = True

    def close(self) -> None:
        """Release the file; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
