"""Being asked to end by the system: a command closes its project in order, as after Ctrl+C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

#: What a system that shuts down, a scheduler and a terminal that is closed send; Windows has no SIGHUP.
_NAMES = ("SIGTERM", "SIGHUP")


class EndedBySignal(KeyboardInterrupt):
    """The program was asked to end; whoever handles Ctrl+C handles this.

    Attributes:
        number: Which signal it was.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def exit_code(self) -> int:
        """What shells say of a program that a signal ended."""
        return 128 + self.number

    def __str__(self) -> str:
        return f"ended by {signal.Signals(self.number).name}."


@contextmanager
def raised_signals() -> Generator[None]:
    """Raise ``EndedBySignal`` on the main thread when a signal comes; off the main thread nothing changes.

    A signal that is ignored, as ``nohup`` has it, or handled by somebody else stays so.
    """
    known = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    is_main = threading.current_thread() is threading.main_thread()
    ours = [n for n in known if is_main and signal.getsignal(n) is signal.SIG_DFL]

    def on_signal(number: int, frame: FrameType | None) -> NoReturn:
        del frame
        # A closing terminal sends several; the second must not cut short what keeps the results.
        for other in ours:
            signal.signal(other, signal.SIG_IGN)
        raise EndedBySignal(number)

    for number in ours:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
