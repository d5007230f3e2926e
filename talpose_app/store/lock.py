"""The lock that says who writes a project.

The operating system holds it and lets go of it when the process ends in whatever
way, so a lock is never stale. The text inside the file only tells people who it is.
"""

from __future__ import annotations

import errno
import getpass
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from talpose_app.errors import ProjectLockedError
from talpose_app.store.disk_errors import disk_errors

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: File systems that cannot lock answer with one of these; the project is then opened without a lock.
_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}

#: Windows locks byte ranges; this one lies behind the text, so that the text can be read by others.
_LOCKED_BYTE = 1 << 30


class ProjectLock:
    """Holds a project for writing until ``release``."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, path: Path) -> ProjectLock:
        """Take the lock or fail at once.

        Raises:
            ProjectLockedError: Another process, or another window of this one, has it.
            ProjectError: The lock file cannot be made in this folder.
        """
        while True:
            with disk_errors(f"The folder {path.parent} cannot be written"):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(descriptor)
                # The holder removes the file when it lets go; a lock on a removed file guards nothing.
                if _is_same_file(descriptor, path):
                    _write_holder(descriptor)
                    return cls(path, descriptor)
            except BlockingIOError as error:
                os.close(descriptor)
                raise _locked_error(path) from error
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    @property
    def is_held(self) -> bool:
        """Whether the lock still guards its path: nobody removed the file."""
        return self._descriptor is not None and _is_same_file(self._descriptor, self._path)

    def release(self) -> None:
        """Let go of the lock; a second call does nothing."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if sys.platform != "win32" and _is_same_file(descriptor, self._path):
            self._path.unlink(missing_ok=True)
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock or raise ``BlockingIOError``."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError) or error.errno in (errno.EACCES, errno.EDEADLK):
            raise BlockingIOError(error.errno, error.strerror) from error
        if error.errno not in _UNSUPPORTED:
            raise


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _write_holder(descriptor: int) -> None:
    holder = {
        "user": _user(),
        "host": platform.node(),
        "pid": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(holder).encode())
    except OSError:
        return  # A full disk must not keep anybody from opening a project; the lock itself holds.


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "someone"


def _locked_error(path: Path) -> ProjectLockedError:
    return ProjectLockedError(
        f"The project is open already{_holder(path)}.",
        hint="Close it there first; until then it can only be read.",
    )


def _holder(path: Path) -> str:
    """Who holds the lock, as the end of a sentence; empty if the file does not tell."""
    try:
        found: object = json.loads(path.read_bytes()[:1000])
    except (OSError, ValueError):
        return ""
    if not isinstance(found, dict):
        return ""
    holder = cast("dict[str, object]", found)
    who = f"by {holder.get('user')} on {holder.get('host')}, process {holder.get('pid')}"
    return f" ({who}, since {_in_local_time(str(holder.get('since')))})"


def _in_local_time(stamp: str) -> str:
    """A time as people read it; what is none stays as it is."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return stamp
