"""What waits to be sent to one page: in order, bounded, with old states giving way to new ones.

No sockets here. A page that keeps up gets every message. For one that does not,
a picture or a state that a newer one replaces is dropped; the newest of each
kind never is.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import count

from talpose_app.protocol import messages

#: Waiting track updates of one run beyond which a page counts as slow.
SLOW_UPDATES = 8
#: Waiting bytes beyond which a page counts as slow; half a second on a slow machine.
SLOW_BYTES = 4 << 20
#: Waiting bytes beyond which a page is given up: it reconnects and gets the whole state at once.
MAX_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class _Waiting:
    data: bytes
    topic: Hashable
    is_update: bool


class Outbox:
    """The queue of one page. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._numbers = count()
        self._n_bytes = 0
        self._has_some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_overfull(self) -> bool:
        """Whether the page has stopped reading for good."""
        return self._n_bytes > MAX_BYTES

    def put(self, message: messages.Message, data: bytes) -> None:
        """Add a message.

        Args:
            message: What is sent; decides what it replaces.
            data: The same, encoded; shared by all pages.
        """
        is_update = isinstance(message, messages.TrackUpdate)
        waiting = _Waiting(data, _topic(message), is_update)
        if waiting.topic is not None and (not is_update or self._is_slow()):
            self._drop(waiting.topic)
        self._waiting[next(self._numbers)] = waiting
        self._n_bytes += len(data)
        self._has_some.set()

    async def take(self) -> bytes:
        """Wait for the next message and remove it."""
        await self._has_some.wait()
        _, waiting = self._waiting.popitem(last=False)
        self._n_bytes -= len(waiting.data)
        if not self._waiting:
            self._has_some.clear()
        return waiting.data

    def _is_slow(self) -> bool:
        n_updates = sum(waiting.is_update for waiting in self._waiting.values())
        return n_updates >= SLOW_UPDATES or self._n_bytes > SLOW_BYTES

    def _drop(self, topic: Hashable) -> None:
        for number in [n for n, waiting in self._waiting.items() if waiting.topic == topic]:
            self._n_bytes -= len(self._waiting.pop(number).data)


def _topic(message: messages.Message) -> Hashable:
    """What the message is the newest state of; None for messages that each count.

    Track updates replace each other only if they cover the same points and frames.
    """
    match message:
        case messages.TrackUpdate():
            return "tracks", message.run_id, message.start, message.positions.shape, tuple(message.points)
        case messages.RunChanged():
            return "run", message.run.run_id
        case messages.SaveChanged():
            return "save"
        case messages.TrackersChanged():
            return "trackers"
        case messages.Frame():
            return "frame"
        case _:
            return None
