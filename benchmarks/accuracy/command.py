"""``python -m benchmarks accuracy``: methods x clips, printed as a table, written as JSON."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.baselines import BASELINES
from benchmarks.accuracy.clips import EXTRA_CLIPS, MAIN_CLIPS, QUICK_CLIPS, load_clip
from benchmarks.accuracy.engine_method import EngineMethod
from benchmarks.accuracy.metrics import Score, score
from benchmarks.accuracy.protocols import Task, evenly_labeled, first_only
from talpose_app.model.arrays import Positions


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one clip."""

    clip: str
    method: str
    score: Score
    seconds: float


def main(arguments: Sequence[str]) -> None:
    """Run the benchmark."""
    options = _parse(arguments)
    rows: list[Row] = []
    for name in _clip_names(options):
        clip = load_clip(options.clips / name)
        task = first_only(clip) if options.protocol == "first" else evenly_labeled(clip, options.every)
        for row in _measure(task, options):
            rows.append(row)
            print(
                f"{row.clip:24s} {row.method:28s} {row.score.delta_avg:.3f} "
                f"{row.score.median_px:7.2f} px {row.seconds:7.1f} s",
                flush=True,
            )
            _write(options, rows)
    print()
    print(table(rows))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks accuracy", description=__doc__)
    parser.add_argument("--clips", type=Path, required=True, help="folder of clips, each with labels.json")
    parser.add_argument(
        "--only", nargs="*", help="names of clips; default: the main clips and synth_nonrigid"
    )
    parser.add_argument(
        "--tracker", nargs="+", default=["linear", "lk"], help=f"{', '.join(BASELINES)}, or a checkpoint"
    )
    parser.add_argument(
        "--protocol", choices=("A", "first"), default="A", help="evenly labeled, or one label"
    )
    parser.add_argument("--every", type=int, default=10, help="frames between labels in protocol A")
    parser.add_argument(
        "--refine", type=int, default=0, metavar="STEPS", help="refine after tracking as well"
    )
    parser.add_argument("--method", choices=("talpose", "published"), default="talpose", help="of refinement")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--quick", action="store_true", help="two clips: a smoke run")
    parser.add_argument("--json", type=Path, help="write every number here")
    return parser.parse_args(arguments)


def _clip_names(options: argparse.Namespace) -> list[str]:
    wanted = options.only or (QUICK_CLIPS if options.quick else MAIN_CLIPS + EXTRA_CLIPS)
    return [name for name in wanted if (options.clips / name / "labels.json").is_file()]


def _measure(task: Task, options: argparse.Namespace) -> Iterator[Row]:
    """Run every method on one task."""
    for name in options.tracker:
        if name in BASELINES:
            started = time.perf_counter()
            tracks = BASELINES[name](task)
            yield _row(task, name, tracks, time.perf_counter() - started)
            continue
        method = EngineMethod(name, options.device)
        started = time.perf_counter()
        tracks = method.track(task)
        yield _row(task, f"{name} track", tracks, time.perf_counter() - started)
        if options.refine:
            started = time.perf_counter()
            tracks = method.refine(task, tracks, options.refine, options.method)
            title = f"{name} {options.method} {options.refine}"
            yield _row(task, title, tracks, time.perf_counter() - started)


def _row(task: Task, method: str, tracks: Positions, seconds: float) -> Row:
    return Row(task.clip.name, method, score(task, tracks), seconds)


def _write(options: argparse.Namespace, rows: Sequence[Row]) -> None:
    if options.json is None:
        return
    content = {"protocol": options.protocol, "every": options.every, "rows": [asdict(row) for row in rows]}
    options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def table(rows: Sequence[Row]) -> str:
    """Write delta_avg as a Markdown table, a clip a line, and the mean over the main clips."""
    methods = list(dict.fromkeys(row.method for row in rows))
    by_place = {(row.clip, row.method): row.score.delta_avg for row in rows}
    clips = list(dict.fromkeys(row.clip for row in rows))
    main_clips = [clip for clip in clips if clip in MAIN_CLIPS]
    lines = ["| clip | " + " | ".join(methods) + " |", "|---" * (len(methods) + 1) + "|"]
    lines += [_line(clip, [by_place[clip, method] for method in methods]) for clip in clips]
    if main_clips:
        means = [float(np.mean([by_place[clip, method] for clip in main_clips])) for method in methods]
        lines.append(_line("**mean of main clips**", means))
    return "\n".join(lines)


def _line(title: str, values: Sequence[float]) -> str:
    return f"| {title} | " + " | ".join(f"{value:.3f}" for value in values) + " |"
