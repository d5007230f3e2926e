"""``talpose models``: the trackers there are."""

from __future__ import annotations

import click

from talpose_app.cli.command import CONTEXT, debug_option, json_option
from talpose_app.cli.output import Plain, print_json, table
from talpose_app.errors import TrackerError


@click.group("models", context_settings=CONTEXT, short_help="List trackers, verify their files.")
def models_group() -> None:
    """Trackers: which there are, and whether their files are whole."""


@models_group.command("list", context_settings=CONTEXT, short_help="List the trackers.")
@json_option
@debug_option
def list_command(*, as_json: bool) -> None:
    """List the trackers, the best first; auto takes the first that is installed."""
    from talpose_app import paths
    from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS, installed_path

    listed = [(known, installed_path(known)) for known in KNOWN_CHECKPOINTS]
    if as_json:
        for known, path in listed:
            print_json(
                {
                    "name": known.name,
                    "installed": path is not None,
                    "path": None if path is None else str(path),
                    "file": known.filename,
                    "license": known.license,
                    "description": known.description,
                }
            )
        return
    rows = [
        [known.name, "no" if path is None else "yes", known.license, known.filename] for known, path in listed
    ]
    click.echo(table(["tracker", "installed", "licence", "file"], rows, n_words=4))
    click.echo(f"\nCheckpoints are looked for in {paths.user_checkpoints_dir()}")
    click.echo(f"and in {paths.bundled_checkpoints_dir()}.")


@models_group.command(
    "verify", context_settings=CONTEXT, short_help="Check that the trackers' files are whole."
)
@click.argument("name", required=False, metavar="[NAME|PATH]")
@json_option
@debug_option
@click.pass_context
def verify_command(ctx: click.Context, name: str | None, *, as_json: bool) -> None:
    """Check one tracker's file, or those of all that are installed, by the check sums they carry."""
    from talpose_app.tracking.checkpoints import (
        KNOWN_CHECKPOINTS,
        find_checkpoint,
        installed_path,
        verify_checkpoint,
        weights_sha256,
    )

    names = [name] if name else [known.name for known in KNOWN_CHECKPOINTS if installed_path(known)]
    if not names:
        raise TrackerError("No tracker is installed.", hint="Reinstall TALPose; one comes with it.")
    n_damaged = 0
    for checkpoint in [find_checkpoint(wanted) for wanted in names]:
        problem = ""
        try:
            verify_checkpoint(checkpoint.path)
        except TrackerError as error:
            problem, n_damaged = str(error), n_damaged + 1
        fields: dict[str, Plain] = {
            "name": checkpoint.name,
            "path": str(checkpoint.path),
            "ok": not problem,
            "sha256": weights_sha256(checkpoint.path),
            "problem": problem or None,
        }
        if as_json:
            print_json(fields)
        else:
            click.echo(
                f"{checkpoint.name}: {problem or 'whole'}\n  {checkpoint.path}\n  sha256 {fields['sha256']}"
            )
    ctx.exit(1 if n_damaged else 0)
