"""The few file operations the store is built on, and what each promises after a power cut.

Everything the store writes goes through a ``Disk``, so that a test can put one
underneath that loses what was not synced, tears the last write or is full.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

if sys.platform == "darwin":
    import fcntl


class FileStamp(NamedTuple):
    """What changes when another program writes a file."""

    inode: int
    size: int
    modified_ns: int


class AppendFile(Protocol):
    """A file that only grows, or is cut back."""

    def append(self, data: bytes) -> None:
        """Write at the end; durable on return.

        Raises:
            OSError: Some, all or none of ``data`` may have reached the file.
        """
        ...

    def truncate(self, length: int) -> None:
        """Cut back to ``length`` bytes; durable on return."""
        ...

    def is_linked(self) -> bool:
        """Whether the path still leads to this file: nobody deleted or replaced it."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Disk(Protocol):
    """A file system, as far as the store needs one. Every method may raise ``OSError``."""

    def read(self, path: Path) -> bytes:
        """Return the whole file."""
        ...

    def stamp(self, path: Path) -> FileStamp | None:
        """Return what identifies the file's present content; None if there is no file."""
        ...

    def write(self, path: Path, data: bytes, *, like: Path | None = None) -> None:
        """Write a whole file; its content is durable on return, its name once the folder is synced.

        Args:
            path: The file.
            data: Its content.
            like: The file whose rights it gets, if that is there.
        """
        ...

    def copy(self, source: Path, target: Path) -> None:
        """Give the content a second name that outlives a replacement of the first."""
        ...

    def replace(self, source: Path, target: Path) -> None:
        """Rename over ``target``, atomically."""
        ...

    def remove(self, path: Path) -> None:
        """Delete a file if it is there."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Make names written, replaced and removed in a folder durable."""
        ...

    def open_append(self, path: Path) -> AppendFile:
        """Open an existing file for appending."""
        ...


def _sync(descriptor: int) -> None:
    # On macOS fsync leaves the data in the drive's own cache.
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_beside(disk: Disk, temporary: Path, data: bytes, *, like: Path) -> None:
    """Write a file that is to be renamed; what a full disk left of it is removed again.

    Args:
        disk: Where.
        temporary: Its name until then.
        data: Its content.
        like: The file it replaces, whose rights it keeps.

    Raises:
        OSError: As the disk does.
    """
    try:
        disk.write(temporary, data, like=like)
    except OSError:
        with suppress(OSError):
            disk.remove(temporary)
        raise


class _RealAppendFile:
    """``AppendFile`` on a file descriptor."""

    def __init__(self, path: Path) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags)

    def append(self, data: bytes) -> None:
        _write_all(self._descriptor, data)
        _sync(self._descriptor)

    def truncate(self, length: int) -> None:
        os.ftruncate(self._descriptor, length)
        _sync(self._descriptor)

    def is_linked(self) -> bool:
        mine = os.fstat(self._descriptor)
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)

    def close(self) -> None:
        os.close(self._descriptor)


class RealDisk:
    """``Disk`` on the operating system's files."""

    def read(self, path: Path) -> bytes:
        """See ``Disk.read``."""
        return path.read_bytes()

    def stamp(self, path: Path) -> FileStamp | None:
        """See ``Disk.stamp``."""
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return FileStamp(found.st_ino, found.st_size, found.st_mtime_ns)

    def write(self, path: Path, data: bytes, *, like: Path | None = None) -> None:
        """See ``Disk.write``."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o666)
        try:
            if like is not None:
                # Before the content: what others may not read is never readable. Not every disk has rights.
                with suppress(OSError):
                    shutil.copymode(like, path)
            _write_all(descriptor, data)
            _sync(descriptor)
        finally:
            os.close(descriptor)

    def copy(self, source: Path, target: Path) -> None:
        """See ``Disk.copy``."""
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            # FAT and some network shares have no hard links.
            shutil.copy(source, target)
            descriptor = os.open(target, os.O_RDWR)
            try:
                _sync(descriptor)
            finally:
                os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """See ``Disk.replace``."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """See ``Disk.remove``."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """See ``Disk.sync_folder``."""
        if sys.platform == "win32":
            return  # Windows has no handle to sync a folder by; NTFS journals names itself.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def open_append(self, path: Path) -> AppendFile:
        """See ``Disk.open_append``."""
        return _RealAppendFile(path)
