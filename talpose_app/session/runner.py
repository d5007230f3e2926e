"""Runs: started on the engine, steered while labels change, ended as one undoable step."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol, Unpack

from talpose_app.errors import TalposeError, UsageError
from talpose_app.model.edits import Batch, ChangeRuns, ChangeTracks, Edit
from talpose_app.model.track import Track
from talpose_app.model.video import VideoInfo
from talpose_app.session.editor import Editor
from talpose_app.session.events import (
    ProjectChanged,
    RunChanged,
    RunError,
    RunStatus,
    SessionEvent,
    TracksStreamed,
)
from talpose_app.session.run_in_progress import RunInProgress, StatusChanges
from talpose_app.session.run_options import RunOptions, label_table, request_for
from talpose_app.session.run_result import RunResult
from talpose_app.tracking.engine_messages import (
    EngineEvent,
    EngineReady,
    JobFailed,
    JobFinished,
    JobUpdate,
    StartJob,
)
from talpose_app.tracking.labels import LabelTable

#: Job ids are unique in the process: one engine serves one session after another.
_job_ids = itertools.count(1)


class Engine(Protocol):
    """What runs jobs; ``engine_client.EngineClient`` is one."""

    def submit(self, job: StartJob, listener: Callable[[EngineEvent], None]) -> None:
        """Queue a job; ``listener`` hears its events on another thread."""
        ...

    def amend(self, job_id: int, labels: LabelTable) -> None:
        """Give a running job new labels."""
        ...

    def pause(self, job_id: int) -> None:
        """Hold a job between two steps."""
        ...

    def resume(self, job_id: int) -> None:
        """Go on with a held job."""
        ...

    def stop(self, job_id: int) -> None:
        """End a job soon."""
        ...


class Runner:
    """The runs of one session, one at a time. Thread-safe."""

    def __init__(self, editor: Editor, engine: Engine) -> None:
        self._editor = editor
        self._engine = engine
        self._run: RunInProgress | None = None
        self._kept: tuple[int, Edit] | None = None
        self._unsaved: RunInProgress | None = None
        self._changed = threading.Condition(editor.lock)
        editor.subscribers.add(self._on_session_event)

    @property
    def status(self) -> RunStatus | None:
        """The run under way, or the last one of this session."""
        run = self._run
        return None if run is None else run.status

    # ----------------------------------------------------------- commands

    def start(self, options: RunOptions, video: VideoInfo | None = None) -> RunStatus:
        """Start a run.

        Args:
            options: What is asked for.
            video: The file that is read, where it is another one than the labels' own; what the engine
                remembers of a video goes by its content.

        Raises:
            UsageError: One is under way, or there is nothing to track from.
            ProjectError: The project is read-only, or the last run's tracks are not saved yet.
            EngineError: The engine cannot be started.
        """
        with self._editor.lock:
            self._editor.check_writable()
            if self._run is not None and self._run.status.is_active:
                raise UsageError("A run is under way.", hint="Stop it first.")
            self.save_unsaved()
            project = self._editor.project
            request = request_for(project, options, video)
            refine = options.refine_options
            status = RunStatus(
                project.next_run_id(),
                options.kind,
                tracker=options.tracker,
                device=options.device,
                n_steps=0 if refine is None else refine.n_steps,
            )
            result = RunResult(request.labels.points, request.n_frames)
            run = RunInProgress(next(_job_ids), options, request, status, result, self._editor.revision)
            self._engine.submit(StartJob(run.job_id, request, refine), partial(self._on_engine_event, run))
            self._run, self._kept = run, None
            self._tell(run)
            return run.status

    def pause(self) -> None:
        """Hold the run between two steps; nothing happens if none is running."""
        with self._editor.lock:
            run = self._active()
            if run is not None and run.status.state in ("starting", "running"):
                self._engine.pause(run.job_id)
                self._set(run, state="paused")

    def resume(self) -> None:
        """Go on with a paused run; nothing happens if none is paused."""
        with self._editor.lock:
            run = self._active()
            if run is not None and run.status.state == "paused":
                self._engine.resume(run.job_id)
                self._set(run, state="running")

    def stop(self) -> None:
        """End the run after its step and keep its best tracks; nothing happens if none is under way."""
        with self._editor.lock:
            run = self._active()
            if run is not None and run.status.state != "stopping":
                self._engine.stop(run.job_id)
                self._set(run, state="stopping")

    def revert(self) -> None:
        """Discard the run under way, or take back what the last one did to the tracks.

        Raises:
            UsageError: There is no run to take back, or its tracks were changed since.
            ProjectError: It cannot be saved.
        """
        with self._editor.lock:
            run = self._active()
            if run is not None:
                self._engine.stop(run.job_id)
                self._set(run, state="done", was_reverted=True)
                return
            self._take_back()
            if self._run is not None:
                self._set(self._run, was_reverted=True)

    def wait(self, timeout_s: float | None = None) -> RunStatus | None:
        """Wait for the run to end.

        Returns:
            The status at its end, or after ``timeout_s``; None if there was no run.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._active() is None, timeout_s)
            return self.status

    def save_unsaved(self) -> None:
        """Try again to save the tracks of a run that the disk refused.

        Raises:
            ProjectError: It refuses still.
        """
        with self._editor.lock:
            run = self._unsaved
            if run is not None:
                self._keep(run)
                self._unsaved = None
                if run is self._run:
                    self._set(run, state="done", error=None)

    def close(self) -> None:
        """End the run, keeping its best tracks; what the engine says later is not heard."""
        with self._editor.lock:
            run = self._active()
            if run is not None:
                self._engine.stop(run.job_id)
                self._finish(run, None, was_stopped=True)

    # ----------------------------------------------------------- listening

    def _on_session_event(self, event: SessionEvent) -> None:
        """Send corrections on to the run under way."""
        run = self._active()
        if run is None or not isinstance(event, ProjectChanged):
            return
        before, after = event.before.labels, event.after.labels
        if any(before.get(point) is not after.get(point) for point in run.points):
            run.amend(event.revision)
            self._engine.amend(run.job_id, label_table(event.after, run.points))

    def _on_engine_event(self, run: RunInProgress, event: EngineEvent) -> None:
        with self._editor.lock:
            if run is not self._active() or isinstance(event, EngineReady):
                return  # It was discarded meanwhile.
            match event:
                case JobFinished():
                    self._finish(run, None, was_stopped=event.was_stopped)
                case JobFailed():
                    self._finish(run, RunError(event.code, event.message, event.hint), was_stopped=False)
                case _:
                    run.take(event)
                    if isinstance(event, JobUpdate):
                        points = run.result.points_of(event.update)
                        streamed = TracksStreamed(run.status.run_id, event.update, points)
                        self._editor.subscribers.tell(streamed)
                    self._tell(run)

    # ------------------------------------------------------------- endings

    def _finish(self, run: RunInProgress, error: RunError | None, *, was_stopped: bool) -> None:
        """Keep the best tracks as one step, and say how the run ended."""
        run.change(was_stopped=was_stopped)
        if not run.result.is_empty:
            try:
                self._keep(run)
            except TalposeError as refusal:
                self._unsaved = run
                message = f"The tracks are not saved yet: {refusal.message}"
                error = RunError(
                    refusal.code, message, f"{refusal.hint} It is tried again by itself.".strip()
                )
            else:
                error = error and _with_kept(error, run.status.best_step)
        self._set(run, state="done" if error is None else "failed", error=error)

    def _keep(self, run: RunInProgress) -> None:
        edit = run.result.to_edit(self._editor.project, run.to_run())
        _, inverse = edit.apply(self._editor.project)
        revision = self._editor.apply(run.title, edit)
        self._kept = (revision, inverse)

    def _take_back(self) -> None:
        if self._kept is None:
            raise UsageError("There is no run to take back.", hint="Use undo for earlier changes.")
        revision, inverse = self._kept
        step = self._editor.history.undo_step
        if step is not None and step.revision == revision:
            self._editor.undo()
        else:
            assert self._run is not None
            self._editor.apply(f"Revert {self._run.title.lower()}", self._inverse_now(self._run, inverse))
        self._kept = None

    def _inverse_now(self, run: RunInProgress, inverse: Edit) -> Edit:
        """The edit that takes the run's tracks back after other edits; labels placed since stay."""
        project = self._editor.project
        if all(kept.run_id != run.status.run_id for kept in project.runs):
            raise UsageError("The run was taken back already.")
        assert isinstance(inverse, Batch)
        tracks = next(part for part in inverse.edits if isinstance(part, ChangeTracks))
        if any(
            project.has_point(point) and not _is_from(project.tracks.get(point), run.status.run_id)
            for point, _ in tracks.changes
        ):
            raise UsageError("The tracks were changed since the run.", hint="Use undo, step by step.")
        runs = tuple(kept for kept in project.runs if kept.run_id != run.status.run_id)
        changes = tuple((point, track) for point, track in tracks.changes if project.has_point(point))
        return Batch((ChangeTracks(changes), ChangeRuns(runs)))

    def _active(self) -> RunInProgress | None:
        run = self._run
        return run if run is not None and run.status.is_active else None

    def _set(self, run: RunInProgress, **changes: Unpack[StatusChanges]) -> None:
        run.change(**changes)
        self._tell(run)

    def _tell(self, run: RunInProgress) -> None:
        self._editor.subscribers.tell(RunChanged(run.status))
        self._changed.notify_all()


def _is_from(track: Track | None, run_id: int) -> bool:
    """Whether the run made it, wholly or in part, and nothing has changed it since."""
    return track is not None and run_id == max((span.run_id for span in track.provenance), default=None)


def _with_kept(error: RunError, best_step: int) -> RunError:
    kept = f"The tracks of step {best_step} are kept." if best_step else "The tracks until then are kept."
    return RunError(error.code, f"{error.message} {kept}", error.hint)
