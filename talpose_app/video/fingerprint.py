"""A fast hash of a file's content, to recognize a video that was moved, renamed or replaced."""

from __future__ import annotations

import hashlib
from pathlib import Path

from talpose_app.errors import VideoError

#: Names what is hashed; a changed recipe gets a new name, so that fingerprints never compare across recipes.
SCHEME = "sampled-sha256-v1"
#: Both ends are read whole: containers keep their tables there.
_EDGE_BYTES = 1 << 20
#: Blocks between the ends, so that two recordings of one camera with like ends still differ.
_N_BLOCKS = 16
_BLOCK_BYTES = 1 << 14


def fingerprint_of(path: Path) -> str:
    """Hash the size, the first and last MiB and blocks in between.

    Args:
        path: File to read; at most about 2.3 MiB of it are.

    Returns:
        ``scheme:hex digest``.

    Raises:
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(size.to_bytes(8, "little"))
    with path.open("rb") as file:
        if size <= 2 * _EDGE_BYTES + _N_BLOCKS * _BLOCK_BYTES:
            digest.update(file.read())
            return f"{SCHEME}:{digest.hexdigest()}"
        digest.update(file.read(_EDGE_BYTES))
        middle = size - 2 * _EDGE_BYTES
        for block in range(_N_BLOCKS):
            file.seek(_EDGE_BYTES + middle * block // _N_BLOCKS)
            digest.update(file.read(_BLOCK_BYTES))
        file.seek(size - _EDGE_BYTES)
        digest.update(file.read(_EDGE_BYTES))
    return f"{SCHEME}:{digest.hexdigest()}"


class FileWatch:
    """Notices that another file lies at a path than the one whose frames are known.

    Args:
        path: The file.
        fingerprint: Of the content that is known.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._stamp = _stamp_of(path)

    def check(self) -> None:
        """Look, at the cost of asking the system for the file's size and time.

        Raises:
            VideoError: The content is another one. A file that is gone is left to whoever reads it.
        """
        found = _stamp_of(self._path)
        if found is None or found == self._stamp:
            return
        if fingerprint_of(self._path) != self._fingerprint:
            raise VideoError(
                f"{self._path.name} was replaced while it was open; its frames may be other ones now.",
                hint="Your labels are safe. Open the project again to have the video checked against them.",
            )
        self._stamp = found  # Touched or copied over itself: the content is the same.


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
