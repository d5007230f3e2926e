"""``talpose`` and ``python -m talpose_app``: the one way in."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line and end with its exit code."""
    # In a packaged executable the engine process starts here too and never comes back.
    multiprocessing.freeze_support()
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, _leave)
    from talpose_app.cli.app import run  # noqa: PLC0415  after freeze_support: the engine needs no command line

    if is_ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(run(sys.argv[1:]))


def _leave(number: int, frame: FrameType | None) -> None:
    """End at once: while modules are imported there is nothing to put in order."""
    del number, frame
    os.write(2, b"talpose: interrupted.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
