"""The journal's bytes: JSON lines, each with a checksum of its own; what is whole is told from what is not.

The file starts with a header; then come the steps of the history before the header's
revision (``past``); then one record for every edit, undo and redo since.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from talpose_app.store.schema import Count

#: How every line begins; quotes inside a record are escaped, so it occurs nowhere else.
_MARKER = b'{"crc":"'
_LINE = re.compile(rb'\{"crc":"([0-9a-f]{8})","record":')


class Header(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="journal"):
    """First line. ``revision`` and ``sum`` say where in the history the records begin."""

    schema: Literal[1]
    project_id: str
    revision: Count
    sum: str


class Past(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="past"):
    """A step older than the header's revision, kept for undo, or for redo if ``is_undone``; oldest first."""

    revision: Count
    title: str
    is_undone: bool
    forward: msgspec.Raw
    backward: msgspec.Raw


class Did(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="do"):
    """An edit and the one that undoes it. ``prev`` is the checksum of the record before."""

    revision: Count
    prev: str
    at: str
    title: str
    forward: msgspec.Raw
    backward: msgspec.Raw


class Undid(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="undo"):
    """The step made at revision ``of`` was undone."""

    revision: Count
    prev: str
    at: str
    of: Count


class Redid(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="redo"):
    """The step made at revision ``of`` was brought back."""

    revision: Count
    prev: str
    at: str
    of: Count


Live = Did | Undid | Redid
Record = Header | Past | Live

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal that is whole.

    Attributes:
        record: What it says.
        sum: Its checksum.
        data: Its bytes, newline included.
    """

    record: Record
    sum: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of the journal that are no whole line.

    Attributes:
        start: Where they begin.
        stop: One past their end.
        is_tail: Nothing whole follows: a write that was cut off looks like this.
    """

    start: int
    stop: int
    is_tail: bool = False


def encode_record(record: Record) -> Line:
    """Make the line of a record."""
    payload = _encoder.encode(record)
    sum_ = f"{zlib.crc32(payload):08x}"
    return Line(record, sum_, b'{"crc":"%s","record":%s}\n' % (sum_.encode(), payload))


def read_lines(data: bytes) -> list[Line | Damage]:
    """Take a journal apart, in order. Damage in one line does not hide the others."""
    found: list[Line | Damage] = []
    for start, stop in _pieces(data):
        line = _read_line(data[start:stop])
        if line is not None:
            found.append(line)
        elif found and isinstance(last := found[-1], Damage):
            found[-1] = Damage(last.start, stop)
        else:
            found.append(Damage(start, stop))
    if found and isinstance(last := found[-1], Damage):
        found[-1] = Damage(last.start, last.stop, is_tail=True)
    return found


def _pieces(data: bytes) -> Iterator[tuple[int, int]]:
    """Cut before every line's beginning and behind every newline: either may be damaged."""
    beginnings = (match.start() for match in re.finditer(re.escape(_MARKER), data))
    ends = (match.end() for match in re.finditer(b"\n", data))
    edges = sorted({0, *beginnings, *ends, len(data)})
    return itertools.pairwise(edges)


def _read_line(piece: bytes) -> Line | None:
    head = _LINE.match(piece)
    if head is None:
        return None
    # The newline may be damaged or missing; a record whose checksum holds is whole all the same.
    for ending in (2, 1):
        payload = piece[head.end() : -ending]
        if f"{zlib.crc32(payload):08x}".encode() == head[1] and piece[-ending : -ending + 1 or None] == b"}":
            return _decode(payload, head[1].decode())
    return None


def _decode(payload: bytes, sum_: str) -> Line | None:
    try:
        record = _decoder.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return Line(record, sum_, b'{"crc":"%s","record":%s}\n' % (sum_.encode(), payload))
