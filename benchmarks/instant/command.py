"""``python -m benchmarks instant``: what a label does to the track around it before any run.

Without ``--clips`` only the times are measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from benchmarks.accuracy.clips import clip_names, load_clip
from benchmarks.accuracy.engine_method import LoadedTracker, TrackMethod
from benchmarks.instant.accuracy import confidence_table, tables
from benchmarks.instant.corrections import Correction, corrections
from benchmarks.instant.page import HEAD as PAGE_HEAD
from benchmarks.instant.page import seen
from benchmarks.instant.times import HEAD, answer
from talpose_app.errors import TalposeError


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark; exit code 1 with a sentence on what cannot be."""
    options = _parse(arguments)
    try:
        if options.clips is not None:
            torch.set_num_threads(options.threads)
            found = list(_corrected_clips(options))
            print(f"\n{tables(found)}\n{confidence_table(found)}")
        print(HEAD)
        for n_frames in options.frames:
            print(answer(n_frames, options.points, options.labels).line(), flush=True)
        if options.page:
            print(f"\n{PAGE_HEAD}")
            for n_frames in options.frames:
                print(seen(n_frames, options.points, min(options.labels, 50)).line(), flush=True)
    except TalposeError as error:
        sys.stderr.write(f"benchmarks: error: {error}\n")
        sys.exit(1)


def _corrected_clips(options: argparse.Namespace) -> Iterator[list[Correction]]:
    loaded = LoadedTracker(options.tracker, "cpu")
    for name in clip_names(options.clips, options.only, quick=False):
        with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as home:
            os.environ["TALPOSE_HOME"] = home
            yield corrections(load_clip(options.clips / name), TrackMethod(loaded))
        print(f"{name} done", file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks instant", description=__doc__)
    parser.add_argument("--clips", type=Path, help="folder of clips, each with labels.json")
    parser.add_argument("--only", nargs="*", help="names of clips; default: all but those measured apart")
    parser.add_argument("--tracker", default="talpose-small")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--frames", type=int, nargs="*", default=[90, 10_000], help="of the projects timed")
    parser.add_argument("--page", action="store_true", help="time the page too, in Chromium")
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--labels", type=int, default=200, help="to be placed in each")
    return parser.parse_args(arguments)
