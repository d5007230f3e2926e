"""Keeping the toolkit's chatter off the terminal. It comes from C++ and knows no logger."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def stderr_to(path: Path) -> Generator[None]:
    """Send what this process and its children write to stderr into a file, for the length of the block.

    Args:
        path: Written anew.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
