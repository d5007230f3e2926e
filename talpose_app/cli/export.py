"""``talpose export``: the project in a format of the field."""

from __future__ import annotations

from pathlib import Path

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.output import print_json, warn
from talpose_app.cli.projects import open_project
from talpose_app.errors import TalposeError

#: Names of the exporters; the registry itself is loaded only when needed.
FORMATS = (
    "json", "csv", "talpose-labels", "deeplabcut", "deeplabcut-predictions", "lightning-pose", "coco",
    "sleap", "nwb",
)  # fmt: skip


@click.command("export", context_settings=CONTEXT, short_help="Export labels and tracks.")
@click.argument("project", type=FilePath())
@click.option("--format", "format_name", required=True, type=click.Choice(FORMATS), help="What to write.")
@click.option("-o", "--output", required=True, type=FilePath(), help="The file to write.")
@json_option
@debug_option
def export_command(project: Path, format_name: str, output: Path, *, as_json: bool) -> None:
    """Export PROJECT.

    The file is written whole or not at all; one of that name is replaced, but never the
    project or its video. What the format cannot hold is told.
    """
    from talpose_app.formats.registry import exporter

    chosen = exporter(format_name)
    with open_project(project, read_only=True) as session:
        _check_is_not(output, project, "project")
        _check_is_not(output, Path(session.project.video.path), "video")
        report = chosen.export(session.project, output)
    for sentence in report:
        warn(sentence)
    if as_json:
        print_json({"path": str(output), "format": format_name, "report": report})
    elif output.is_file():
        click.echo(f"Wrote {output} ({output.stat().st_size:,} bytes).")


def _check_is_not(output: Path, other: Path, what: str) -> None:
    """Refuse to write over a file under whatever name it goes.

    Raises:
        TalposeError: The two are the same file.
    """
    if output.exists() and other.exists() and output.samefile(other):
        raise TalposeError(f"{output} is the {what} itself.", hint="Choose another name.")
