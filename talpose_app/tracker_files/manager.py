"""The downloads under way: started, cancelled and followed from any thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from talpose_app.errors import TalposeError, TrackerError
from talpose_app.tracker_files.download import Download, DownloadCancelled, DownloadControl, n_bytes_begun
from talpose_app.tracking.checkpoints import KnownCheckpoint, installed_path, known_checkpoint

_LOG = logging.getLogger(__name__)

#: A page is told of progress this often at most.
_TELL_EVERY_S = 0.2

State = Literal["absent", "begun", "downloading", "checking", "failed", "installed"]


@dataclass(frozen=True, slots=True)
class FileState:
    """How a tracker's file stands.

    Attributes:
        state: ``begun`` means that a part lies there and the next download goes on from it.
        n_done: Bytes on the disk.
        n_bytes: Size of the file, as far as known; 0 if it never is downloaded.
        error: Why the last download failed.
    """

    state: State
    n_done: int = 0
    n_bytes: int = 0
    error: TalposeError | None = None


@dataclass(slots=True)
class _Job:
    cancelled: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    n_done: int = 0
    n_bytes: int = 0
    told_at: float = 0.0


class DownloadManager:
    """Runs downloads in threads of their own, one a tracker.

    Args:
        on_change: Called with the tracker's name whenever its state has changed, on any thread.
        make: Makes a download.
    """

    def __init__(
        self,
        on_change: Callable[[str], None],
        make: Callable[[KnownCheckpoint, DownloadControl], Download] = Download,
    ) -> None:
        self._on_change = on_change
        self._make = make
        self._jobs: dict[str, _Job] = {}
        self._errors: dict[str, TalposeError] = {}
        self._lock = threading.Lock()

    def state(self, known: KnownCheckpoint) -> FileState:
        """How a tracker's file stands."""
        with self._lock:
            job, error = self._jobs.get(known.name), self._errors.get(known.name)
        n_bytes = 0 if known.source is None else known.source.n_bytes
        if job is not None:
            is_over = job.n_bytes > 0 and job.n_done >= job.n_bytes
            return FileState("checking" if is_over else "downloading", job.n_done, job.n_bytes or n_bytes)
        if (path := installed_path(known)) is not None:
            size = path.stat().st_size
            return FileState("installed", size, size)
        begun = n_bytes_begun(known)
        if error is not None:
            return FileState("failed", begun, n_bytes, error)
        return FileState("begun" if begun else "absent", begun, n_bytes)

    def start(self, name: str) -> None:
        """Start a download, or go on with one. The user has accepted the licence.

        Raises:
            TrackerError: There is no such tracker, it is there already, or it is being downloaded.
        """
        known = known_checkpoint(name)
        if installed_path(known) is not None:
            raise TrackerError(f"{name} is installed already.")
        job = _Job(n_done=n_bytes_begun(known))
        download = self._make(known, DownloadControl(self._reporter(name, job), job.cancelled))
        job.thread = threading.Thread(target=self._run, args=(name, download), name="download", daemon=True)
        with self._lock:
            if name in self._jobs:
                raise TrackerError(f"{name} is being downloaded already.")
            self._jobs[name] = job
            self._errors.pop(name, None)
            job.thread.start()
        self._on_change(name)

    def cancel(self, name: str) -> None:
        """Cancel a download; what came so far is kept. Nothing happens if there is none."""
        with self._lock:
            job = self._jobs.get(name)
        if job is not None:
            job.cancelled.set()

    def close(self) -> None:
        """Cancel everything; what came so far is kept."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.cancelled.set()

    def wait(self, name: str) -> None:
        """Return when the download of that name is over."""
        with self._lock:
            job = self._jobs.get(name)
        if job is not None and job.thread is not None:
            job.thread.join()

    def _run(self, name: str, download: Download) -> None:
        error: TalposeError | None = None
        try:
            download.run()
        except DownloadCancelled:
            _LOG.info("the download of %s was cancelled", name)
        except TalposeError as caught:
            _LOG.warning("the download of %s failed: %s", name, caught)
            error = caught
        except Exception as caught:  # noqa: BLE001  the thread's boundary: the user must hear of it
            _LOG.exception("the download of %s failed", name)
            error = TrackerError(
                f"The download failed: {caught}.", hint="Please report it; the log has more."
            )
        with self._lock:
            del self._jobs[name]
            if error is not None:
                self._errors[name] = error
        self._on_change(name)

    def _reporter(self, name: str, job: _Job) -> Callable[[int, int], None]:
        def report(n_done: int, n_bytes: int) -> None:
            job.n_done, job.n_bytes = n_done, n_bytes
            moment = time.monotonic()
            if moment - job.told_at >= _TELL_EVERY_S or n_done == n_bytes:
                job.told_at = moment
                self._on_change(name)

        return report
