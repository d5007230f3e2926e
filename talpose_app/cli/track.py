"""``talpose track``: predict from the labels."""

from __future__ import annotations

from pathlib import Path

import click

from talpose_app.cli.command import CONTEXT, FilePath
from talpose_app.cli.output import print_json, rounded
from talpose_app.cli.projects import open_project
from talpose_app.cli.runs import RunFollower, find_run_points, find_span, run_options
from talpose_app.formats.wording import counted


@click.command("track", context_settings=CONTEXT, short_help="Predict every labeled point over the video.")
@click.argument("project", type=FilePath())
@run_options
def track_command(
    project: Path,
    keypoints: tuple[str, ...] | None,
    span: tuple[int | None, int | None] | None,
    tracker: str,
    device: str,
    *,
    as_json: bool,
) -> None:
    """Track the labeled points of PROJECT, from all their labels.

    Labels are never changed. Ctrl+C stops and keeps what is whole.
    """
    from talpose_app.model.run import RunKind
    from talpose_app.session.run_options import RunOptions, request_for

    with open_project(project, video="needed") as session:
        points, frames = find_run_points(session.project, keypoints), find_span(session.project, span)
        options = RunOptions(RunKind.TRACK, points, frames, tracker=tracker, device=device)
        request = request_for(session.project, options)
        status = RunFollower(session, "Tracking", quiet=as_json).run(options)
    n_points, n_frames = len(request.labels.points), request.span[1] - request.span[0]
    if as_json:
        print_json(
            {
                "points": n_points,
                "frames": n_frames,
                "seconds": rounded(status.seconds, 3),
                "tracker": status.tracker,
                "device": status.device,
                "stopped": status.was_stopped,
            }
        )
        return
    what = f"{counted(n_points, 'point')} over {counted(n_frames, 'frame')}"
    click.echo(f"Tracked {what} in {status.seconds:.1f} s with {status.tracker} ({status.device}).")
