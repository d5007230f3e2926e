"""Who listens, and how they are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

_LOG = logging.getLogger(__name__)
_Event = TypeVar("_Event")


class Subscribers(Generic[_Event]):
    """A list of callbacks, called in the order they came."""

    def __init__(self) -> None:
        self._callbacks: tuple[Callable[[_Event], None], ...] = ()

    def add(self, callback: Callable[[_Event], None]) -> Callable[[], None]:
        """Call ``callback`` from now on; the function returned ends it."""
        self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            self._callbacks = tuple(c for c in self._callbacks if c is not callback)

        return unsubscribe

    def tell(self, event: _Event) -> None:
        """Call everybody; one who fails does not keep the others from hearing."""
        for callback in self._callbacks:
            try:
                callback(event)
            except Exception:  # noqa: BLE001  an edit that is durable cannot fail because a listener did
                _LOG.exception("a subscriber failed on %s", type(event).__name__)
