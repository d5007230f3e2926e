"""Commands on their way to the engine: whoever sends one never waits for the engine to read it."""

from __future__ import annotations

import threading
from collections import deque

from talpose_app.tracking.engine_messages import AmendLabels, EngineCommand


class Outbox:
    """A queue of commands. Of several amendments of a job only the newest is kept."""

    def __init__(self) -> None:
        self._commands: deque[EngineCommand] = deque()
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, command: EngineCommand) -> None:
        """Add a command; never blocks."""
        with self._changed:
            if isinstance(command, AmendLabels):
                waiting = [
                    c
                    for c in self._commands
                    if not (isinstance(c, AmendLabels) and c.job_id == command.job_id)
                ]
                self._commands = deque(waiting)
            self._commands.append(command)
            self._changed.notify_all()

    def get(self) -> EngineCommand | None:
        """Wait for the next command; None once the outbox is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._commands or self._is_closed)
            return self._commands.popleft() if self._commands else None

    def close(self) -> None:
        """Let ``get`` return None when nothing is left."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
