"""``talpose filter``: smooth, fill and clean tracks; labels are never touched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option, read_names, read_span
from talpose_app.cli.output import Plain, print_json, rounded, table
from talpose_app.cli.projects import find_points, open_project
from talpose_app.cli.runs import find_span
from talpose_app.formats.wording import counted

if TYPE_CHECKING:
    from talpose_app.model.project import Project
    from talpose_app.session.filtering import FilteredTracks

#: Names of the filters; the registry itself is loaded only when needed.
METHODS = ("kalman", "savgol", "median", "outliers", "gaps")


@click.command("filter", context_settings=CONTEXT, short_help="Smooth, fill and clean tracks.")
@click.argument("project", type=FilePath())
@click.option("--method", required=True, type=click.Choice(METHODS), help="What to do; see docs/filters.md.")
@click.option("--window", type=int, metavar="N", help="median, savgol, outliers: frames looked at, odd.")
@click.option("--order", type=int, metavar="N", help="savgol: degree of the polynomials.")
@click.option(
    "--noise", type=float, metavar="PX", help="kalman: scatter of sure predictions; default: found."
)
@click.option("--threshold", type=float, metavar="F", help="outliers: times the usual scatter.")
@click.option("--max-speed", type=float, metavar="PX", help="outliers: faster, in px a frame, is a jump.")
@click.option("--max-gap", type=int, metavar="N", help="gaps: longest gap that is filled, frames.")
@click.option("--min-confidence", type=float, metavar="F", help="gaps: replace predictions below it too.")
@click.option(
    "--keypoints", callback=read_names, metavar="A,B", help="Only these; default: all with a track."
)
@click.option("--span", callback=read_span, metavar="START:STOP", help="Only these frames, half-open.")
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@json_option
@debug_option
def filter_command(
    project: Path,
    method: str,
    keypoints: tuple[str, ...] | None,
    span: tuple[int | None, int | None] | None,
    *,
    dry_run: bool,
    as_json: bool,
    **parameters: float | None,
) -> None:
    """Filter the tracks of PROJECT, as one step that can be undone.

    Labels are never changed, and the filtered tracks pass through them. Several filters are
    used one after the other: outliers and gaps first, then a smoother.
    """
    from talpose_app.session.filtering import FilterOptions

    given = {name: value for name, value in parameters.items() if value is not None}
    with open_project(project, read_only=dry_run) as session:
        points = find_points(session.project, keypoints)
        options = FilterOptions(method, given, points, find_span(session.project, span))
        filtered = session.preview_filter(options) if dry_run else session.apply_filter(options)
        rows = _by_keypoint(session.project, filtered)
    if as_json:
        print_json(_as_json(filtered, rows, dry_run=dry_run))
    else:
        click.echo(_as_text(filtered, rows, dry_run=dry_run))


#: Name of a point, frames changed, mean and greatest distance moved in pixels (None where nothing moved).
_Row = tuple[str, int, float | None, float | None]


def _by_keypoint(project: Project, filtered: FilteredTracks) -> list[_Row]:
    return [
        (_name(project, point.individual_id, point.keypoint_id), *_numbers(filtered, idx))
        for idx, point in enumerate(filtered.points)
    ]


def _name(project: Project, individual_id: int, keypoint_id: int) -> str:
    name = project.skeleton.keypoint(keypoint_id).name
    if len(project.individuals) == 1:
        return name
    return f"{next(i.name for i in project.individuals if i.individual_id == individual_id)}/{name}"


def _numbers(filtered: FilteredTracks, idx: int | slice) -> tuple[int, float | None, float | None]:
    """Frames changed, and how far those moved that had a position before."""
    import numpy as np

    is_changed = filtered.is_changed[:, idx]
    moved = filtered.moved_px[:, idx][is_changed]
    moved = moved[np.isfinite(moved)]
    if len(moved) == 0:
        return int(is_changed.sum()), None, None
    return int(is_changed.sum()), rounded(float(moved.mean())), rounded(float(moved.max()))


def _as_json(filtered: FilteredTracks, rows: list[_Row], *, dry_run: bool) -> Plain:
    changed, mean_px, max_px = _numbers(filtered, slice(None))
    keypoints: dict[str, Plain] = {
        name: {"changed": n, "mean_px": mean, "max_px": most} for name, n, mean, most in rows
    }
    return {
        "method": filtered.name,
        "parameters": dict(filtered.parameters),
        "points": len(filtered.points),
        "frames": filtered.span[1] - filtered.span[0],
        "changed": changed,
        "mean_px": mean_px,
        "max_px": max_px,
        "applied": changed > 0 and not dry_run,
        "keypoints": keypoints,
    }


def _as_text(filtered: FilteredTracks, rows: list[_Row], *, dry_run: bool) -> str:
    changed, mean_px, _ = _numbers(filtered, slice(None))
    if changed == 0:
        return f"{filtered.title.removeprefix('Filter: ')}: nothing to change."
    head = ("keypoint", "frames", "mean px", "most px")
    cells = [(name, str(n), _cell(mean), _cell(most)) for name, n, mean, most in rows if n]
    what = f"{counted(changed, 'position')} of {counted(len(cells), 'point')}"
    by = "" if mean_px is None else f", by {mean_px:.2f} px on average"
    verb = "Would change" if dry_run else "Changed"
    return f"{table(head, cells)}\n\n{verb} {what}{by}."


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
