"""All connected pages, kept on the same state: what happens in the session is told to every one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

from talpose_app.protocol import messages
from talpose_app.protocol.codec import encode


class Page(Protocol):
    """A connected page, as far as the hub knows it."""

    def post(self, message: messages.Message, data: bytes) -> None:
        """Queue a message; ``data`` is the same message encoded."""
        ...


class Hub:
    """Who is connected, and the way from any thread to all of them.

    ``join`` and ``leave`` belong to the event loop's thread, the rest to any.
    """

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = threading.Condition()
        self._n_pages = 0

    def join(self, page: Page) -> None:
        """Tell this page too from now on."""
        self._loop = asyncio.get_running_loop()
        self._pages.append(page)
        self._count()

    def leave(self, page: Page) -> None:
        """Tell this page no more; pages that never joined are passed over."""
        if page in self._pages:
            self._pages.remove(page)
            self._count()

    def tell(self, message: messages.Message) -> None:
        """Send a message to every page, in the order of the calls; dropped when there is none."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        loop.call_soon_threadsafe(self._broadcast, message)

    def wait_for_page(self, timeout_s: float) -> bool:
        """Wait until a page is connected.

        Returns:
            Whether one is.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._n_pages > 0, timeout_s)

    def wait_until_deserted(self, grace_s: float, *, is_over: Callable[[], bool]) -> None:
        """Wait until no page has been connected for a while.

        Args:
            grace_s: How long pages may be gone: a reload, a browser that restarts.
            is_over: Ends the wait at once; looked at after ``wake``.
        """
        with self._changed:
            while not is_over():
                self._changed.wait_for(lambda: self._n_pages == 0 or is_over())
                if not self._changed.wait_for(lambda: self._n_pages > 0 or is_over(), grace_s):
                    return

    def wake(self) -> None:
        """Let waiters look at their conditions again."""
        with self._changed:
            self._changed.notify_all()

    def _broadcast(self, message: messages.Message) -> None:
        if not self._pages:
            return
        data = encode(message)
        for page in list(self._pages):
            page.post(message, data)

    def _count(self) -> None:
        with self._changed:
            self._n_pages = len(self._pages)
            self._changed.notify_all()
