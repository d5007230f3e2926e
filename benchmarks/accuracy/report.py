"""A page that somebody who never saw the project can read: what was measured, tables, plots."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.accuracy.results import Result
from benchmarks.accuracy.tables import (
    CALLED_GOOD,
    by_clip,
    by_confidence,
    by_method,
    clips_of,
    is_near,
    labels_needed,
    methods_of,
    protocols_of,
)
from benchmarks.accuracy.worst import WorstFrame, worst_frames

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}
h2{margin-top:2.5rem;font-size:1.2rem}
table{border-collapse:collapse;font-size:.85rem;margin:1rem 0}
td,th{border-bottom:1px solid #d8dde6;padding:.3rem .7rem;text-align:right}
td:first-child,th:first-child{text-align:left}
img{max-width:100%}
p{max-width:46rem}
summary{cursor:pointer;padding:.3rem 0}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1rem}
figure{margin:1rem 0}
.pictures figure{margin:0}
figcaption{font-size:.85rem;color:#4a5266}"""

_INTRODUCTION = """Videos with known truth are given to every method together with a few labels; each point
on the other frames is then compared with the truth. Labeled frames are never scored. <b>delta_avg</b> is the
share of points closer than 1, 2, 4, 8 and 16 px on a picture scaled to 256 x 256, averaged over the five
(TAP-Vid). <b>Within tolerance</b> counts points closer than what two careful people differ by on that clip.
Higher is better for both. Differences below about .01 on one clip are noise."""

_PROTOCOLS = {
    "A": "Every point is labeled about every so many frames.",
    "B": "A simulated annotator starts with one labeled frame and corrects more until 95 % are good.",
    "first": "Every point has one label, its first; all later frames are scored.",
}


_WORST = """The frame with the largest error of each method: a blue ring is the truth, an orange cross what
was predicted, a line joins the two; the farthest pair is larger."""


def write_report(results: Sequence[Result], folder: Path, clips: Path) -> Path:
    """Write ``index.html``, self-contained, and each plot as a PNG beside it.

    Args:
        results: Of one or several protocols.
        folder: Made where missing.
        clips: Folder of the clips, for pictures of frames.

    Returns:
        The page.
    """
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    body = ["<h1>Tracking accuracy</h1>", f"<p>{_INTRODUCTION}</p>"]
    for number, group in enumerate(protocols_of(results)):
        body += _section(group, folder, number)
        body += _pictures(worst_frames(group, clips))
    page = folder / "index.html"
    text = "\n".join(body)
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Tracking accuracy</title>'
        f"<style>{_STYLE}</style>\n{text}\n</html>\n",
        encoding="utf-8",
    )
    return page


def _section(group: Sequence[Result], folder: Path, number: int) -> list[str]:
    key = group[0].key
    parts = [f"<h2>Protocol {html.escape(key.title)}</h2>", f"<p>{_PROTOCOLS[key.protocol]}</p>"]
    parts += [_table(by_clip(group, lambda result: result.score.delta_avg)), _table(by_method(group))]
    plots: list[tuple[str, str, Callable[[Axes, Sequence[Result]], None]]] = [
        ("clips", "delta_avg of each method on each clip.", _draw_bars),
        (
            "errors",
            "Share of points closer than a distance, main clips. Up and to the left is better.",
            _draw_errors,
        ),
    ]
    if any(result.points.confidence for result in group):
        plots.append(
            (
                "confidence",
                "Confidence against the share of points within 0.8 % of the frame's diagonal of the truth, "
                "which is what confidence says. On the line: honest.",
                _draw_reliability,
            )
        )
        parts += [
            f"<h3>Points called good (confidence {CALLED_GOOD} or more)</h3>",
            _table(by_confidence(group)),
        ]
    if key.protocol == "B":
        parts.append(_table(labels_needed(group)))
        plots.append(("labels", "Share of good points against labels a keypoint.", _draw_labels))
    for name, caption, draw in plots:
        parts.append(_figure(folder / f"{number}-{name}.png", caption, draw, group))
    return parts


def _pictures(pictures: dict[str, list[WorstFrame]]) -> list[str]:
    """A fold a clip, the first one open."""
    parts = ["<h3>Worst frames</h3>", f"<p>{_WORST}</p>"] if pictures else []
    for number, (clip, frames) in enumerate(pictures.items()):
        parts.append(f"<details{' open' * (number == 0)}><summary>{html.escape(clip)}</summary>")
        parts.append('<div class="pictures">')
        parts += [_embedded(frame.jpeg, "jpeg", html.escape(frame.caption)) for frame in frames]
        parts.append("</div></details>")
    return parts


def _figure(
    path: Path, caption: str, draw: Callable[[Axes, Sequence[Result]], None], group: Sequence[Result]
) -> str:
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.add_subplot()
    draw(axes, group)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    path.write_bytes(buffer.getvalue())
    return _embedded(buffer.getvalue(), "png", html.escape(caption))


def _embedded(picture: bytes, kind: str, caption: str) -> str:
    data = base64.b64encode(picture).decode()
    image = f'<img alt="{caption}" src="data:image/{kind};base64,{data}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _draw_bars(axes: Axes, group: Sequence[Result]) -> None:
    clips, methods = clips_of(group), methods_of(group)
    width = 0.8 / len(methods)
    for index, method in enumerate(methods):
        scores = {result.key.clip: result.score.delta_avg for result in group if result.key.method == method}
        places = np.arange(len(clips)) + (index - (len(methods) - 1) / 2) * width
        axes.bar(places, [scores.get(clip, np.nan) for clip in clips], width, label=method)
    axes.set_xticks(range(len(clips)), clips)
    axes.set_ylabel("delta_avg")
    axes.set_ylim(0, 1)
    axes.legend(fontsize=8, ncols=4, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)


def _draw_errors(axes: Axes, group: Sequence[Result]) -> None:
    limits = np.geomspace(0.25, 64, 60)
    rows = [result for result in group if result.group != "apart"] or list(group)
    for method in methods_of(rows):
        shares = [
            [(result.points.errors_px < limit).mean() for limit in limits]
            for result in rows
            if result.key.method == method
        ]
        axes.plot(limits, np.mean(shares, axis=0), label=method)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("distance from the truth, pixels of the video")
    axes.set_ylabel("share of points closer")
    axes.legend(fontsize=8)


def _draw_reliability(axes: Axes, group: Sequence[Result]) -> None:
    axes.plot([0, 1], [0, 1], color="#b5bccb", linewidth=1)
    edges = np.array([0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.001])
    for method in methods_of(group):
        rows = [r for r in group if r.key.method == method and r.points.confidence and r.group != "apart"]
        if not rows:
            continue
        confidence = np.concatenate([result.points.confidence for result in rows])
        is_near_truth = np.concatenate([is_near(result) for result in rows])
        bins = np.digitize(confidence, edges)
        used = [index for index in range(1, len(edges)) if (bins == index).sum() >= 20]
        axes.plot(
            [confidence[bins == index].mean() for index in used],
            [is_near_truth[bins == index].mean() for index in used],
            marker="o",
            label=method,
        )
    axes.set_xlabel("confidence")
    axes.set_ylabel("share within 0.8 % of the diagonal")
    axes.legend(fontsize=8)


def _draw_labels(axes: Axes, group: Sequence[Result]) -> None:
    colors = {method: f"C{index}" for index, method in enumerate(methods_of(group))}
    for result in group:
        axes.plot(
            [stage.labels_per_point for stage in result.stages],
            [stage.share_good for stage in result.stages],
            color=colors[result.key.method],
            alpha=0.7,
            label=f"{result.key.method}, {result.key.clip}",
        )
    axes.axhline(0.95, color="#b5bccb", linewidth=1)
    axes.set_xlabel("labels a keypoint")
    axes.set_ylabel("share of good points")
    axes.legend(fontsize=6, ncols=2)


def _table(markdown: str) -> str:
    """Turn a Markdown table into HTML."""
    rows = [line.strip("|").split("|") for line in markdown.splitlines() if not line.startswith("|---")]
    head, *rest = [[html.escape(cell.strip().strip("*")) for cell in row] for row in rows]
    lines = ["<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rest]
    return "".join(lines) + "</table>"
