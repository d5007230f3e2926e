"""Results as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.accuracy.annotator import GOOD_ENOUGH
from benchmarks.accuracy.results import Result

#: A value of a result, and how it is written.
_Column = tuple[str, Callable[[Result], float], str]

_COLUMNS: tuple[_Column, ...] = (
    ("delta_avg", lambda r: r.score.delta_avg, ".3f"),
    ("within tolerance", lambda r: r.score.within, ".3f"),
    ("PCK@4", lambda r: r.score.pck_4, ".3f"),
    ("PCK@8", lambda r: r.score.pck_8, ".3f"),
    ("median px", lambda r: r.score.median_px, ".2f"),
    ("median % of diagonal", lambda r: r.score.median_percent, ".3f"),
    ("seconds a clip", lambda r: r.seconds, ".1f"),
)


def protocols_of(results: Sequence[Result]) -> list[list[Result]]:
    """Group results by protocol and setting, in the order in which they were measured."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.key.title, []).append(result)
    return list(groups.values())


def by_clip(results: Sequence[Result], value: Callable[[Result], float], form: str = ".3f") -> str:
    """One value as a table, a clip a line, a method a column, and the means."""
    methods, clips = methods_of(results), list(dict.fromkeys(result.key.clip for result in results))
    lines = [_line("clip", methods), "|---" * (len(methods) + 1) + "|"]
    for clip in clips:
        rows = [result for result in results if result.key.clip == clip]
        lines.append(_line(clip, [_written(mean_of(rows, name, value), form) for name in methods]))
    for title, groups in (("mean of animals", ("animal",)), ("mean of main clips", ("animal", "rigid"))):
        rows = [result for result in results if result.group in groups]
        if rows:
            values = [_written(mean_of(rows, name, value), form) for name in methods]
            lines.append(_line(f"**{title}**", values))
    return "\n".join(lines)


def by_method(results: Sequence[Result]) -> str:
    """Means over the main clips, a method a line, a measure a column."""
    rows = [result for result in results if result.group != "apart"] or list(results)
    lines = [_line("method", [title for title, _, _ in _COLUMNS]), "|---" * (len(_COLUMNS) + 1) + "|"]
    for name in methods_of(rows):
        values = [_written(mean_of(rows, name, value), form) for _, value, form in _COLUMNS]
        lines.append(_line(name, values))
    return "\n".join(lines)


def labels_needed(results: Sequence[Result], share: float = GOOD_ENOUGH) -> str:
    """Protocol B: labels a keypoint until a share of the points is good, a clip a line; - where never."""
    return by_clip(results, lambda result: labels_to_reach(result, share), ".2f")


def labels_to_reach(result: Result, share: float) -> float:
    """Labels a keypoint at which a session first had that share of good points; infinite if never."""
    reached = (stage.labels_per_point for stage in result.stages if stage.share_good >= share)
    return next(reached, math.inf)


def methods_of(results: Sequence[Result]) -> list[str]:
    """Names of methods, in the order in which they were measured."""
    return list(dict.fromkeys(result.key.method for result in results))


def mean_of(results: Sequence[Result], method: str, value: Callable[[Result], float]) -> float:
    """Mean of a value over a method's results; NaN where it has none."""
    values = [value(result) for result in results if result.key.method == method]
    return float(np.mean(values)) if values else math.nan


def _written(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"


def _line(title: str, values: Sequence[str]) -> str:
    return f"| {title} | " + " | ".join(values) + " |"
