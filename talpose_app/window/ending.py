"""How a program without a window ends: by Ctrl+C, or when it is asked to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ended_by_signals(on_end: Callable[[], None]) -> Generator[threading.Event]:
    """Turn SIGINT and SIGTERM into an event for the length of the block. Main thread only.

    Args:
        on_end: Called when it is set, so that whoever waits for something else looks up.

    Yields:
        Set by the first signal.
    """
    ended = threading.Event()

    def end() -> None:
        ended.set()
        on_end()

    def on_signal(signum: int, frame: FrameType | None) -> None:
        # Handlers run on the main thread, which may be just taking the very lock that setting needs.
        del signum, frame
        threading.Thread(target=end, name="end", daemon=True).start()

    previous = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield ended
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
