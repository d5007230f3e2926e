"""``python -m benchmarks accuracy``: methods x clips, printed as tables, written as JSON and as a report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy.clips import clip_names
from benchmarks.accuracy.measure import Protocol, measure
from benchmarks.accuracy.registry import BASELINES, EngineOptions, make_methods
from benchmarks.accuracy.results import Result, ResultFile
from benchmarks.accuracy.strategies import STRATEGIES
from benchmarks.accuracy.tables import CALLED_GOOD, by_clip, by_confidence, by_method, labels_needed
from talpose_app.errors import TalposeError


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark; exit code 1 with a sentence on what cannot be."""
    try:
        _run(_parse(arguments))
    except TalposeError as error:
        sys.stderr.write(f"benchmarks: error: {error}\n")
        sys.exit(1)


def _run(options: argparse.Namespace) -> None:
    engine = EngineOptions(options.refine, options.published, options.device)
    protocol = Protocol(
        options.protocol, options.every, options.strategy, options.looks, confirms=options.confirm
    )
    clips = clip_names(options.clips, options.only, quick=options.quick)
    methods = make_methods(options.tracker, protocol.name, engine)
    file = ResultFile(options.json)
    results: list[Result] = []
    for result in measure(options.clips, clips, methods, protocol, file):
        results.append(result)
        print(
            f"{result.key.clip:20s} {result.key.method:28s} {result.score.delta_avg:.3f} "
            f"{result.score.median_px:7.2f} px {result.seconds:7.1f} s",
            flush=True,
        )
    _print_tables(results)
    if options.report is not None:
        # Needs matplotlib, which nothing else here does.
        from benchmarks.accuracy.report import write_report  # noqa: PLC0415

        present = file.present(result.key for result in results)
        print(f"\nReport: {write_report(present, options.report, options.clips)}")


def _print_tables(results: Sequence[Result]) -> None:
    key = results[0].key
    print(f"\ndelta_avg, protocol {key.title}\n\n{by_clip(results, lambda r: r.score.delta_avg)}")
    print(f"\nMeans over the main clips\n\n{by_method(results)}")
    if any(result.points.confidence for result in results):
        print(f"\nPoints called good (confidence {CALLED_GOOD} or more)\n\n{by_confidence(results)}")
    if key.protocol == "B":
        print(
            f"\nLabels a keypoint until 95 % of the points are within tolerance\n\n{labels_needed(results)}"
        )


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy", description=__doc__)
    parser.add_argument("--clips", type=Path, required=True, help="folder of clips, each with labels.json")
    parser.add_argument("--only", nargs="*", help="names of clips; default: all but those measured apart")
    parser.add_argument(
        "--tracker",
        nargs="+",
        default=["baselines"],
        help=f"baselines for all of {', '.join(BASELINES)}; any of them; or the name or path of a checkpoint",
    )
    parser.add_argument(
        "--protocol",
        choices=("A", "B", "first"),
        default="A",
        help="evenly labeled, a simulated annotator, or one label a point",
    )
    parser.add_argument("--every", type=int, default=10, help="frames between labels in protocol A")
    parser.add_argument(
        "--strategy", choices=tuple(STRATEGIES), default="worst", help="where the annotator of B looks next"
    )
    parser.add_argument("--looks", type=int, default=Protocol("B").max_looks, help="after which B gives up")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="the annotator of B confirms what is right in a frame",
    )
    parser.add_argument(
        "--refine", type=int, default=0, metavar="STEPS", help="refine after tracking as well"
    )
    parser.add_argument(
        "--published", type=int, default=0, metavar="STEPS", help="run the published optimization as well"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--quick", action="store_true", help="two clips: a smoke run")
    parser.add_argument("--json", type=Path, help="write every number here; a stopped run goes on from it")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write a page with all that --json holds")
    return parser.parse_args(arguments)
