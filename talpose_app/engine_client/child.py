"""What runs first in the engine process: it finds the worker and hands it the pipe."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast

from talpose_app.errors import TalposeError
from talpose_app.paths import user_state_dir


@dataclass(frozen=True, slots=True)
class WorkerCrashed:
    """The worker could not be imported, or raised; the process ends.

    Attributes:
        reason: One line for the user.
        details: The traceback, for the log.
    """

    reason: str
    details: str


def run(worker: str, connection: Connection) -> None:
    """Serve as the engine until the worker returns.

    Args:
        worker: ``package.module:function``; the function is given ``connection``.
        connection: The engine's end of the pipe.
    """
    # Ctrl-C in a terminal and its closing reach every process there; only the app decides what they mean.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Threads that spin while they wait make a step ten times as slow when other programs want the same cores.
    # Read once, when torch's OpenMP is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    threading.Thread(target=_end_with_the_app, name="app-watch", daemon=True).start()
    _note_native_crashes()
    try:
        module, _, function = worker.partition(":")
        serve = cast("Callable[[Connection], None]", getattr(importlib.import_module(module), function))
        serve(connection)
    except Exception as error:  # noqa: BLE001  the boundary of the process: the app tells the user
        _report(connection, error)
        sys.exit(1)


def _note_native_crashes() -> None:
    """Let native code that crashes leave its stack beside the log: no Python runs any more then."""
    with contextlib.suppress(OSError):
        path = user_state_dir() / "log" / "engine-crash.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Open as long as the process lives.
        faulthandler.enable(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))


def _report(connection: Connection, error: Exception) -> None:
    kind = "" if isinstance(error, TalposeError) else f"{type(error).__name__}: "
    reason = f"{kind}{error}".splitlines()[0]
    try:
        connection.send(WorkerCrashed(reason, traceback.format_exc()))
    except OSError:
        return  # The app is gone; nobody is left to tell.


def _end_with_the_app() -> None:
    """An engine whose app was killed would go on computing for nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
