"""When the snapshot is written: once the user pauses, and now and then while they do not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from talpose_app.errors import TalposeError

_LOG = logging.getLogger(__name__)

#: Long enough not to write while a series of labels is placed.
IDLE_S = 2.0

#: A snapshot takes longer the larger the project is; the journal holds what it lacks.
LONGEST_S = 30.0

#: Pause after the disk has refused.
RETRY_S = 5.0


class AutosavePolicy:
    """Says when to save. Knows no clock: times are given, in seconds of any steady one."""

    def __init__(
        self, idle_s: float = IDLE_S, longest_s: float = LONGEST_S, retry_s: float = RETRY_S
    ) -> None:
        self._idle_s = idle_s
        self._longest_s = longest_s
        self._retry_s = retry_s
        self._first: float | None = None
        self._due: float | None = None

    @property
    def due(self) -> float | None:
        """When to save next; None if there is nothing to save."""
        return self._due

    def changed(self, now: float) -> None:
        """An edit was made."""
        if self._first is None:
            self._first = now
        self._due = min(now + self._idle_s, self._first + self._longest_s)

    def saving(self) -> None:
        """A save begins; what changes from now on needs another one."""
        self._first = self._due = None

    def failed(self, now: float) -> None:
        """The save failed."""
        self._first = now
        self._due = now + self._retry_s


class Autosave:
    """A thread that calls ``save`` when the policy says so."""

    def __init__(self, save: Callable[[], None], policy: AutosavePolicy | None = None) -> None:
        self._save = save
        self._policy = policy or AutosavePolicy()
        self._woken = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="autosave", daemon=True)
        self._thread.start()

    def changed(self) -> None:
        """Tell that there is something to save; never blocks for long."""
        with self._woken:
            self._policy.changed(time.monotonic())
            self._woken.notify_all()

    def close(self) -> None:
        """End the thread; a save under way is waited for."""
        with self._woken:
            self._is_closed = True
            self._woken.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while self._wait_until_due():
            try:
                self._save()
            except TalposeError as error:
                _LOG.warning("autosave: %s", error)
                with self._woken:
                    self._policy.failed(time.monotonic())

    def _wait_until_due(self) -> bool:
        """Sleep until it is time to save; False once closed."""
        with self._woken:
            while not self._is_closed:
                due = self._policy.due
                wait_s = None if due is None else due - time.monotonic()
                if wait_s is not None and wait_s <= 0:
                    self._policy.saving()
                    return True
                self._woken.wait(wait_s)
        return False
