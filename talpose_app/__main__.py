"""``talpose`` and ``python -m talpose_app``: the one way in."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    # In a packaged executable the engine process starts here too and never comes back.
    multiprocessing.freeze_support()
    from talpose_app.cli.app import run  # noqa: PLC0415  after freeze_support: the engine needs no command line

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
