"""The ``talpose`` command with all its subcommands, and what becomes of errors."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from typing import cast

import click

from talpose_app import __version__
from talpose_app.cli.check import check_command
from talpose_app.cli.command import ProgramGroup
from talpose_app.cli.demo.command import demo_command
from talpose_app.cli.doctor import doctor_command
from talpose_app.cli.evaluate import evaluate_command
from talpose_app.cli.export import export_command
from talpose_app.cli.filter import filter_command
from talpose_app.cli.import_labels import import_command
from talpose_app.cli.label import label_command
from talpose_app.cli.models import models_group
from talpose_app.cli.new import new_command
from talpose_app.cli.open_app import open_command
from talpose_app.cli.refine import refine_command
from talpose_app.cli.track import track_command
from talpose_app.errors import TalposeError

_NOWHERE = logging.NullHandler()

EXIT_DONE = 0
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


@click.group(cls=ProgramGroup, default=open_command)
@click.version_option(__version__, "--version", prog_name="talpose", message="%(prog)s %(version)s")
def program() -> None:
    """Label keypoints in videos: a few clicks, a point tracker, and refinement you can watch.

    Without a command: open the app, with a project or video if one is named.
    """


for _command in (
    new_command, label_command, track_command, refine_command, filter_command, import_command, export_command,
    evaluate_command, check_command, demo_command, models_group, doctor_command,
):  # fmt: skip
    program.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code: 0 done, 1 error, 2 usage, 130 interrupted. Errors have been told on stderr.
    """
    debug = "--debug" in arguments
    _direct_log(to_stderr=debug)
    try:
        result = cast(
            "object", program.main(args=list(arguments), prog_name="talpose", standalone_mode=False)
        )
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted.", EXIT_INTERRUPTED)
    except click.ClickException as error:
        return _fail(_usage_text(error), error.exit_code, debug=debug)
    except TalposeError as error:
        return _fail(str(error), EXIT_ERROR, debug=debug)
    except Exception as error:  # noqa: BLE001  the outermost boundary: nothing but one line may reach the user
        text = f"unexpected {type(error).__name__}: {error}. Run it again with --debug and report it."
        return _fail(text, EXIT_ERROR, debug=debug)
    return result if isinstance(result, int) else EXIT_DONE


def _direct_log(*, to_stderr: bool) -> None:
    """Send the log to stderr, or nowhere: without a handler Python would print it there by itself."""
    if to_stderr:
        logging.basicConfig(level=logging.WARNING)
    else:
        logging.getLogger("talpose_app").addHandler(_NOWHERE)


def _usage_text(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    way_out = f" See '{context.command_path} --help'." if context is not None else ""
    return error.format_message() + way_out


def _fail(text: str, code: int, *, debug: bool = False) -> int:
    """Tell an error in one line, with the traceback before it if asked for."""
    if debug:
        traceback.print_exc()
    line = " ".join(text.split())
    sys.stderr.write(f"talpose: error: {line}\n" if code != EXIT_INTERRUPTED else f"talpose: {line}\n")
    return code
