"""``talpose new``: a project for a video."""

from __future__ import annotations

from pathlib import Path

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.output import print_json, warn
from talpose_app.cli.projects import create_project
from talpose_app.errors import TalposeError
from talpose_app.formats.wording import counted


@click.command("new", context_settings=CONTEXT, short_help="Make a project for a video.")
@click.argument("video", type=FilePath())
@click.option("-o", "--output", type=FilePath(), metavar="PROJECT", help="Where; default: beside it.")
@click.option(
    "--skeleton", type=FilePath(), metavar="FILE", help="Keypoints from a skeleton file or another project."
)
@json_option
@debug_option
def new_command(video: Path, output: Path | None, skeleton: Path | None, *, as_json: bool) -> None:
    """Make a project for VIDEO.

    It becomes NAME.talpose.json beside the video unless -o says otherwise; .talpose.json is
    added to a PROJECT that lacks it. An existing project is never replaced.
    """
    from talpose_app.model.edits import ChangeSkeleton
    from talpose_app.session.keypoint_source import read_keypoints

    keypoints = read_keypoints(skeleton) if skeleton is not None else None
    path = _project_path(video, output)
    with create_project(path, video) as session:
        if keypoints is not None:
            session.apply("Set skeleton", ChangeSkeleton(session.project.skeleton.joined_with(keypoints)))
        info, warnings = session.project.video, list(session.reader.warnings)
        n_keypoints = len(session.project.skeleton.keypoints)
    for sentence in warnings:
        warn(str(sentence))
    if as_json:
        print_json(
            {
                "project": str(path),
                "width": info.width,
                "height": info.height,
                "frames": info.n_frames,
                "fps": info.fps,
                "keypoints": n_keypoints,
                "warnings": [str(sentence) for sentence in warnings],
            }
        )
        return
    size = f"{info.width}x{info.height}, {counted(info.n_frames, 'frame')}, {info.fps:.6g} fps"
    click.echo(f"Made {path}: {size}, {counted(n_keypoints, 'keypoint')}.")


def _project_path(video: Path, output: Path | None) -> Path:
    """Where the project will be: with the ending that the app knows projects by.

    Raises:
        TalposeError: ``output`` is a folder.
    """
    from talpose_app.store.files import PROJECT_SUFFIX, project_path_for

    if output is None:
        return video.with_name(video.stem + PROJECT_SUFFIX)
    if output.is_dir():
        raise TalposeError(f"{output} is a folder.", hint="Name a file in it.")
    return project_path_for(output)
