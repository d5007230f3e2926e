"""The server's inside, without sockets: what pages are told, and who answers what they ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from talpose_app import __version__
from talpose_app.engine_client.hardware import look_at_hardware
from talpose_app.errors import ProjectVideoError, TalposeError, UsageError
from talpose_app.paths import user_videos_dir
from talpose_app.protocol import messages
from talpose_app.server.convert import error_state
from talpose_app.server.dialogs import Dialogs
from talpose_app.server.downloads import Downloads
from talpose_app.server.edit_commands import EditCommands
from talpose_app.server.entries import Entries
from talpose_app.server.file_commands import FileCommands, export_formats, import_formats
from talpose_app.server.filter_commands import FilterCommands, filter_states
from talpose_app.server.handlers import Handlers
from talpose_app.server.hub import Hub
from talpose_app.server.pace_states import pace_states
from talpose_app.server.run_commands import RunCommands, RunDefaults
from talpose_app.server.states import event_message, project_state, wanted_state
from talpose_app.server.suggestion_commands import SuggestionCommands
from talpose_app.server.tracker_commands import TrackerCommands
from talpose_app.server.uploads import Uploads
from talpose_app.session.events import RunChanged, RunStatus, SessionEvent
from talpose_app.session.session import Session
from talpose_app.session.workspace import (
    SessionClosed,
    SessionOpened,
    VideoWanted,
    Workspace,
    WorkspaceEvent,
)
from talpose_app.store.files import PROJECT_SUFFIX
from talpose_app.tracker_files.placing import is_checkpoint_name
from talpose_app.video.reader import VideoReader

_LOG = logging.getLogger(__name__)


class Service:
    """Follows the workspace, keeps pages on its state and answers their commands.

    Attributes:
        hub: The connected pages.
        downloads: Exports of the browser mode.
        uploads: Videos and trackers' files dropped on the page in browser mode.

    Args:
        workspace: Holds the open project; outlives the service.
        dialogs: How the user chooses files.
        defaults: What ``auto`` means for runs.
    """

    def __init__(self, workspace: Workspace, dialogs: Dialogs, defaults: RunDefaults | None = None) -> None:
        self.hub = Hub()
        self.downloads = Downloads()
        self._entries = Entries()
        self._trackers = TrackerCommands(dialogs, self.hub.tell)
        self.uploads = Uploads(user_videos_dir, self._entries, self._trackers.place)
        self._workspace = workspace
        self._dialogs = dialogs
        files = FileCommands(
            workspace, self._open_session, dialogs, self._entries, self.downloads, self.hub.tell
        )
        edits = EditCommands(self._open_session)
        self._defaults = defaults or RunDefaults()
        runs = RunCommands(self._open_session, self._defaults, self._trackers.names)
        filters, places = FilterCommands(self._open_session), SuggestionCommands(self._open_session)
        groups = (files, edits, runs, filters, places, self._trackers)
        self._handlers = Handlers(*(group.methods for group in groups))
        self._unfollow: Callable[[], None] = _nothing
        self._unsubscribe = workspace.subscribe(self._on_workspace)
        if workspace.session is not None:
            self._follow(workspace.session)

    def close(self) -> None:
        """Stop following; what waited to be downloaded is removed."""
        self._unsubscribe()
        self._unfollow()
        self.downloads.close()
        self._trackers.close()

    def answer(self, command: messages.Command) -> messages.Reply:
        """See ``websocket.Desk.answer``."""
        return self._handlers.answer(command)

    def reader(self) -> VideoReader:
        """See ``websocket.Desk.reader``."""
        return self._open_session().reader

    def welcome(self) -> messages.Welcome:
        """See ``websocket.Desk.welcome``."""
        session, hardware = self._workspace.session, look_at_hardware()
        return messages.Welcome(
            version=messages.VERSION,
            app_version=__version__,
            mode=self._dialogs.mode,
            recent=self._recent(),
            trackers=self._trackers.states(),
            hardware=messages.HardwareState(summary=hardware.summary, advice=hardware.advice),
            filters=filter_states(),
            export_formats=export_formats(),
            import_formats=import_formats(),
            project=None if session is None else self._project(session),
            wanted=wanted_state(self._workspace.wanted, self._entries),
        )

    def open_path(self, path: Path) -> None:
        """Open a file that was dropped on the window; what goes wrong is told to the pages.

        A video that is dropped while a project waits for its video is taken as that.
        """
        wanted = self._workspace.wanted
        try:
            if is_checkpoint_name(path.name):
                self._trackers.place(path)
            elif wanted is not None and not path.name.endswith(PROJECT_SUFFIX):
                self._workspace.find_video(wanted.project, path)
            else:
                self._workspace.open(path)
        except ProjectVideoError as error:
            _LOG.info("a dropped project waits for its video: %s", error)
        except TalposeError as error:
            state = error_state(error)
            self.hub.tell(messages.Notice(level="error", message=state.message, hint=state.hint))

    def is_busy(self) -> bool:
        """Whether a run is under way."""
        session = self._workspace.session
        return session is not None and session.run is not None and session.run.is_active

    def _open_session(self) -> Session:
        session = self._workspace.session
        if session is None:
            raise UsageError("No project is open.", hint="Open a video or a project first.")
        return session

    def _recent(self) -> list[messages.RecentState]:
        return [
            messages.RecentState(
                entry_id=self._entries.offer(recent.path),
                name=recent.name,
                folder=str(recent.folder),
                opened_at=recent.opened_at,
            )
            for recent in self._workspace.recent()
        ]

    def _on_workspace(self, event: WorkspaceEvent) -> None:
        if isinstance(event, VideoWanted):
            self.hub.tell(messages.VideoWanted(wanted=wanted_state(event.wanted, self._entries)))
            return
        self._unfollow()
        self._unfollow = _nothing
        match event:
            case SessionOpened(session, notices):
                self._follow(session)
                state = self._project(session)
                self.hub.tell(messages.ProjectOpened(project=state, recent=self._recent()))
                for notice in notices:
                    self.hub.tell(event_message(session, notice))
            case SessionClosed():
                self.hub.tell(messages.ProjectClosed(recent=self._recent()))

    def _follow(self, session: Session) -> None:
        """Tell the pages what happens in a session, begin to make its random access quick and to check it."""

        def on_event(event: SessionEvent) -> None:
            self.hub.tell(event_message(session, event))
            if isinstance(event, RunChanged):
                self._learn_pace(event.status)

        self._unfollow = session.subscribe(on_event)
        session.reader.start_proxy()
        session.reader.start_check(self._warn)

    def _learn_pace(self, status: RunStatus) -> None:
        """Remember how fast a run was at its end, which is told again when it is taken back."""
        if status.state == "done" and status.pace is not None and not status.was_reverted:
            self._workspace.paces.learn(status.pace)

    def _project(self, session: Session) -> messages.ProjectState:
        return project_state(session, pace_states(self._workspace.paces.all(), self._defaults))

    def _warn(self, sentence: str) -> None:
        self.hub.tell(messages.Notice(level="warning", message=sentence))


def _nothing() -> None:
    """Nobody is followed."""
