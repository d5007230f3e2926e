"""``python -m benchmarks waiting``: how long a user waits for tracks, and after a correction."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from benchmarks.waiting.run import Waits, measure

_WHAT = {
    "features_per_frame": "decoding and features, a frame",
    "track": "TRACK from the file",
    "track_again": "TRACK again after a new label",
    "refine_start": "REFINE to its first tracks",
    "refine_step": "REFINE, a step",
    "correction": "REFINE, from a new label to tracks that know it",
    "catch_up": "REFINE, the step after it, in which the rest catches up",
}


def main(arguments: Sequence[str]) -> None:
    """Measure and print a table."""
    options = _parse(arguments)
    torch.set_num_threads(options.threads)
    rounds = [measure(options.tracker, options.frames, options.points) for _ in range(options.rounds)]
    print(f"{options.frames} frames of 640 x 480, {options.points} keypoints, {options.threads} threads\n")
    print("\n".join(table(rounds)))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in rounds], indent=1), encoding="utf-8")


def table(rounds: Sequence[Waits]) -> list[str]:
    """The least and the median of every wait."""
    lines = ["| what | least, s | median, s |", "|---|---|---|"]
    for name, what in _WHAT.items():
        seconds = [getattr(one, name) for one in rounds]
        lines.append(f"| {what} | {min(seconds):.3f} | {float(np.median(seconds)):.3f} |")
    return lines


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks waiting", description=__doc__)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tracker", default="talpose-small")
    parser.add_argument("--json", type=Path, help="write the figures here")
    return parser.parse_args(arguments)
