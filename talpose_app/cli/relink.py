"""``talpose relink``: where a project's video is now."""

from __future__ import annotations

from pathlib import Path

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, existing_file, json_option
from talpose_app.cli.output import print_json, warn_of
from talpose_app.cli.projects import open_project


@click.command("relink", context_settings=CONTEXT, short_help="Say where a project's video is now.")
@click.argument("project", type=FilePath())
@click.argument("video", type=FilePath())
@json_option
@debug_option
def relink_command(project: Path, video: Path, *, as_json: bool) -> None:
    """Tell PROJECT that its video is the file VIDEO: moved, renamed or encoded anew.

    It must have as many frames as the labels' video, and of the same size. Labels and tracks
    stay as they are; undo in the app brings the old place back.
    """
    existing_file(video, "video")
    with open_project(project, video="replaced") as session:
        before, revision = session.project.video, session.revision
        session.relocate_video(video)
        for notice in (session.place_notice(), session.video_notice()):
            warn_of(notice)
        now = session.reader.info
        did = {
            "video": now.path,
            "before": before.path,
            "is_same_file": now.fingerprint == before.fingerprint,
            "is_changed": session.revision != revision,
            "revision": session.revision,
        }
    if as_json:
        print_json(did)
    elif did["is_changed"]:
        click.echo(f"{project.name} now uses {now.path}; before it was {before.path}.")
    else:
        click.echo(f"{project.name} uses {now.path} already; nothing was changed.")
