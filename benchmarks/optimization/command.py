"""``python -m benchmarks tto-step``: the published optimization step, done plainly and by the engine.

Every measurement runs in a process of its own, which says the most memory it ever had. The ways take turns;
the best of all rounds counts.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from benchmarks.optimization.variants import VARIANTS, Cost, cost_of, make_scene

_BASELINE = "plain"


def main(arguments: Sequence[str]) -> None:
    """Measure and print a table; exit code 1 if the ways do not compute the same."""
    options = _parse(arguments)
    if options.variant:
        torch.set_num_threads(options.threads)
        scene = make_scene(options.frames, options.points)
        print(json.dumps(asdict(cost_of(options.variant, scene, options.steps))))
        return
    best: dict[str, Cost] = {}
    for _ in range(options.rounds):
        for variant in VARIANTS:
            cost = _in_a_process(variant, arguments)
            best[variant] = _better(best[variant], cost) if variant in best else cost
    print(_table(best))
    if options.json is not None:
        record = {"frames": options.frames, "points": options.points, "threads": options.threads}
        rows = {variant: asdict(cost) for variant, cost in best.items()}
        options.json.write_text(json.dumps({**record, "variants": rows}, indent=1), encoding="utf-8")
    if not all(_is_same(cost, best[_BASELINE]) for cost in best.values()):
        sys.exit("benchmarks: error: The ways differ in loss or gradient.")


def _in_a_process(variant: str, arguments: Sequence[str]) -> Cost:
    command = [sys.executable, "-m", "benchmarks", "tto-step", *arguments, "--variant", variant]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own program
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _better(one: Cost, other: Cost) -> Cost:
    """The best of two measurements of the same, figure by figure."""
    peak = min(one.peak_gb, other.peak_gb)
    return Cost(min(one.wall, other.wall), min(one.cpu, other.cpu), peak, one.loss, one.gradient_norm)


def _is_same(one: Cost, other: Cost) -> bool:
    return math.isclose(one.loss, other.loss, rel_tol=1e-4) and math.isclose(
        one.gradient_norm, other.gradient_norm, rel_tol=1e-3
    )


def _table(best: dict[str, Cost]) -> str:
    """A way a line, its cost, and how it stands to the plain way."""
    plain = best[_BASELINE]
    lines = [
        "| way | s | processor s | peak GB | times as fast | (processor) | share of memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for variant, cost in best.items():
        ratios = (plain.wall / cost.wall, plain.cpu / cost.cpu, cost.peak_gb / plain.peak_gb)
        figures = (cost.wall, cost.cpu, cost.peak_gb, *ratios)
        lines.append(f"| {variant} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")
    return "\n".join(lines)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks tto-step", description=__doc__)
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--steps", type=int, default=2, help="in each process; the best one counts")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--variant", choices=tuple(VARIANTS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)
