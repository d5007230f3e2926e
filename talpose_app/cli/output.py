"""What the command line prints: lines of JSON or words on stdout, progress on a terminal only."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TextIO

import click

if TYPE_CHECKING:
    from tqdm import tqdm

    from talpose_app.session.events import Noticed

#: A value that JSON can hold.
Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


def print_json(value: Plain) -> None:
    """Print one JSON object as one line, at once; what is no finite number becomes null."""
    import msgspec

    click.echo(msgspec.json.encode(value).decode())
    sys.stdout.flush()


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Round a number for JSON; None if it is not finite."""
    return round(value, digits) if value is not None and math.isfinite(value) else None


def warn(sentence: str) -> None:
    """Tell something on stderr that is no error; a stderr that takes nothing stops no command."""
    with suppress(OSError):
        click.echo(f"talpose: {sentence}", err=True)


def takes_output(stream: TextIO) -> bool:
    """Whether what was printed got through; what did not is dropped, so that no later flush fails again."""
    try:
        stream.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
        return False
    return True


def warn_of(notice: Noticed | None) -> None:
    """Tell a notice of the session on stderr; nothing for None."""
    if notice is not None:
        warn(f"{notice.message} {notice.hint}".rstrip())


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, n_words: int = 1) -> str:
    """Lay out a table: words to the left, numbers to the right.

    Args:
        head: Titles of the columns.
        rows: Cells, as many a row as there are titles.
        n_words: How many of the first columns are words.
    """
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < n_words else cell.rjust(width) for i, (cell, width) in cells
        ).rstrip()
        for row in (head, *rows)
        for cells in [list(enumerate(zip(row, widths, strict=True)))]
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


class Progress:
    """A bar on stderr; nothing where stderr is no terminal or ``enabled`` is false.

    Args:
        title: What is being done.
        enabled: False keeps the terminal quiet.
    """

    def __init__(self, title: str, *, enabled: bool = True) -> None:
        self._title = title
        self._bar: tqdm[NoReturn] | None = None
        self._enabled = enabled and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: float, total: float, note: str = "", *, title: str = "") -> None:
        """Move the bar.

        Args:
            done: How much is done.
            total: Of how much.
            note: Shown behind the bar.
            title: Shown before it instead of the bar's own.
        """
        if not self._enabled:
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, dynamic_ncols=True, leave=False)
        self._bar.total, self._bar.n = total, done
        self._bar.set_description(title or self._title, refresh=False)
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.refresh()
