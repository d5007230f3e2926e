"""``talpose [PROJECT|VIDEO]``: the app itself."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from talpose_app.cli.command import CONTEXT, FilePath, debug_option, wants_debug
from talpose_app.errors import TalposeError
from talpose_app.paths import exists
from talpose_app.store.files import ProjectFiles

DEVICES = ("auto", "cpu", "cuda", "mps")


@click.command("open", context_settings=CONTEXT)
@click.argument("path", required=False, type=FilePath(), metavar="[PROJECT|VIDEO]")
@click.option("--browser", is_flag=True, help="Open the page in the default browser instead of a window.")
@click.option("--no-window", is_flag=True, help="Serve only, and print the address.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port; default: a free one."
)
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the trackers run.")
@click.option("--tracker", default="auto", metavar="NAME|PATH", help="Tracker; see talpose models list.")
@debug_option
@click.pass_context
def open_command(
    ctx: click.Context,
    path: Path | None,
    port: int,
    device: str,
    tracker: str,
    **flags: bool,
) -> None:
    """Open the app, with PROJECT or VIDEO if one is named."""
    if flags["browser"] and flags["no_window"]:
        raise click.UsageError("Choose --browser or --no-window, not both.", ctx)
    if path is not None and not exists(path) and not ProjectFiles.at(path).are_there:
        raise TalposeError(
            f"There is no command and no file {str(path)!r}.", hint="talpose --help lists the commands."
        )
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.session.workspace import Workspace
    from talpose_app.window.launch import run_app
    from talpose_app.window.options import LaunchOptions

    mode: Literal["window", "browser", "none"] = "window"
    if flags["browser"] or flags["no_window"]:
        mode = "browser" if flags["browser"] else "none"
    options = LaunchOptions(mode, path, port, tracker, device, debug=wants_debug(ctx))
    engine = EngineClient()
    workspace = Workspace(engine)
    try:
        code = run_app(workspace, options)
    finally:
        workspace.close()
        engine.close()
    ctx.exit(code)
