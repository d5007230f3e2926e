"""What the command line takes and prints is described in docs/cli.md and docs/formats.md."""

import json

import click
import pytest

from talpose_app.cli.app import program
from talpose_app.cli.open_app import open_command
from talpose_app.formats.registry import EXPORTERS, IMPORTERS
from talpose_app.formats.tidy_csv import COLUMNS
from tests.fixtures.command_line import ROOT

CLI = (ROOT / "docs" / "cli.md").read_text()
FORMATS = (ROOT / "docs" / "formats.md").read_text()


def _leaves():
    yield "talpose", open_command
    for name, command in program.commands.items():
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", leaf) for sub, leaf in command.commands.items())
        else:
            yield name, command


def _section(name):
    return CLI.split(f"\n## {name.split()[0]}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(("name", "command"), list(_leaves()), ids=str)
def test_every_command_and_option_is_described(name, command):
    section = _section(name)
    assert name in section
    # track's options are not repeated for refine, nor --debug, which every command has.
    known = section + (_section("track") if name == "refine" else "") + "--debug"
    options = [param.opts for param in command.params if isinstance(param, click.Option)]
    assert [names for names in options if not any(name in known for name in names)] == []


def test_every_format_is_described():
    for entry in (*EXPORTERS, *IMPORTERS):
        assert f"## {entry.name}\n" in FORMATS


def test_every_column_and_field_is_described(labeled_project, tmp_path):
    assert all(f"`{column}`" in FORMATS for column in COLUMNS)
    path = tmp_path / "out.json"
    EXPORTERS[0].export(labeled_project, path)
    content = json.loads(path.read_text())
    fields = {*content, *content["video"], *content["labels"][0], *content["tracks"][0], *content["runs"][0]}
    assert [
        field for field in sorted(fields) if f"`{field}`" not in FORMATS and f'"{field}"' not in FORMATS
    ] == []


@pytest.mark.parametrize(
    ("words", "section"),
    [
        (("track", "{project}"), "track"),
        (("refine", "{project}", "--steps", "1"), "refine"),
        (("evaluate", "{project}", "--truth", "{truth}"), "evaluate"),
        (("export", "{project}", "--format", "csv", "-o", "{project}.csv"), "export"),
        (("relink", "{project}", "{video}"), "relink"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else None,
)
def test_every_json_field_is_described(words, section, talpose, small_project, small_truth, small_clip):
    talpose("track", small_project).done()
    places = {"project": small_project, "truth": small_truth, "video": small_clip}
    filled = [word.format(**places) for word in words]
    for line in talpose(*filled, "--json").done().lines:
        assert [key for key in line if f"`{key}`" not in _section(section) and f'"{key}"' not in CLI] == []
