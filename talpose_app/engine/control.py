"""How a running job hears of pause, stop and new labels: the engine's side of ``RunControl``."""

from __future__ import annotations

import threading
from collections.abc import Callable

from talpose_app.tracking.engine_messages import JobProgress
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RunStopped

#: A report is sent when it is this much farther than the last, so that a long video does not flood the pipe.
_PROGRESS_STEP = 0.01


class JobControl:
    """Steers one job. Methods of the first group are called by the listening thread, the others by the job.

    Args:
        job_id: Of the job.
        send: Sends a progress event; called by the job's thread.
    """

    def __init__(self, job_id: int, send: Callable[[JobProgress], None]) -> None:
        self.job_id = job_id
        self._send = send
        self._changed = threading.Condition()
        self._is_paused = False
        self._is_stopped = False
        self._labels: LabelTable | None = None
        self._last_report: tuple[str, float] = ("", 0.0)

    def pause(self) -> None:
        """Hold the job at its next look."""
        with self._changed:
            self._is_paused = True

    def resume(self) -> None:
        """Let a held job go on."""
        with self._changed:
            self._is_paused = False
            self._changed.notify_all()

    def stop(self) -> None:
        """End the job at its next look, held or not."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def amend(self, labels: LabelTable) -> None:
        """Hand the job new labels; only the latest count."""
        with self._changed:
            self._labels = labels

    def amended_labels(self) -> LabelTable | None:
        """See ``RunControl.amended_labels``."""
        with self._changed:
            while self._is_paused and not self._is_stopped:
                self._changed.wait()
            if self._is_stopped:
                raise RunStopped
            labels, self._labels = self._labels, None
            return labels

    def report(self, stage: str, fraction: float) -> None:
        """See ``RunControl.report``; a stop asked for meanwhile is honored here too.

        Raises:
            RunStopped: The user stopped the run.
        """
        if self._is_stopped:
            raise RunStopped
        last_stage, last_fraction = self._last_report
        if stage == last_stage and abs(fraction - last_fraction) < _PROGRESS_STEP and fraction < 1.0:
            return
        self._last_report = (stage, fraction)
        self._send(JobProgress(self.job_id, stage, fraction))
