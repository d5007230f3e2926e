"""One life of the engine process: a pipe, a thread that reads it and one that writes it."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import cast

from talpose_app.engine_client import child
from talpose_app.engine_client.outbox import Outbox
from talpose_app.tracking.engine_messages import EngineCommand, EngineEvent, Shutdown

_LOG = logging.getLogger(__name__)


class EngineProcess:
    """A running engine. ``on_event`` and ``on_death`` are called on its reader thread.

    Args:
        worker: ``package.module:function`` to serve in the process.
        on_event: Gets every event, in order.
        on_death: Gets the reason, a sentence, after the last event; not called after ``close``.
    """

    def __init__(
        self,
        worker: str,
        on_event: Callable[[EngineEvent], None],
        on_death: Callable[[EngineProcess, str], None],
    ) -> None:
        self._on_event = on_event
        self._on_death = on_death
        self._outbox = Outbox()
        self._is_closing = False
        self._crash: child.WorkerCrashed | None = None
        # Spawn: the engine inherits no lock, thread or file of the app.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=child.run, args=(worker, theirs), name="talpose-engine", daemon=True
        )
        try:
            self._process.start()
        finally:
            # A second open end here would hide the engine's death.
            theirs.close()
        self._reader = threading.Thread(target=self._read, name="engine-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="engine-writer", daemon=True)
        self._reader.start()
        self._writer.start()

    @property
    def pid(self) -> int:
        """Id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def send(self, command: EngineCommand) -> None:
        """Queue a command; never blocks."""
        self._outbox.put(command)

    def kill(self) -> None:
        """End the process at once; ``on_death`` follows."""
        self._process.kill()

    def close(self, grace_s: float) -> None:
        """End the process: politely, and after ``grace_s`` seconds by force. A second call does nothing."""
        if self._is_closing:
            return
        self._is_closing = True
        self._outbox.put(Shutdown())
        self._outbox.close()
        self._process.join(grace_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        for thread in (self._reader, self._writer):
            if thread is not threading.current_thread():
                thread.join()
        self._process.close()

    def _write(self) -> None:
        while (command := self._outbox.get()) is not None:
            try:
                self._connection.send(command)
            except OSError:
                return  # The engine died; the reader tells.

    def _read(self) -> None:
        while True:
            ready = wait([self._connection, self._process.sentinel])
            # Events sent before the end are read before the end is told.
            if self._connection in ready:
                try:
                    self._deliver(self._connection.recv())
                except (EOFError, OSError):
                    break
            else:
                break
        self._outbox.close()
        self._process.join()
        self._connection.close()
        if not self._is_closing:
            reason = self._reason()
            _LOG.error("%s", reason)
            self._on_death(self, reason)

    def _deliver(self, event: object) -> None:
        if isinstance(event, child.WorkerCrashed):
            _LOG.error("engine: %s", event.details)
            self._crash = event
            return
        try:
            self._on_event(cast("EngineEvent", event))
        except Exception:  # noqa: BLE001  listeners are not ours, and the log has it all
            # A listener's fault must not leave the engine with a full pipe.
            _LOG.exception("a listener failed on %s", type(event).__name__)

    def _reason(self) -> str:
        if self._crash is not None:
            return f"The engine failed ({self._crash.reason})."
        code = self._process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return f"The engine was ended by the system ({name})."
        return f"The engine ended unexpectedly (exit code {code})."
