"""From a session to the wire: the whole state for a page that comes, each event for those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from talpose_app.model.project import Project
from talpose_app.protocol import messages
from talpose_app.protocol.parts import PaceState, VideoState, WantedVideoState
from talpose_app.server import convert
from talpose_app.server.entries import Entries
from talpose_app.session import events
from talpose_app.session.session import Session
from talpose_app.session.workspace import WantedVideo


def project_state(session: Session, paces: Sequence[PaceState] = ()) -> messages.ProjectState:
    """Everything the page needs to show a project, and to tell how long runs will take."""
    project = session.project
    folder = session.path.parent
    return messages.ProjectState(
        name=project_name(session.path),
        folder=str(folder),
        revision=session.revision,
        video=_video_state(session),
        skeleton=convert.skeleton_state(project.skeleton),
        individuals=convert.individual_states(project.individuals),
        labels=[convert.label_state(label) for label in project.all_labels()],
        tracks=[convert.track_state(p, project.made[p]) for p in project.points() if p in project.made],
        runs=convert.run_records(project),
        undo_title=session.undo_title,
        redo_title=session.redo_title,
        save=save_state(session.save_state),
        run=None if session.run is None else run_state(session.run, project),
        view=dict(session.view),
        paces=list(paces),
    )


def project_name(path: Path) -> str:
    """What the user calls the project: the file's name without its endings."""
    return path.name.removesuffix(".talpose.json")


def wanted_state(wanted: WantedVideo | None, entries: Entries) -> WantedVideoState | None:
    """The project that waits for its video, with ids for it and for its folder."""
    if wanted is None:
        return None
    return WantedVideoState(
        project=project_name(wanted.project),
        name=wanted.place.name,
        place=str(wanted.place),
        reason=wanted.reason,
        project_id=entries.offer(wanted.project),
        folder_id=entries.offer(wanted.project.parent),
    )


def _video_state(session: Session) -> VideoState:
    info, index = session.reader.info, session.reader.index
    times_s = (index.pts - index.pts[0]) * float(index.time_base)
    return VideoState(
        name=Path(info.path).name,
        width=info.width,
        height=info.height,
        n_frames=info.n_frames,
        fps=info.fps,
        duration_s=info.duration_s,
        codec=info.codec,
        is_variable_rate=info.is_variable_rate,
        times_s=convert.block(times_s, "f8"),
        warnings=[str(warning) for warning in session.reader.warnings],
    )


def run_state(status: events.RunStatus, project: Project) -> messages.RunState:
    """The run under way, or the last one."""
    error = status.error
    return messages.RunState(
        run_id=status.run_id,
        kind=convert.run_kind(status.kind),
        state=status.state,
        tracker=status.tracker,
        device=status.device,
        step=status.step,
        n_steps=status.n_steps,
        best_step=status.best_step,
        stage=status.stage,
        fraction=status.fraction,
        losses=list(status.losses),
        seconds=status.seconds,
        error=None if error is None else _run_error(error),
        held_out=convert.held_out_state(status.held_out, project),
    )


def _run_error(error: events.RunError) -> messages.ErrorState:
    return messages.ErrorState(code=error.code, message=error.message, hint=error.hint)


def save_state(state: events.SaveState) -> messages.SaveState:
    """Whether all edits are on the disk."""
    error = None if state.error is None else convert.error_state(state.error)
    return messages.SaveState(state=state.state, error=error)


def event_message(session: Session, event: events.SessionEvent) -> messages.Event:
    """What a session's event tells the pages. Called on the thread that made the change."""
    match event:
        case events.ProjectChanged():
            return convert.project_changed(
                event.before,
                event.after,
                revision=event.revision,
                title=event.title,
                undo_title=session.undo_title,
                redo_title=session.redo_title,
            )
        case events.RunChanged():
            return messages.RunChanged(run=run_state(event.status, session.project))
        case events.TracksStreamed():
            return convert.track_update(event.run_id, event.update, event.points)
        case events.SaveChanged():
            return messages.SaveChanged(save=save_state(event.state))
        case events.Noticed():
            return messages.Notice(level=event.level, message=event.message, hint=event.hint)
