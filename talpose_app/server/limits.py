"""What one connection may do: how long it may take to say hello, how many commands it may send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that no page reaches; what goes beyond is not a page, or one gone wrong.

    Attributes:
        hello_s: A page says hello as soon as its line is open; a busy machine may take seconds.
        commands_per_s: A drag on a fast screen sends some hundred commands a second, labels and pictures.
        burst: Commands at once. A page that comes back sends again what was not acknowledged.
    """

    hello_s: float = 10.0
    commands_per_s: float = 1000.0
    burst: int = 5000


class TokenBucket:
    """Lets through so many at once, and so many a second from then on.

    Args:
        rate: Tokens that come back each second.
        size: Tokens it holds; it starts full.
        clock: Seconds, never going back.
    """

    def __init__(self, rate: float, size: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._size = size
        self._clock = clock
        self._tokens = float(size)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one token.

        Returns:
            Whether there was one.
        """
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
