"""What all commands share in how arguments are read: the default command, ``--debug``, types of values."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from talpose_app.cli.signals import EndedBySignal
from talpose_app.errors import TalposeError
from talpose_app.paths import exists

_F = TypeVar("_F", bound=Callable[..., object])

#: Options of the group itself; anything else that is no command belongs to the default command.
_GROUP_OPTIONS = ("--version", "--help", "-h", "--debug")

_DEBUG = "talpose.debug"

#: Settings of every command.
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def _remember_debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's
    del param
    if value:
        ctx.find_root().meta[_DEBUG] = True


def wants_debug(ctx: click.Context) -> bool:
    """Whether ``--debug`` was given, before the command or after it."""
    return bool(ctx.find_root().meta.get(_DEBUG, False))


def debug_option(function: _F) -> _F:
    """Accept ``--debug``."""
    return click.option(
        "--debug", is_flag=True, expose_value=False, callback=_remember_debug, help="Show tracebacks."
    )(function)


def json_option(function: _F) -> _F:
    """Add ``--json``."""
    text = "Print JSON, one object a line."
    return click.option("--json", "as_json", is_flag=True, help=text)(function)


class PassedOnError(Exception):
    """Carries past click what click would answer itself: a reader that went away, a signal.

    Attributes:
        cause: What happened.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


class FilePath(click.Path):
    """A path whose name is text, so that it can be printed and written into a project."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Read a path.

        Raises:
            TalposeError: The name holds bytes that are no text in the system's encoding.
        """
        whole = os.path.abspath(value)  # noqa: PTH100  as it was typed, before it is a path
        try:
            whole.encode()
        except UnicodeEncodeError as error:
            raise TalposeError(
                f"The name {whole!r} holds bytes that are no text.", hint="Rename the file or folder."
            ) from error
        return super().convert(value, param, ctx)


class NumberRange(click.FloatRange):
    """A range of numbers: unlike ``FloatRange`` it does not let ``nan`` through."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number in the range."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


class ProgramGroup(click.Group):
    """A group whose first word may be a file instead of a command: then ``default`` runs.

    Args:
        default: The command that takes a file.
    """

    def __init__(self, *args: object, default: click.Command, **kwargs: object) -> None:
        kwargs.setdefault("context_settings", CONTEXT)
        super().__init__(*args, **kwargs)  # pyright: ignore[reportArgumentType]  handed on as they came
        self.default = default
        debug = click.Option(
            ["--debug"], is_flag=True, expose_value=False, callback=_remember_debug, hidden=True
        )
        self.params.append(debug)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command's name in where a command's should be and none is."""
        position = next((i for i, word in enumerate(args) if word not in _GROUP_OPTIONS), None)
        asks_for_group = any(word in ("--version", "--help", "-h") for word in args[:position])
        if not asks_for_group and (position is None or args[position] not in self.commands):
            self._check_is_no_typo(ctx, args, position)
            args.insert(len(args) if position is None else position, self.default.name or "")
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; the default one is known but not listed."""
        return self.default if cmd_name == self.default.name else super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which they were added: that of the work."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, EndedBySignal) as error:
            raise PassedOnError(error) from error

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both ways to call the program."""
        formatter.write_usage(ctx.command_path, "[PROJECT|VIDEO] [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the default command's options with the group's own."""
        params = [p for p in (*self.default.params, *self.get_params(ctx)) if isinstance(p, click.Option)]
        records = [record for param in params if (record := param.get_help_record(ctx)) is not None]
        with formatter.section("Options"):
            formatter.write_dl(list(dict(records).items()))
        self.format_commands(ctx, formatter)

    def _check_is_no_typo(self, ctx: click.Context, args: list[str], position: int | None) -> None:
        """Say so if the first word is neither a file nor a command, but nearly a command."""
        if position is None or not args[position].isalpha() or Path(args[position]).exists():
            return
        near = difflib.get_close_matches(args[position], self.commands, n=1)
        if near:
            raise click.UsageError(f"There is no command or file {args[position]!r}; is it {near[0]!r}?", ctx)


def read_span(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[int | None, int | None] | None:
    """Read ``START:STOP``, half-open; either side may be left out. A callback of an option."""
    if value is None:
        return None
    start, colon, stop = value.partition(":")
    if not colon or any(side and not side.isdecimal() for side in (start, stop)):
        raise click.BadParameter(f"{value!r} is not START:STOP, such as 0:100, 50: or :80.", ctx, param)
    first, end = (int(side) if side else None for side in (start, stop))
    if end is not None and end <= (first or 0):
        raise click.BadParameter(f"{value!r} holds no frame.", ctx, param)
    return first, end


def read_names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Read names separated by commas. A callback of an option."""
    if value is None:
        return None
    names = tuple(name for piece in value.split(",") if (name := piece.strip()))
    if not names:
        raise click.BadParameter("No name is given.", ctx, param)
    return names


def existing_file(path: Path, what: str) -> Path:
    """Return the path if a file is there.

    Raises:
        TalposeError: It is not; a run-time error rather than one of usage, for scripts.
    """
    if not exists(path):
        raise TalposeError(f"There is no {what} {path}.", hint="Check the name and the folder.")
    if path.is_dir():
        raise TalposeError(f"{path} is a folder, not a {what}.")
    return path
