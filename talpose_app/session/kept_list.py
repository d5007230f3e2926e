"""A list kept in a small file of the user's state folder. Losing it loses no work."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from talpose_app.store.disk import RealDisk

_LOG = logging.getLogger(__name__)

_Entry = TypeVar("_Entry")


class KeptList(Generic[_Entry]):
    """Reads and writes the entries.

    Args:
        file: Where they are kept.
        decoder: Reads them; what it refuses is as good as no file.
        title: What is written to the log if they cannot be kept: "the list of ...".
    """

    def __init__(self, file: Path, decoder: msgspec.json.Decoder[list[_Entry]], title: str) -> None:
        self._file, self._decoder, self._title = file, decoder, title

    def read(self) -> list[_Entry]:
        """The entries; none if the file is missing or damaged."""
        try:
            return self._decoder.decode(self._file.read_bytes())
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return []

    def write(self, entries: Sequence[_Entry]) -> None:
        """Replace the entries at once; trouble with the file is logged, not raised."""
        temporary = self._file.with_name(self._file.name + ".tmp")
        disk = RealDisk()
        try:
            disk.write(temporary, msgspec.json.encode(entries))
            disk.replace(temporary, self._file)
        except (OSError, UnicodeEncodeError) as error:
            _LOG.warning("%s cannot be written: %s", self._title, error)
