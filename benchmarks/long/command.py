"""``python -m benchmarks long``: time and peak memory of TRACK over frames and keypoints.

Every measurement runs in a process of its own, from the video file with an empty cache, on a made video of a
texture that moves. Lines through the processor seconds say whether time grows linearly.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from benchmarks.long.run import Cost, track_once
from benchmarks.made_video import write_video

#: Frames and keypoints of ``--full``: what the program is to cope with.
_FULL = (10_000, 20)


def main(arguments: Sequence[str]) -> None:
    """Measure and print a table and two lines."""
    options = _parse(arguments)
    if options.video is not None:
        torch.set_num_threads(options.threads)
        cost = track_once(options.video, options.frames[0], options.points[0], options.tracker)
        print(json.dumps(asdict(cost)))
        return
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as folder:
        for n_frames, n_points in _sizes(options):
            video = Path(folder) / f"{n_frames}.mp4"
            if not video.is_file():
                write_video(video, n_frames)
            costs.append(_in_a_process(video, n_frames, n_points, options))
            print(_line(costs[-1]), flush=True)
    print("\n" + "\n".join([*_HEAD, *(_line(cost) for cost in costs)]) + "\n")
    print("\n".join(fits(costs)))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(cost) for cost in costs], indent=1), encoding="utf-8")


def _sizes(options: argparse.Namespace) -> list[tuple[int, int]]:
    """Every length at the middle number of keypoints, every number at the second length."""
    frames: list[int] = sorted(options.frames)
    points: list[int] = sorted(options.points)
    usual, short = points[len(points) // 2], frames[min(1, len(frames) - 1)]
    sizes = [(n_frames, usual) for n_frames in frames] + [(short, n_points) for n_points in points]
    return list(dict.fromkeys(sizes + [_FULL] * options.full))


def _in_a_process(video: Path, n_frames: int, n_points: int, options: argparse.Namespace) -> Cost:
    numbers = ["--frames", str(n_frames), "--points", str(n_points), "--threads", str(options.threads)]
    command = [sys.executable, "-m", "benchmarks", "long", *numbers, "--tracker", options.tracker]
    command += ["--video", str(video)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own program
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def fits(costs: Sequence[Cost]) -> list[str]:
    """Straight lines through the processor seconds, over frames and over keypoints, and how well they fit."""
    lines: list[str] = []
    for over, fixed in (("frames", "points"), ("points", "frames")):
        groups: dict[int, dict[int, float]] = {}
        for cost in costs:
            groups.setdefault(int(getattr(cost, fixed)), {})[int(getattr(cost, over))] = cost.cpu
        value, group = max(groups.items(), key=lambda item: len(item[1]))
        if len(group) < 3:
            continue
        x, y = np.array(list(group), np.float64), np.array(list(group.values()))
        slope, start = np.polyfit(x, y, 1)
        off = float(np.abs(slope * x + start - y).max() / y.max())
        lines.append(
            f"{value} {fixed}: {start:.1f} s + {1000 * slope:.0f} ms for each of the {over}; "
            f"no point is off the line by more than {off:.1%} of the longest run."
        )
    return lines


_HEAD = (
    "| frames | keypoints | s | processor s | ms a frame | peak GB | of it before the run |",
    "|---|---|---|---|---|---|---|",
)


def _line(cost: Cost) -> str:
    return (
        f"| {cost.frames} | {cost.points} | {cost.wall:.1f} | {cost.cpu:.1f} | "
        f"{1000 * cost.cpu / cost.frames:.0f} | {cost.peak_gb:.2f} | {cost.idle_gb:.2f} |"
    )


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks long", description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[250, 500, 1000, 2000])
    parser.add_argument("--points", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--full", action="store_true", help="10,000 frames with 20 keypoints as well")
    parser.add_argument("--tracker", default="talpose-small")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--video", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)
