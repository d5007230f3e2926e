"""Reading JSON files strictly: typed, with or without a byte order mark, and no key twice in one object."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import TypeVar

import msgspec

from talpose_app.errors import FormatError

_T = TypeVar("_T")


def read_json(path: Path, content_type: type[_T], what: str) -> _T:
    """Read a JSON file into a typed value.

    JSON leaves open what a repeated key means and readers let the last one win, which would lose what the
    first one said (a frame or keypoint written twice); such a file is refused.

    Args:
        path: UTF-8; a byte order mark, as editors on Windows put one, is passed over.
        content_type: What the file must hold.
        what: The kind of file with its article, for messages: "a skeleton file".

    Raises:
        FormatError: The file cannot be read, is not of this kind, or names a key twice.
    """
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        content = msgspec.json.decode(data, type=content_type)
        json.loads(data.decode(), object_pairs_hook=_refuse_repeated)
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}.") from error
    except _RepeatedKeyError as error:
        raise FormatError(
            f"{path} names {error.key!r} twice in one place.", hint="Remove one of the two."
        ) from error
    except (ValueError, RecursionError) as error:  # ValueError is the base of msgspec's and json's own.
        raise FormatError(
            f"{path} is not {what}: {error}.", hint="docs/formats.md describes the format."
        ) from error
    return content


class _RepeatedKeyError(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _refuse_repeated(pairs: list[tuple[str, object]]) -> None:
    """Look at the keys of one object; its content is not kept."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise _RepeatedKeyError(key)
        seen.add(key)
