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
@click.option(
    "--accept",
    is_flag=True,
    help="VIDEO is the same recording encoded anew: take its content as that of the labels' video.",
)
@json_option
@debug_option
def relink_command(project: Path, video: Path, *, accept: bool, as_json: bool) -> None:
    """Tell PROJECT that its video is the file VIDEO: moved, renamed or encoded anew.

    It must have as many frames as the labels' video, and of the same size. Labels and tracks
    stay as they are. That its content differs is told at every opening, until it is accepted.
    """
    existing_file(video, "video")
    with open_project(project, video="replaced") as session:
        before, revision = session.project.video, session.revision
        was_found = session.place_notice() is not None
        session.relocate_video(video, accept=accept)
        session.save()
        warn_of(session.video_notice())
        now, is_accepted = session.reader.info, session.revision != revision
        did = {
            "video": now.path,
            "before": session.stored_place,
            "is_same_file": now.fingerprint == before.fingerprint,
            "is_changed": is_accepted or now.path != session.stored_place,
            "is_accepted": is_accepted,
            "revision": session.revision,
        }
        was_found = was_found and now.path == before.path
        said = _said(session.stored_place, now.path, was_found=was_found, is_accepted=is_accepted)
    if as_json:
        print_json(did)
    else:
        click.echo(f"{project.name} {said}")


def _said(before: str, now: str, *, was_found: bool, is_accepted: bool) -> str:
    """What was done, in words that follow the project's name."""
    accepted = " Its content is that of the labels' video from now on." if is_accepted else ""
    if was_found:
        return f"uses {now}: it was found there, and that is stored now; before it was {before}.{accepted}"
    if now != before:
        return f"now uses {now}; before it was {before}.{accepted}"
    return f"uses {now} already{'.' if is_accepted else '; nothing was changed.'}{accepted}"
