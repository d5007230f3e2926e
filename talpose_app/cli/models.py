"""``talpose models``: the trackers there are, and getting those that are not."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, json_option
from talpose_app.cli.output import Plain, Progress, print_json, table
from talpose_app.errors import TrackerError, UsageError

if TYPE_CHECKING:
    from talpose_app.tracking.checkpoints import KnownCheckpoint


@click.group("models", context_settings=CONTEXT, short_help="List trackers, get them, verify their files.")
def models_group() -> None:
    """Trackers: which there are, getting more, and whether their files are whole."""


@models_group.command("list", context_settings=CONTEXT, short_help="List the trackers.")
@json_option
@debug_option
def list_command(*, as_json: bool) -> None:
    """List the trackers, the best first; auto takes the first that is installed."""
    from talpose_app import paths
    from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS, added_checkpoints, installed_path

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
        for added in added_checkpoints():
            print_json(
                {
                    "name": added.name,
                    "installed": True,
                    "path": str(added.path),
                    "file": added.path.name,
                    "license": added.license,
                    "description": added.description,
                }
            )
        return
    rows = [
        [known.name, "no" if path is None else "yes", known.license, known.filename] for known, path in listed
    ]
    rows += [[added.name, "yes", added.license, added.path.name] for added in added_checkpoints()]
    click.echo(table(["tracker", "installed", "licence", "file"], rows, n_words=4))
    click.echo(f"\nCheckpoints are looked for in {paths.user_checkpoints_dir()}")
    click.echo(f"and in {paths.bundled_checkpoints_dir()}.")
    if missing := [known.name for known, path in listed if path is None and known.source is not None]:
        click.echo(f"Get one with: talpose models get {missing[0]}")


@models_group.command("get", context_settings=CONTEXT, short_help="Download a tracker.")
@click.argument("name")
@click.option("--accept-licence", is_flag=True, help="I have read the tracker's licence and accept it.")
@click.option("--from", "url", metavar="URL", help="Another place than its publisher's, such as a mirror.")
@json_option
@debug_option
def get_command(name: str, *, accept_licence: bool, url: str | None, as_json: bool) -> None:
    """Download a tracker. Its licence is shown and must be accepted.

    A download that broke off goes on where it stopped.
    """
    from talpose_app import paths
    from talpose_app.tracker_files.download import Download, DownloadControl, n_bytes_begun
    from talpose_app.tracking.checkpoints import installed_path, known_checkpoint

    known = known_checkpoint(name)
    path = installed_path(known)
    if path is None:
        if known.source is None:
            raise TrackerError(f"{name} comes with TALPose, and is not there.", hint="Reinstall TALPose.")
        _check_url(url)
        begun = n_bytes_begun(known)
        _tell(
            f"{name}: about {known.source.n_bytes / 1e6:.0f} MB from {url or known.source.page}\n"
            f"to {paths.user_checkpoints_dir() / known.filename}"
            + (", going on with what is there" if begun else ""),
            is_quiet=as_json,
        )
        _ask_to_accept(known, is_accepted=accept_licence)
        with Progress(known.filename) as progress:
            control = DownloadControl(
                lambda done, total: progress.show(done / 1e6, total / 1e6, "MB"), threading.Event()
            )
            path = Download(known, control, url=url).run()
    if as_json:
        print_json({"name": name, "path": str(path)})
    else:
        click.echo(f"{name} is installed: {path}")


@models_group.command("add", context_settings=CONTEXT, short_help="Add a tracker's file that you have.")
@click.argument("file", type=FilePath())
@debug_option
def add_command(file: Path) -> None:
    """Copy a checkpoint file to the other trackers, after checking that it is whole."""
    from talpose_app.cli.command import existing_file
    from talpose_app.tracker_files.placing import place_checkpoint

    added = place_checkpoint(existing_file(file, "checkpoint file"))
    click.echo(f"{added.name} is installed: {added.path}")


@models_group.command("licence", context_settings=CONTEXT, short_help="Show a tracker's licence.")
@click.argument("name")
@debug_option
def licence_command(name: str) -> None:
    """Print the whole text of a tracker's licence."""
    from talpose_app.tracker_files.licences import licence_text
    from talpose_app.tracking.checkpoints import known_checkpoint

    click.echo(licence_text(known_checkpoint(name)))


@models_group.command(
    "verify", context_settings=CONTEXT, short_help="Check that the trackers' files are whole."
)
@click.argument("name", required=False, metavar="[NAME|PATH]")
@json_option
@debug_option
@click.pass_context
def verify_command(ctx: click.Context, name: str | None, *, as_json: bool) -> None:
    """Check one tracker's file, or all that are installed, by check sums and by the hash on arrival."""
    from talpose_app.tracker_files.receipts import check_receipt
    from talpose_app.tracking.checkpoints import (
        KNOWN_CHECKPOINTS,
        added_checkpoints,
        find_checkpoint,
        installed_path,
        verify_checkpoint,
        weights_sha256,
    )

    names = [known.name for known in KNOWN_CHECKPOINTS if installed_path(known)]
    names = [name] if name else [*names, *(added.name for added in added_checkpoints())]
    if not names:
        raise TrackerError("No tracker is installed.", hint="Reinstall TALPose; one comes with it.")
    n_damaged = 0
    for checkpoint in [find_checkpoint(wanted) for wanted in names]:
        problem = ""
        try:
            verify_checkpoint(checkpoint.path)
            check_receipt(checkpoint.path)
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


def _check_url(url: str | None) -> None:
    if url is not None and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise UsageError(f"{url} is no address that begins with https://.")


def _ask_to_accept(known: KnownCheckpoint, *, is_accepted: bool) -> None:
    """Show the licence and ask; where nobody can be asked, the option must have said it."""
    from talpose_app.tracker_files.licences import licence_gist, licence_text

    if is_accepted:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"{known.name} is under {known.license}, which must be accepted.",
            hint=f"Read it (talpose models licence {known.name}), then add --accept-licence.",
        )
    click.echo_via_pager(licence_text(known))
    click.echo(f"\n{known.license}: {licence_gist(known)}")
    click.confirm("Do you accept this licence?", abort=True)


def _tell(text: str, *, is_quiet: bool) -> None:
    if not is_quiet:
        click.echo(text)
