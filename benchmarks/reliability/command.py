"""``python -m benchmarks reliability``: the long versions of what ``tests/fault`` does in seconds."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.reliability.fuzz import fuzz
from benchmarks.reliability.kill import KillFigures, kill_rounds
from benchmarks.reliability.load import load
from benchmarks.reliability.zoo import visit
from tests.fixtures.videos import Recipe, encode


class Figures(Protocol):
    """What a part found; ``losses`` is empty when all held."""

    losses: list[str]


def _kill(folder: Path, seed: int, rounds: int) -> KillFigures:
    encode(folder / "fox.mp4", Recipe(n_frames=40))
    return kill_rounds(folder, seed, rounds)


#: What can be done, and how many rounds of it by default.
_PARTS: dict[str, tuple[Callable[[Path, int, int], Figures], int]] = {
    "kill": (_kill, 150),
    "fuzz": (fuzz, 2000),
    "load": (load, 50),
    "zoo": (visit, 2),
}


def main(arguments: Sequence[str]) -> None:
    """Run one part and print its figures as JSON; exit code 1 if something was lost, wrong or crashed."""
    options = _parse(arguments)
    part, default = _PARTS[options.part]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TALPOSE_HOME"] = str(Path(folder) / "home")  # The user's own folder is left alone.
        figures = part(Path(folder), options.seed, options.rounds or default)
    print(json.dumps(vars(figures), indent=1))
    sys.exit(1 if figures.losses else 0)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reliability", description=__doc__)
    parser.add_argument("part", choices=_PARTS)
    parser.add_argument("--rounds", type=int, help="how much; every part has a default of its own")
    parser.add_argument("--seed", type=int, default=20251)
    return parser.parse_args(arguments)
