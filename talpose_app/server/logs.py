"""The log: a few files that replace each other in the user's state folder. It never leaves the machine."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from talpose_app.paths import user_state_dir

#: One file; three are kept.
_MAX_BYTES = 1 << 20
_N_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


def start_logging(*, debug: bool) -> Path:
    """Write warnings and the app's own messages to the log.

    Args:
        debug: Everything, and to stderr as well.

    Returns:
        The log file.
    """
    path = user_state_dir() / "log" / "talpose.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_N_KEPT, encoding="utf-8", delay=True)
    ]
    if debug:
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, handlers=handlers, force=True)
    logging.getLogger("talpose_app").setLevel(logging.DEBUG if debug else logging.INFO)
    return path
