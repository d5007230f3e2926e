"""A cache bounded by bytes; the entry not used for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class ByteCache(Generic[KeyT, ValueT]):
    """Keeps values until their sizes sum up to more than the budget. Thread-safe.

    Args:
        max_bytes: The budget; the newest value stays even where it alone exceeds it.
        size_of: Tells the bytes of a value.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[ValueT], int]) -> None:
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._entries: OrderedDict[KeyT, ValueT] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    def __contains__(self, key: KeyT) -> bool:
        with self._lock:
            return key in self._entries

    @property
    def n_bytes(self) -> int:
        """Bytes held."""
        return self._n_bytes

    def get(self, key: KeyT) -> ValueT | None:
        """Give a value and mark it as used; None where it is not held."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: KeyT, value: ValueT) -> None:
        """Hold a value, letting go of the oldest where the budget is exceeded."""
        with self._lock:
            if key in self._entries:
                self._n_bytes -= self._size_of(self._entries.pop(key))
            self._entries[key] = value
            self._n_bytes += self._size_of(value)
            while self._n_bytes > self._max_bytes and len(self._entries) > 1:
                _, oldest = self._entries.popitem(last=False)
                self._n_bytes -= self._size_of(oldest)

    def held(self) -> list[KeyT]:
        """Give the keys held, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._entries.clear()
            self._n_bytes = 0
