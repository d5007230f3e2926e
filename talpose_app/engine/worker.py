"""The main loop of the engine process: commands in, events out, one job at a time."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from multiprocessing.connection import Connection

import torch

from talpose_app.engine.control import JobControl
from talpose_app.engine.device import pick_device
from talpose_app.engine.heap import keep_freed_memory
from talpose_app.engine.optimize import load_optimizer
from talpose_app.engine.trackers import load_tracker
from talpose_app.errors import EngineError, TalposeError
from talpose_app.tracking.engine_messages import (
    AmendLabels,
    EngineCommand,
    EngineEvent,
    EngineReady,
    JobFailed,
    JobFinished,
    JobStarted,
    JobUpdate,
    PauseJob,
    ResumeJob,
    Shutdown,
    StartJob,
    StopJob,
)
from talpose_app.tracking.tracker import RunStopped

_LOG = logging.getLogger(__name__)

#: Seconds without a job after which nobody is likely to be waiting.
_IDLE_S = 2.0

_MEMORY_HINT = "Close other programs, choose a shorter span of frames, or track fewer keypoints at a time."


def serve(connection: Connection) -> None:
    """Work until told to shut down or the app is gone.

    Args:
        connection: The engine's end of a duplex pipe; ``EngineCommand`` come in, ``EngineEvent`` go out.
    """
    keep_freed_memory()
    torch.set_num_threads(_n_threads())
    worker = _Worker(connection)
    worker.send(EngineReady(torch.__version__, pick_device("auto").type))
    threading.Thread(target=worker.listen, name="engine-listener", daemon=True).start()
    worker.work()


def _n_threads() -> int:
    """Every core this process may use, eight at most; the user's own setting counts more."""
    if "OMP_NUM_THREADS" in os.environ:
        return torch.get_num_threads()
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(8, n_cores or 1)


#: What torch and oneDNN write into a plain RuntimeError when an allocation on the CPU failed.
_NO_MEMORY = ("allocate memory", "could not create a primitive", "could not create a memory")

#: A system that cannot give this much has none to speak of.
_PROBE_BYTES = 64 << 20


def _is_short_of_memory() -> bool:
    """Ask for some: native code that gets none fails with any words, or none at all."""
    try:
        bytearray(_PROBE_BYTES)
    except MemoryError:
        return True
    return False


def _failure(job_id: int, error: Exception) -> JobFailed:
    """Say in words what went wrong."""
    is_memory = isinstance(error, MemoryError | torch.OutOfMemoryError)
    is_memory |= any(words in str(error) for words in _NO_MEMORY) or _is_short_of_memory()
    if is_memory:
        return JobFailed(job_id, "engine", "There is not enough memory for this run.", _MEMORY_HINT)
    message = f"The run failed: {type(error).__name__}: {error}."
    return JobFailed(job_id, "engine", message, "This is a fault of the program; please report it.")


def _is_device_gone(error: Exception) -> bool:
    """Whether the device failed, not the program."""
    kind = getattr(torch, "AcceleratorError", ())  # torch before 2.8 raises a plain RuntimeError
    return isinstance(error, kind) or "CUDA error" in str(error)


class _Worker:
    """The two threads' common ground: jobs waiting, and how to steer them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._jobs: queue.SimpleQueue[StartJob | None] = queue.SimpleQueue()
        self._controls: dict[int, JobControl] = {}
        self._lock = threading.Lock()

    def send(self, event: EngineEvent) -> None:
        """Send an event; if the app is gone, nobody needs it."""
        try:
            self._connection.send(event)
        except OSError:
            self._shut_down()

    def listen(self) -> None:
        """Take commands as they come, also while a job runs."""
        while True:
            try:
                command: EngineCommand = self._connection.recv()
            except (EOFError, OSError):
                command = Shutdown()
            if isinstance(command, Shutdown):
                self._shut_down()
                return
            self._take(command)

    def work(self) -> None:
        """Run jobs one after another until shut down."""
        while (job := self._next_job()) is not None:
            self.send(self._run(job, self._controls[job.job_id]))
            with self._lock:
                del self._controls[job.job_id]

    def _next_job(self) -> StartJob | None:
        """Wait for a job; None at the end. Idle time goes into what the first refinement would wait for."""
        with contextlib.suppress(queue.Empty):
            return self._jobs.get(timeout=_IDLE_S)
        load_optimizer()
        return self._jobs.get()

    def _take(self, command: EngineCommand) -> None:
        if isinstance(command, StartJob):
            with self._lock:
                self._controls[command.job_id] = JobControl(command.job_id, self.send)
            self._jobs.put(command)
            return
        assert not isinstance(command, Shutdown)
        with self._lock:
            control = self._controls.get(command.job_id)
        if control is None:
            return
        match command:
            case AmendLabels():
                control.amend(command.labels)
            case PauseJob():
                control.pause()
            case ResumeJob():
                control.resume()
            case StopJob():
                control.stop()

    def _shut_down(self) -> None:
        with self._lock:
            for control in self._controls.values():
                control.stop()
        self._jobs.put(None)

    def _run(self, job: StartJob, control: JobControl) -> EngineEvent:
        """Run one job to its end; whatever goes wrong becomes an event."""
        try:
            self._stream(job, control)
        except RunStopped:
            return JobFinished(job.job_id, was_stopped=True)
        except TalposeError as error:
            return JobFailed(job.job_id, error.code, error.message, error.hint)
        except Exception as error:
            _LOG.exception("job %d failed", job.job_id)
            if _is_device_gone(error):
                # Nothing runs on it any more in this process: it ends, and the next run gets a new one.
                raise EngineError("the graphics card stopped answering") from error
            return _failure(job.job_id, error)
        return JobFinished(job.job_id, was_stopped=False)

    def _stream(self, job: StartJob, control: JobControl) -> None:
        control.report("loading tracker", 0.0)
        tracker = load_tracker(job.request.tracker, job.request.device)
        self.send(JobStarted(job.job_id, tracker.name, tracker.weights_sha256, tracker.device))
        if job.refine is None:
            updates = tracker.track(job.request, control)
        else:
            updates = tracker.refine(job.request, job.refine, control)
        for update in updates:
            self.send(JobUpdate(job.job_id, update))
