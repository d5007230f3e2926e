"""``talpose refine``: fit the tracker to the labels, then predict again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, NumberRange
from talpose_app.cli.output import print_json, rounded
from talpose_app.cli.projects import open_project
from talpose_app.cli.runs import RunFollower, find_run_points, find_span, run_options
from talpose_app.formats.wording import counted

if TYPE_CHECKING:
    from talpose_app.model.held_out import HeldOutSummary
    from talpose_app.tracking.tracker import RunUpdate

METHODS = ("talpose", "published")


@click.command("refine", context_settings=CONTEXT, short_help="Fit the tracker to the labels, predict again.")
@click.argument("project", type=FilePath())
@click.option("--steps", type=click.IntRange(min=1), metavar="N", help="Optimization steps.")
@click.option("--lr", type=NumberRange(0, 1, min_open=True), metavar="F", help="Learning rate, at most 1.")
@click.option("--method", type=click.Choice(METHODS), default="talpose", help="Ours, or the baseline.")
@run_options
def refine_command(
    project: Path,
    steps: int | None,
    lr: float | None,
    keypoints: tuple[str, ...] | None,
    span: tuple[int | None, int | None] | None,
    *,
    as_json: bool,
    **choices: str,
) -> None:
    """Refine the tracks of PROJECT by test-time optimization on its labels.

    Labels are never changed; the best state is kept. Ctrl+C stops and keeps the best so far.
    """
    from talpose_app.model.run import RunKind
    from talpose_app.session.run_options import RunOptions
    from talpose_app.tracking.held_out_summary import sentence

    with open_project(project, video="needed") as session:
        points, frames = find_run_points(session.project, keypoints), find_span(session.project, span)
        options = RunOptions(RunKind.REFINE, points, frames, steps, lr, **choices)
        follower = RunFollower(session, "Refining", quiet=as_json, on_step=_print_step if as_json else None)
        status = follower.run(options)
    if as_json:
        return
    losses = f", loss {status.losses[0]:.4g} to {min(status.losses):.4g}" if status.losses else ""
    where = f"{status.tracker} ({status.device})"
    steps_done = f"{counted(status.step, 'step')}, the best is step {status.best_step}{losses}"
    click.echo(f"Refined in {status.seconds:.1f} s with {where}: {steps_done}.")
    if status.held_out is not None:
        click.echo(sentence(status.held_out))


def _print_step(update: RunUpdate, held_out: HeldOutSummary | None) -> None:
    error = None if held_out is None else rounded(held_out.overall.median_px)
    seconds = rounded(update.seconds)
    print_json({"step": update.step, "loss": update.loss, "seconds": seconds, "held_out_px": error})
