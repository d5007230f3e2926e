"""Results as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.annotator import GOOD_ENOUGH
from benchmarks.accuracy.clips import TOLERANCE_SHARE
from benchmarks.accuracy.results import Result

#: Confidence from which on the program calls a point good.
CALLED_GOOD = 0.9

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
    """One value as a table, a clip a line, a method a column, and the means.

    A method that was not measured on every clip of a mean has none: means over other clips mislead.
    """
    methods, clips = methods_of(results), clips_of(results)
    lines = [_line("clip", methods), "|---" * (len(methods) + 1) + "|"]
    for clip in clips:
        rows = [result for result in results if result.key.clip == clip]
        lines.append(_line(clip, [_written(mean_of(rows, name, value), form) for name in methods]))
    for title, groups in (("mean of animals", ("animal",)), ("mean of main clips", ("animal", "rigid"))):
        rows = [result for result in results if result.group in groups]
        if rows:
            values = [_mean_of_all(rows, name, value) for name in methods]
            lines.append(_line(f"**{title}**", [_written(one, form) for one in values]))
    return "\n".join(lines)


def by_method(results: Sequence[Result]) -> str:
    """Means over the main clips, a method a line, a measure a column; says where clips are missing."""
    rows = [result for result in results if result.group != "apart"] or list(results)
    n_clips = len(clips_of(rows))
    lines = [_line("method", [title for title, _, _ in _COLUMNS]), "|---" * (len(_COLUMNS) + 1) + "|"]
    for name in methods_of(rows):
        values = [_written(mean_of(rows, name, value), form) for _, value, form in _COLUMNS]
        n_measured = sum(result.key.method == name for result in rows)
        missing = "" if n_measured == n_clips else f" ({n_measured} of {n_clips} clips)"
        lines.append(_line(name + missing, values))
    return "\n".join(lines)


def by_confidence(results: Sequence[Result]) -> str:
    """What becomes of points called good, on the main clips, a method with confidence a line."""
    rows = [result for result in results if result.group != "apart"] or list(results)
    titles = ["share of all points", "of them within 0.8 % of the diagonal", "within the clip's tolerance"]
    lines = [_line("method", titles), "|---" * (len(titles) + 1) + "|"]
    for name in methods_of([result for result in rows if result.points.confidence]):
        mine = [result for result in rows if result.key.method == name]
        is_called = np.concatenate([np.array(r.points.confidence) >= CALLED_GOOD for r in mine])
        near = np.concatenate([is_near(result) for result in mine])
        within = np.concatenate([r.points.errors_px < r.tolerance_px for r in mine])
        values = [is_called.mean(), _share(near[is_called]), _share(within[is_called])]
        lines.append(_line(name, [_written(float(one), ".3f") for one in values]))
    return "\n".join(lines)


def is_near(result: Result) -> NDArray[np.bool_]:
    """Whether each scored point is as near the truth as confidence speaks of, whatever the clip tolerates."""
    return result.points.errors_px < TOLERANCE_SHARE * result.diagonal_px


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


def clips_of(results: Sequence[Result]) -> list[str]:
    """Names of clips, in the order in which they were measured."""
    return list(dict.fromkeys(result.key.clip for result in results))


def mean_of(results: Sequence[Result], method: str, value: Callable[[Result], float]) -> float:
    """Mean of a value over a method's results; NaN where it has none."""
    values = [value(result) for result in results if result.key.method == method]
    return float(np.mean(values)) if values else math.nan


def _mean_of_all(results: Sequence[Result], method: str, value: Callable[[Result], float]) -> float:
    """Mean over all clips of the results; NaN where one is missing."""
    n_measured = sum(result.key.method == method for result in results)
    return mean_of(results, method, value) if n_measured == len(clips_of(results)) else math.nan


def _share(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else math.nan


def _written(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"


def _line(title: str, values: Sequence[str]) -> str:
    return f"| {title} | " + " | ".join(values) + " |"
