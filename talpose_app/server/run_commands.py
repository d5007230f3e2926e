"""Commands that start and steer runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from talpose_app.errors import UsageError
from talpose_app.model.run import RunKind
from talpose_app.protocol import messages as m
from talpose_app.server.edits import points_of
from talpose_app.server.handlers import Methods
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session


@dataclass(frozen=True, slots=True)
class RunDefaults:
    """What ``auto`` means for a run started from a page.

    Attributes:
        tracker: Name or path of a checkpoint, or ``auto``.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    """

    tracker: str = "auto"
    device: str = "auto"


class RunCommands:
    """Track, refine, pause, resume, stop, revert.

    Args:
        session: The open one; raises ``TalposeError`` if there is none.
        defaults: What ``auto`` means.
        tracker_names: The trackers a page may name; a path it may not.
    """

    def __init__(
        self,
        session: Callable[[], Session],
        defaults: RunDefaults,
        tracker_names: Callable[[], frozenset[str]],
    ) -> None:
        self._session = session
        self._defaults = defaults
        self._tracker_names = tracker_names

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {
            m.StartRun: self.start_run,
            m.PauseRun: self.pause_run,
            m.ResumeRun: self.resume_run,
            m.StopRun: self.stop_run,
            m.RevertRun: self.revert_run,
        }

    def start_run(self, command: m.StartRun) -> m.Reply:
        """Track or refine; answered when the run is queued."""
        session = self._session()
        session.start_run(
            RunOptions(
                kind=RunKind(command.kind),
                points=None if command.points is None else tuple(points_of(command.points)),
                span=self._span(command, session),
                n_steps=command.n_steps,
                learning_rate=command.learning_rate,
                tracker=self._tracker(command.tracker),
                device=self._defaults.device if command.device == "auto" else command.device,
                method=command.method,
            )
        )
        return m.Done(id=command.id, revision=session.revision)

    def pause_run(self, command: m.PauseRun) -> m.Reply:
        """Hold the run between two steps."""
        self._session().pause_run()
        return m.Done(id=command.id)

    def resume_run(self, command: m.ResumeRun) -> m.Reply:
        """Go on."""
        self._session().resume_run()
        return m.Done(id=command.id)

    def stop_run(self, command: m.StopRun) -> m.Reply:
        """End the run and keep its best tracks."""
        self._session().stop_run()
        return m.Done(id=command.id)

    def revert_run(self, command: m.RevertRun) -> m.Reply:
        """End the run, or take the last one back."""
        session = self._session()
        session.revert_run()
        return m.Done(id=command.id, revision=session.revision)

    @staticmethod
    def _span(command: m.StartRun, session: Session) -> tuple[int, int] | None:
        if command.start is None and command.stop is None:
            return None
        stop = session.project.video.n_frames if command.stop is None else command.stop
        return command.start or 0, stop

    def _tracker(self, name: str) -> str:
        if name == "auto":
            return self._defaults.tracker
        if name != self._defaults.tracker and name not in self._tracker_names():
            raise UsageError(f"There is no tracker {name!r}.", hint="Choose one of the list.")
        return name
