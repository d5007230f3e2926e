"""``python -m fuzz``: every door for a while, led by coverage; prints the figures as JSON."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: Doors behind which most is our own code, and the longest input tried there. Trackers and videos are read by
#: libraries, which coverage of Python does not see: `python -m benchmarks reliability fuzz` tries those.
DOORS = {
    "commands": 4096,
    "answers": 4096,
    "projects": 16384,
    "journals": 32768,
    "records": 32768,
    "labels": 16384,
    "exports": 16384,
    "tables": 4096,
    "coco": 16384,
    "skeletons": 4096,
}
#: An input that takes longer or needs more memory counts as a crash.
_MAX_SECONDS, _MAX_MEGABYTES = 20, 1500
#: What is kept of what it said of a crash.
_N_LINES, _LONGEST_LINE = 60, 200
_RUNS = re.compile(r"stat::number_of_executed_units: (\d+)")
_COVERED = re.compile(r"cov: (\d+)")


@dataclass
class FuzzFigures:
    """What came of it.

    Attributes:
        seconds: Spent at each door.
        executions: Inputs tried at each door.
        covered: Places of our code that were reached there.
        crashes: For each door that broke, what was raised there; the input lies beside its corpus.
    """

    seconds: int
    executions: dict[str, int] = field(default_factory=dict[str, int])
    covered: dict[str, int] = field(default_factory=dict[str, int])
    crashes: dict[str, str] = field(default_factory=dict[str, str])


def main(arguments: Sequence[str]) -> None:
    """Try the doors one after the other; exit code 1 if one broke."""
    options = _parse(arguments)
    if importlib.util.find_spec("atheris") is None:
        sys.exit("fuzz: atheris is missing. Install it with: pip install -e '.[test,fuzz]'")
    figures = FuzzFigures(options.seconds)
    for name in options.doors or DOORS:
        said = _run(name, options.corpus / name, options.seconds, options.seed)
        figures.executions[name] = _last(_RUNS, said)
        figures.covered[name] = _last(_COVERED, said)
        if "stat::" not in said or "== ERROR" in said or "Uncaught Python exception" in said:
            figures.crashes[name] = last_words(said)
    print(json.dumps(vars(figures), indent=1))
    sys.exit(1 if figures.crashes else 0)


def _run(name: str, corpus: Path, seconds: int, seed: int) -> str:
    """A process for each door, because libFuzzer ends its own."""
    limits = [f"-timeout={_MAX_SECONDS}", f"-rss_limit_mb={_MAX_MEGABYTES}", f"-max_len={DOORS[name]}"]
    aims = [f"-max_total_time={seconds}", f"-seed={seed}", "-print_final_stats=1"]
    kept = f"-artifact_prefix={corpus.parent}/crash-{name}-"
    command = [sys.executable, "-m", "fuzz.door", name, str(corpus), *limits, *aims, kept]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, errors="replace",
            env={**os.environ, "TMPDIR": folder},
        )  # fmt: skip
    return done.stdout + done.stderr


def last_words(said: str) -> str:
    """The trace of what was raised; where there is none, how libFuzzer ended."""
    lines = [line[:_LONGEST_LINE] for line in said.splitlines()]
    trace = next((idx for idx, line in enumerate(lines) if line.startswith("=== Uncaught Python")), -_N_LINES)
    return "\n".join(lines[trace:][:_N_LINES])


def _last(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.findall(text)
    return int(found[-1]) if found else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("doors", nargs="*", metavar="DOOR", help=f"of {', '.join(DOORS)}; all by default")
    parser.add_argument("--seconds", type=int, default=600, help="at each door (default %(default)s)")
    parser.add_argument("--seed", type=int, default=20251)
    parser.add_argument(
        "--corpus", type=Path, help="folder that grows and is used again; a new one by default"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.doors) - set(DOORS)
    if unknown:
        parser.error(f"no such door: {', '.join(sorted(unknown))}")
    options.corpus = options.corpus or Path(tempfile.mkdtemp(prefix="talpose-corpus-"))
    return options


if __name__ == "__main__":
    main(sys.argv[1:])
