"""The ``talpose`` command with all its subcommands, and what becomes of errors."""

from __future__ import annotations

import errno
import logging
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import click

from talpose_app import __version__
from talpose_app.cli.check import check_command
from talpose_app.cli.command import PassedOnError, ProgramGroup
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
from talpose_app.cli.output import takes_output
from talpose_app.cli.refine import refine_command
from talpose_app.cli.relink import relink_command
from talpose_app.cli.signals import EndedBySignal
from talpose_app.cli.track import track_command
from talpose_app.errors import TalposeError

_NOWHERE = logging.NullHandler()

#: What a full disk, a full device and a broken one answer.
_UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

EXIT_DONE = 0
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
EXIT_READER_GONE = 141
"""128 + SIGPIPE: whoever read the output went away, as ``head`` does; nothing is wrong, nothing is told."""


@click.group(cls=ProgramGroup, default=open_command)
@click.version_option(__version__, "--version", prog_name="talpose", message="%(prog)s %(version)s")
def program() -> None:
    """Label keypoints in videos: a few clicks, a point tracker, and refinement you can watch.

    Without a command: open the app, with a project or video if one is named.
    """


for _command in (
    new_command, label_command, track_command, refine_command, filter_command, import_command, export_command,
    evaluate_command, relink_command, check_command, demo_command, models_group, doctor_command,
):  # fmt: skip
    program.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: Without the program's name.

    Returns:
        The exit code: 0 done, 1 error, 2 usage, 128 + number of the signal that ended it (130: Ctrl+C).
        Errors have been told on stderr.
    """
    debug = "--debug" in arguments
    _direct_log(to_stderr=debug)
    try:
        code = _run_program(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  the outermost boundary
        code = _end_by(error.cause if isinstance(error, PassedOnError) else error, debug=debug)
    return code


def _run_program(arguments: Sequence[str]) -> int:
    result = cast("object", program.main(args=list(arguments), prog_name="talpose", standalone_mode=False))
    return result if isinstance(result, int) else EXIT_DONE


def _direct_log(*, to_stderr: bool) -> None:
    """Send the log to stderr, or nowhere: without a handler Python would print it there by itself."""
    if to_stderr:
        logging.basicConfig(level=logging.WARNING)
    else:
        logging.getLogger("talpose_app").addHandler(_NOWHERE)


def _end_by(error: BaseException, *, debug: bool) -> int:
    """Say what ended the program, if anybody is there to hear it, and return the exit code."""
    if isinstance(error, EndedBySignal):
        return _tell(f"talpose: {error}", error.exit_code)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return _tell("talpose: interrupted.", EXIT_INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        takes_output(sys.stdout)
        return EXIT_READER_GONE
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _tell(error.format_message(), error.exit_code)
    code = error.exit_code if isinstance(error, click.ClickException) else EXIT_ERROR
    return _fail(_error_text(error), code, debug=debug)


def _error_text(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return _usage_text(error)
    if isinstance(error, TalposeError):
        return str(error)
    if isinstance(error, OSError):
        return _system_text(error)
    return f"unexpected {type(error).__name__}: {error}. Run it again with --debug and report it."


def _usage_text(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    way_out = f" See '{context.command_path} --help'." if context is not None else ""
    return error.format_message() + way_out


def _system_text(error: OSError) -> str:
    """What the system refused, in a sentence."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{error.filename}: {reason}."
    # Files are told by those who write them; what has no name is a stream.
    what = "The output could not be written" if error.errno in _UNWRITTEN else "The system refused something"
    return f"{what}: {reason}."


def _fail(text: str, code: int, *, debug: bool = False) -> int:
    """Tell an error in one line, with the traceback before it if asked for."""
    trace = traceback.format_exc() if debug else ""
    return _tell(f"{trace}talpose: error: {' '.join(text.split())}", code)


def _tell(text: str, code: int) -> int:
    """Say something on stderr, if it takes anything, and hand the exit code on."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
    takes_output(sys.stderr)
    return code
