"""How the process keeps memory that was freed.

Feature maps and activations of some megabytes come and go hundreds of times a second. By default the C
library of Linux hands each back to the system at once, which clears it, page by page, when it is
asked for again: a third of the time of computing features.
"""

from __future__ import annotations

import ctypes
import os
import platform

#: Parameters of ``mallopt`` (glibc, malloc.h).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8

#: Free memory at the heap's end that is kept, bytes.
_KEPT = 256 * 2**20

#: Larger blocks than this still come from the system and go back: they would leave holes.
_LARGEST_REUSED = 32 * 2**20


def keep_freed_memory() -> None:
    """Let glibc reuse medium blocks; a user's own ``MALLOC_...`` settings count more than ours."""
    if not _is_glibc() or any(name.startswith("MALLOC_") for name in os.environ):
        return
    libc = ctypes.CDLL(None)
    libc.mallopt(_TRIM_THRESHOLD, _KEPT)
    libc.mallopt(_MMAP_THRESHOLD, _LARGEST_REUSED)
    # Heaps of further threads are too small for such blocks.
    libc.mallopt(_ARENA_MAX, 1)


def _is_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"
