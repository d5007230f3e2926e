"""What the disk says, in words, with the way out."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager

from talpose_app.errors import ProjectError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV}


class NotWritableError(ProjectError):
    """The user has no right to write here; reading may go well."""


@contextmanager
def disk_errors(refusal: str) -> Generator[None]:
    """Raise ``ProjectError`` in place of an ``OSError``.

    Args:
        refusal: What cannot be done, a sentence without its end.
    """
    try:
        yield
    except OSError as error:
        kind = NotWritableError if error.errno in _FORBIDDEN else ProjectError
        raise kind(f"{refusal}: {error.strerror or error}.", hint=_way_out(error.errno)) from error


def _way_out(code: int | None) -> str:
    if code in _FULL:
        return "Free some space on the disk; nothing saved so far is lost."
    if code in _FORBIDDEN:
        return "Copy the project to a folder in which you may write; here it can only be read."
    if code in _GONE:
        return "The folder is gone; bring it back, or its drive."
    return "Check the disk; nothing saved so far is lost."
