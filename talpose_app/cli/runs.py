"""Starting a run and following it to its end; what ``track``, ``refine`` and ``demo`` share."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import click

from talpose_app.cli.command import debug_option, json_option, read_names, read_span
from talpose_app.cli.open_app import DEVICES
from talpose_app.cli.output import Progress, warn, warn_of
from talpose_app.cli.projects import find_points
from talpose_app.errors import TalposeError

if TYPE_CHECKING:
    from talpose_app.model.held_out import HeldOutSummary
    from talpose_app.model.label import PointId
    from talpose_app.model.project import Project
    from talpose_app.session.events import RunStatus, SessionEvent
    from talpose_app.session.run_options import RunOptions
    from talpose_app.session.session import Session
    from talpose_app.tracking.tracker import RunUpdate

_F = TypeVar("_F", bound=Callable[..., object])

#: How long an interrupted run may take to end: longer than the engine's own grace, after which it is killed.
_STOP_TIMEOUT_S = 15.0


def run_options(function: _F) -> _F:
    """Add the options that ``track`` and ``refine`` share."""
    names = "Only these, separated by commas; default: all labeled ones."
    for add in (
        debug_option,
        json_option,
        click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where to run."),
        click.option("--tracker", default="auto", metavar="NAME|PATH", help="See talpose models list."),
        click.option(
            "--span", callback=read_span, metavar="START:STOP", help="Only these frames, half-open."
        ),
        click.option("--keypoints", callback=read_names, metavar="A,B", help=names),
    ):
        function = add(function)
    return function


def find_span(project: Project, span: tuple[int | None, int | None] | None) -> tuple[int, int] | None:
    """Fill in the sides of a span that were left out; None for the whole video."""
    if span is None:
        return None
    return span[0] or 0, project.video.n_frames if span[1] is None else span[1]


def find_run_points(project: Project, names: tuple[str, ...] | None) -> tuple[PointId, ...] | None:
    """Return the labeled points of these keypoints, of all individuals; None for None.

    Raises:
        TalposeError: A keypoint does not exist, or none of its points is labeled.
    """
    points = find_points(project, names)
    if points is None or names is None:
        return None
    labeled = tuple(point for point in points if point in project.labels)
    without = {point.keypoint_id for point in points} - {point.keypoint_id for point in labeled}
    if without:
        name = project.skeleton.keypoint(min(without)).name
        raise TalposeError(f"Keypoint {name!r} has no label to track from.", hint="Place one first.")
    return labeled


class RunFollower:
    """Follows one run of a session from the calling thread.

    Args:
        session: The open project.
        title: Shown before the progress bar.
        quiet: No progress bar even on a terminal.
        on_step: Called once for each optimization step, with what is known of the error then.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        *,
        quiet: bool = False,
        on_step: Callable[[RunUpdate, HeldOutSummary | None], None] | None = None,
    ) -> None:
        self._session = session
        self._progress = Progress(title, enabled=not quiet)
        self._on_step = on_step
        self._last_step = 0
        self._untold: RunUpdate | None = None

    def run(self, options: RunOptions) -> RunStatus:
        """Run to the end. Ctrl+C or a closed stdout stops the run, keeps what is whole, and is passed on.

        Raises:
            TalposeError: The run could not start, or failed.
        """
        events: SimpleQueue[SessionEvent] = SimpleQueue()
        unsubscribe = self._session.subscribe(events.put)
        try:
            with self._progress:
                status = self._session.start_run(options)
                while status.is_active:
                    status = self._take(events.get(), status)
        except (KeyboardInterrupt, BrokenPipeError):
            self._stop()
            raise
        finally:
            unsubscribe()
        if status.error is not None:
            raise TalposeError(status.error.message, hint=status.error.hint)
        return status

    def _take(self, event: SessionEvent, status: RunStatus) -> RunStatus:
        from talpose_app.session.events import Noticed, RunChanged, TracksStreamed

        if isinstance(event, RunChanged):
            self._tell_step(event.status)
            self._show(event.status)
            return event.status
        if isinstance(event, TracksStreamed) and event.update.step > self._last_step:
            self._last_step = event.update.step
            self._untold = event.update
        if isinstance(event, Noticed):
            warn_of(event)
        return status

    def _tell_step(self, status: RunStatus) -> None:
        """Tell of the step whose tracks came before this status, which knows the error too."""
        update, self._untold = self._untold, None
        if update is not None and self._on_step is not None:
            self._on_step(update, status.held_out)

    def _show(self, status: RunStatus) -> None:
        if status.losses:
            self._progress.show(status.step, status.n_steps, f"loss {status.losses[-1]:.4g}")
        else:
            self._progress.show(round(100 * status.fraction), 100, title=status.stage)

    def _stop(self) -> None:
        from talpose_app.model.run import RunKind

        run = self._session.run
        if run is None or not run.is_active:
            return
        self._session.stop_run()
        self._session.wait_for_run(_STOP_TIMEOUT_S)
        kept = "the best tracks so far are" if run.kind is RunKind.REFINE else "what was tracked so far is"
        warn(f"stopped; {kept} kept.")
