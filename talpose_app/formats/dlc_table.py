"""The table that DeepLabCut made common: header rows name the columns, and one row is one picture or frame.

The header rows are ``scorer``, ``individuals`` (only with several animals), ``bodyparts`` and ``coords``. A
row of labels begins with its picture, ``labeled-data/<video>/img0012.png``: in one column, or since
DeepLabCut 2.2.0.6 in three with two blank cells in the header. Missing numbers are empty.

Source: DeepLabCut's ``utils/conversioncode.py``, which reads both forms.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from talpose_app.errors import FormatError

#: Who labeled, as the header says. DeepLabCut's ``convertcsv2h5`` puts its project's scorer in its place.
SCORER = "TALPose"

#: The folder that all pictures of a DeepLabCut project lie in.
PICTURES = "labeled-data"

#: Who owns the body parts that belong to no animal in a project of several.
UNIQUE = "single"

_HEADERS = (("scorer", "bodyparts", "coords"), ("scorer", "individuals", "bodyparts", "coords"))
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_MISSING = frozenset({"", "nan", "NaN", "NA"})


@dataclass(frozen=True, slots=True)
class DlcPoint:
    """A point as the header names it.

    Attributes:
        individual: None in a table of one animal.
        keypoint: DeepLabCut's body part.
    """

    individual: str | None
    keypoint: str


@dataclass(frozen=True, slots=True)
class DlcRow:
    """One picture of a table that was read.

    Attributes:
        line: Where it stands in the file, from 1.
        place: Its picture, as ``labeled-data/<video>/img0012.png`` whichever form the file has.
        cells: One for each column.
    """

    line: int
    place: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class DlcTable:
    """A table that was read.

    Attributes:
        columns: Point and coordinate (``x``, ``y``, ``likelihood``, ...) of each.
        rows: In the file's order.
    """

    columns: list[tuple[DlcPoint, str]]
    rows: list[DlcRow]


def header_rows(points: Iterable[DlcPoint], coords: Sequence[str], n_index: int) -> list[list[str]]:
    """Make the header of a table.

    Args:
        points: All with an individual, or all without.
        coords: What is told of each point.
        n_index: Columns that name the row: 1 or 3.
    """
    columns = [(point, coord) for point in points for coord in coords]
    blank = [""] * (n_index - 1)
    rows = [["scorer", *blank, *(SCORER for _ in columns)]]
    if any(point.individual is not None for point, _ in columns):
        rows.append(["individuals", *blank, *(point.individual or "" for point, _ in columns)])
    rows.append(["bodyparts", *blank, *(point.keypoint for point, _ in columns)])
    rows.append(["coords", *blank, *(coord for _, coord in columns)])
    return rows


def read_number(cell: str) -> float | None:
    """A number exactly as written; None if it is missing.

    Raises:
        ValueError: The cell holds something else, infinity included.
    """
    text = cell.strip()
    if text in _MISSING:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{cell!r} is no number")
    return float(text)


def read_table(path: Path) -> DlcTable:
    """Read a table of labels.

    Raises:
        FormatError: The file cannot be read or is no such table.
    """
    lines = _read_lines(path)
    names = next((n for n in _HEADERS if tuple(cells[0] for _, cells in lines[: len(n)]) == n), None)
    if names is None:
        raise FormatError(
            f"{path} is not a DeepLabCut table: it does not begin with the rows scorer, bodyparts, coords.",
            hint="docs/formats.md describes the format.",
        )
    header, body = [cells for _, cells in lines[: len(names)]], lines[len(names) :]
    n_index = 1 + sum(1 for _ in takewhile(lambda cell: not cell, header[0][1:3]))
    for line, cells in lines:
        if len(cells) != len(header[0]):
            raise FormatError(
                f"{path}, line {line}: {len(cells)} cells where the header has {len(header[0])}."
            )
    levels = dict(zip(names, (cells[n_index:] for cells in header), strict=True))
    individuals = levels.get("individuals", [None] * len(levels["coords"]))
    points = map(DlcPoint, individuals, levels["bodyparts"])
    rows = [
        DlcRow(line, "/".join(cells[:n_index]).replace("\\", "/"), cells[n_index:]) for line, cells in body
    ]
    return DlcTable(list(zip(points, levels["coords"], strict=True)), rows)


def _read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Every line that is not blank, with its number."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [(reader.line_num, cells) for cells in reader if cells]
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise FormatError(f"{path} is not a CSV file: {error}.") from error
