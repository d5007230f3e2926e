"""``talpose import``: labels from a file, as one undoable step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, existing_file, json_option
from talpose_app.cli.frames import FrameChoice, read_frames
from talpose_app.cli.output import print_json, warn
from talpose_app.cli.projects import find_individual, frame_times, open_project
from talpose_app.formats.wording import counted

if TYPE_CHECKING:
    from talpose_app.formats.importing import ImportResult

#: Names of the importers; the registry itself is loaded only when needed.
FORMATS = ("json", "talpose-labels", "deeplabcut", "coco", "sleap")


@click.command("import", context_settings=CONTEXT, short_help="Import labels from a file.")
@click.argument("file", type=FilePath())
@click.option("--format", "format_name", required=True, type=click.Choice(FORMATS), help="What FILE is.")
@click.option("--project", required=True, type=FilePath(), help="The project that gets them.")
@click.option(
    "--every", default=1, type=click.IntRange(min=1), metavar="K", help="Only frames divisible by K."
)
@click.option(
    "--frames", callback=read_frames, metavar="FRAMES", help="Only these, such as 0,12 or 0:100:10."
)
@click.option("--individual", metavar="NAME", help="Who gets the labels of a file of one individual.")
@click.option(
    "--overwrite", is_flag=True, help="Let the file's labels replace different ones of the project."
)
@json_option
@debug_option
def import_command(
    file: Path,
    format_name: str,
    project: Path,
    every: int,
    frames: FrameChoice | None,
    individual: str | None,
    **flags: bool,
) -> None:
    """Import labels from FILE.

    Keypoints and individuals that are missing are added. A label the project has already is kept where the
    file says otherwise, and told, unless --overwrite is given. One undo takes all back.
    """
    from talpose_app.formats.importing import ImportOptions
    from talpose_app.formats.registry import importer

    chosen = importer(format_name)
    existing_file(file, "file")
    with open_project(project, video="stamps") as session:
        if frames is not None:
            frames.check_within(session.project.video.n_frames)
        named = None if individual is None else find_individual(session.project, individual)
        whose = None if named is None else named.individual_id
        options = ImportOptions(every, frames, whose, flags["overwrite"], frame_times(session))
        result = chosen.read(file, session.project, options)
        if result.edit.edits:
            session.apply("Import labels", result.edit)
    _tell(result, as_json=flags["as_json"])


def _tell(result: ImportResult, *, as_json: bool) -> None:
    for sentence in result.report:
        warn(sentence)
    if as_json:
        print_json(
            {
                "new": result.n_new,
                "replaced": result.n_replaced,
                "same": result.n_same,
                "kept": result.n_kept,
                "keypoints": result.n_keypoints,
                "report": result.report,
            }
        )
        return
    parts = [counted(result.n_new, "new label")]
    parts += [f"{result.n_replaced} replaced"] if result.n_replaced else []
    parts += [f"{result.n_same} there already"] if result.n_same else []
    parts += [f"{result.n_kept} kept as they were"] if result.n_kept else []
    parts += [counted(result.n_keypoints, "new keypoint")] if result.n_keypoints else []
    click.echo(f"Imported: {', '.join(parts)}.")
