"""Older schemas to the present one, step by step; newer ones are refused.

To add schema N + 1: raise ``SCHEMA``, write a function that turns the decoded JSON of
schema N into that of N + 1, and enter it under N.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from talpose_app.errors import SchemaError
from talpose_app.store.schema import FORMAT, SCHEMA

Plain = dict[str, object]
Migration = Callable[[Plain], Plain]

#: By the schema they start from.
MIGRATIONS: Mapping[int, Migration] = {}


class NewerSchemaError(SchemaError):
    """A newer version of TALPose wrote the file; nothing in it is touched."""


class _Head(msgspec.Struct, frozen=True):
    """What every version's file begins with."""

    format: str
    schema: int


_head_decoder = msgspec.json.Decoder(_Head)


def schema_of(data: bytes) -> int:
    """Tell which schema a file has.

    Raises:
        SchemaError: It is no project file.
    """
    try:
        head = _head_decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise SchemaError(f"It is not a TALPose project file ({error}).") from error
    if head.format != FORMAT:
        raise SchemaError(f"It is not a TALPose project file (its format is {head.format!r}).")
    return head.schema


def to_present_schema(data: bytes, migrations: Mapping[int, Migration] = MIGRATIONS) -> bytes:
    """Bring a file's JSON to the present schema; a file of the present schema is returned as it is.

    Raises:
        NewerSchemaError: A newer version of TALPose wrote it.
        SchemaError: It is no project file, or of a schema that never was.
    """
    schema = schema_of(data)
    if schema == SCHEMA:
        return data
    if schema > SCHEMA:
        raise NewerSchemaError(
            f"A newer version of TALPose wrote the project (schema {schema}; this version reads {SCHEMA}).",
            hint="Update TALPose to open it.",
        )
    plain = cast("Plain", msgspec.json.decode(data))
    while schema < SCHEMA:
        if schema not in migrations:
            raise SchemaError(f"There never was a project file of schema {schema}.")
        plain = migrations[schema](plain)
        schema += 1
    return msgspec.json.encode({**plain, "schema": SCHEMA})
