"""Entry: ``python -m benchmarks NAME ...``; without a name it lists them."""

from __future__ import annotations

import sys

from benchmarks.accuracy.command import main as accuracy
from benchmarks.instant.command import main as instant
from benchmarks.long.command import main as long
from benchmarks.optimization.command import main as tto_step
from benchmarks.reliability.command import main as reliability
from benchmarks.waiting.command import main as waiting


def main() -> None:
    """Run the benchmark that the first argument names."""
    commands = {
        "accuracy": accuracy,
        "reliability": reliability,
        "tto-step": tto_step,
        "long": long,
        "waiting": waiting,
        "instant": instant,
    }
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python -m benchmarks {{{','.join(commands)}}} ...")
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
