"""A fast hash of a file's content, to recognize a video that was moved or renamed."""

from __future__ import annotations

import hashlib
from pathlib import Path

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
