"""``python -m benchmarks reliability``: the long versions of what ``tests/fault`` does in seconds."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.reliability.kill import kill_rounds
from tests.fixtures.videos import Recipe, encode


def _kill(options: argparse.Namespace, folder: Path) -> Any:
    encode(folder / "fox.mp4", Recipe(n_frames=40))
    return kill_rounds(folder, options.seed, options.rounds)


#: What can be done, and how much of it by default.
_PARTS: dict[str, tuple[Callable[[argparse.Namespace, Path], Any], int]] = {
    "kill": (_kill, 150),
}


def main(arguments: Sequence[str]) -> None:
    """Run one part and print its figures as JSON; the exit code is 1 if something was lost, wrong or crashed."""
    options = _parse(arguments)
    part, default = _PARTS[options.part]
    options.rounds = options.rounds or default
    with tempfile.TemporaryDirectory() as folder:
        figures = part(options, Path(folder))
    print(json.dumps(dataclasses.asdict(figures), indent=1))
    sys.exit(1 if figures.losses else 0)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reliability", description=__doc__)
    parser.add_argument("part", choices=_PARTS)
    parser.add_argument("--rounds", type=int, help="how much; every part has a default of its own")
    parser.add_argument("--seed", type=int, default=20251)
    return parser.parse_args(arguments)
