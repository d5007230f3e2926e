"""The engine as the session knows it: submit a job, hear its events, steer it, outlive it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from talpose_app.engine_client.process import EngineProcess
from talpose_app.errors import EngineError
from talpose_app.tracking.engine_messages import (
    AmendLabels,
    EngineCommand,
    EngineEvent,
    EngineReady,
    JobFailed,
    JobFinished,
    PauseJob,
    ResumeJob,
    StartJob,
    StopJob,
)
from talpose_app.tracking.labels import LabelTable

Listener = Callable[[EngineEvent], None]

#: Where the engine's main loop is.
DEFAULT_WORKER = "talpose_app.engine.worker:serve"

_DEATH_HINT = (
    "The work is safe; start the run again. If memory ran out, close other programs before, or choose "
    "a shorter span or fewer keypoints. If the graphics card failed, choose the CPU."
)


class EngineClient:
    """Starts the engine when it is needed, and again when it has died. Thread-safe.

    Args:
        worker: ``package.module:function`` that serves in the process.
        stop_grace_s: How long a job may take to stop before its process is killed.
    """

    def __init__(self, worker: str = DEFAULT_WORKER, *, stop_grace_s: float = 5.0) -> None:
        self._worker = worker
        self._stop_grace_s = stop_grace_s
        self._lock = threading.RLock()
        self._process: EngineProcess | None = None
        self._listeners: dict[int, Listener] = {}
        self._stopping: dict[int, threading.Timer] = {}
        self._is_closed = False
        self._ready: EngineReady | None = None
        self._has_said_ready = threading.Event()

    @property
    def ready(self) -> EngineReady | None:
        """What the engine said when it had loaded; None before."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """Id of the engine process; None if there is none."""
        with self._lock:
            return None if self._process is None else self._process.pid

    def wait_until_ready(self, timeout_s: float) -> EngineReady | None:
        """Wait for the engine to have loaded; None if it has not by then."""
        self._has_said_ready.wait(timeout_s)
        return self._ready

    def start(self) -> None:
        """Start the process if there is none; returns before it has loaded.

        Raises:
            EngineError: The client is closed, or the system gives no process.
        """
        with self._lock:
            self._running_process()

    def submit(self, job: StartJob, listener: Listener) -> None:
        """Queue a job.

        Args:
            job: With an id not used before.
            listener: Gets the job's events on the reader thread, ``JobFinished`` or ``JobFailed`` last.

        Raises:
            EngineError: The client is closed, or the system gives no process.
        """
        with self._lock:
            process = self._running_process()
            self._listeners[job.job_id] = listener
            process.send(job)

    def amend(self, job_id: int, labels: LabelTable) -> None:
        """Give a running job new labels."""
        self._send(AmendLabels(job_id, labels))

    def pause(self, job_id: int) -> None:
        """Hold a job between two steps."""
        self._send(PauseJob(job_id))

    def resume(self, job_id: int) -> None:
        """Go on with a held job."""
        self._send(ResumeJob(job_id))

    def stop(self, job_id: int) -> None:
        """End a job soon: after its step, or by killing the process when that takes too long."""
        with self._lock:
            if job_id not in self._listeners or job_id in self._stopping:
                return
            timer = threading.Timer(self._stop_grace_s, self._kill_for, [job_id])
            timer.daemon = True
            self._stopping[job_id] = timer
            timer.start()
            self._send(StopJob(job_id))

    def close(self) -> None:
        """End the process; jobs under way hear nothing more. A second call does nothing."""
        with self._lock:
            self._is_closed = True
            process, self._process = self._process, None
            self._listeners.clear()
            for timer in self._stopping.values():
                timer.cancel()
            self._stopping.clear()
        if process is not None:
            process.close(grace_s=1.0)

    def _running_process(self) -> EngineProcess:
        if self._is_closed:
            raise EngineError("The engine is shut down.")
        if self._process is None:
            try:
                self._process = EngineProcess(self._worker, self._on_event, self._on_death)
            except OSError as error:
                raise EngineError(
                    f"The engine cannot be started ({error.strerror or error}).",
                    hint="Close other programs and try again.",
                ) from error
        return self._process

    def _send(self, command: EngineCommand) -> None:
        with self._lock:
            if self._process is not None:
                self._process.send(command)

    def _kill_for(self, job_id: int) -> None:
        with self._lock:
            if job_id in self._listeners and self._process is not None:
                self._process.kill()

    def _on_event(self, event: EngineEvent) -> None:
        if isinstance(event, EngineReady):
            self._ready = event
            self._has_said_ready.set()
            return
        with self._lock:
            listener = self._listeners.get(event.job_id)
            if isinstance(event, JobFinished | JobFailed):
                self._forget(event.job_id)
        if listener is not None:
            listener(event)

    def _forget(self, job_id: int) -> None:
        self._listeners.pop(job_id, None)
        timer = self._stopping.pop(job_id, None)
        if timer is not None:
            timer.cancel()

    def _on_death(self, process: EngineProcess, reason: str) -> None:
        with self._lock:
            if self._process is process:
                self._process = None
            listeners = dict(self._listeners)
            stopping = set(self._stopping)
            for job_id in listeners:
                self._forget(job_id)
        for job_id, listener in listeners.items():
            if job_id in stopping:
                listener(JobFinished(job_id, was_stopped=True))
            else:
                listener(JobFailed(job_id, EngineError.code, reason, _DEATH_HINT))
