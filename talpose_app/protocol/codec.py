"""Messages to bytes and back: msgpack on the wire, typed validation behind it.

What comes from the page is not trusted: size, depth and lengths are bounded
before anything is built, and numbers must be finite. What the server sends is
its own and only encoded.
"""

from __future__ import annotations

import math
from types import UnionType
from typing import cast

import msgpack
import msgspec

from talpose_app.errors import ProtocolError
from talpose_app.protocol import messages
from talpose_app.protocol.messages import Command, Message

#: A command is a few numbers and names; the largest is a paste of some ten thousand labels.
MAX_COMMAND_BYTES = 4 << 20
#: Items of one list; more labels than anybody sets in one step.
MAX_ITEMS = 100_000
#: Fields of one map; the largest message has ten, view settings some dozens.
MAX_FIELDS = 256
#: Characters of one text, in UTF-8 bytes: names, titles, format names.
MAX_TEXT_BYTES = 4096
#: Maps and lists inside each other: a command holds a list of label maps.
MAX_DEPTH = 6


class CommandError(ProtocolError):
    """A command that cannot be understood.

    Attributes:
        command_id: The command's id, so that it can be answered; None if that cannot be read either.
    """

    def __init__(self, message: str, command_id: int | None = None) -> None:
        super().__init__(message, hint="Reload the page; it may be older than the app.")
        self.command_id = command_id


def encode(message: Message) -> bytes:
    """Write a message as msgpack; byte fields stay raw bytes."""
    plain = msgspec.to_builtins(message, builtin_types=(bytes,))
    return cast("bytes", msgpack.packb(plain, use_bin_type=True))


def decode_command(data: bytes) -> Command:
    """Read a command that came from a page.

    Args:
        data: One msgpack map.

    Returns:
        The command, of its own class, every number finite.

    Raises:
        CommandError: It is too large, too deep, not msgpack, or no known command.
    """
    plain = _unpack(data)
    command_id = _id_of(plain)
    _check_values(plain, command_id)
    try:
        return cast("Command", msgspec.convert(plain, type=_COMMANDS))
    except msgspec.ValidationError as error:
        raise CommandError(f"The message is not a known command: {error}.", command_id) from error


def _unpack(data: bytes) -> object:
    if len(data) > MAX_COMMAND_BYTES:
        raise CommandError(f"The message has {len(data)} bytes; at most {MAX_COMMAND_BYTES} are accepted.")
    try:
        return cast(
            "object",
            msgpack.unpackb(
                data,
                raw=False,
                strict_map_key=True,
                max_str_len=MAX_TEXT_BYTES,
                max_bin_len=0,
                max_ext_len=0,
                max_array_len=MAX_ITEMS,
                max_map_len=MAX_FIELDS,
            ),
        )
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise CommandError(
            f"The message is not valid msgpack: {str(error) or type(error).__name__}."
        ) from error


def _id_of(plain: object) -> int | None:
    if not isinstance(plain, dict):
        return None
    found = cast("dict[object, object]", plain).get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _check_values(plain: object, command_id: int | None) -> None:
    """Refuse what is nested too deep, and numbers that are not finite, at any depth."""
    level: list[object] = [plain]
    for _ in range(MAX_DEPTH):
        if not all(math.isfinite(value) for value in level if isinstance(value, float)):
            raise CommandError("The message holds a number that is not finite.", command_id)
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise CommandError(f"The message is nested deeper than {MAX_DEPTH} levels.", command_id)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[object, object]", value).values())
    if isinstance(value, list):
        return cast("list[object]", value)
    return []


def command_types() -> tuple[type[Command], ...]:
    """Every command there is, in the order of ``messages``."""
    found = [value for value in vars(messages).values() if isinstance(value, type)]
    return tuple(value for value in found if issubclass(value, Command) and value is not Command)


def _one_of(types: tuple[type[Command], ...]) -> object:
    """The union of the types: what ``msgspec.convert`` chooses from, by the ``type`` field."""
    union: object = types[0]
    for command in types[1:]:
        union = cast("UnionType", union) | command
    return union


_COMMANDS = _one_of(command_types())
