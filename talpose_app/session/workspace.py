"""The app's one open project, and how it comes to be open: a project, a video, the sample."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from talpose_app import paths
from talpose_app.errors import ProjectLockedError, UsageError
from talpose_app.session.events import Noticed
from talpose_app.session.pace import Paces
from talpose_app.session.places import project_place, user_projects_dir
from talpose_app.session.recent import RecentProject, RecentProjects
from talpose_app.session.runner import Engine
from talpose_app.session.session import Session
from talpose_app.session.subscribers import Subscribers
from talpose_app.store.disk_errors import NotWritableError
from talpose_app.store.files import PROJECT_SUFFIX, ProjectFiles

#: File name of the sample video.
SAMPLE_VIDEO = "walking_fox.mp4"


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A project was opened; the one before, if any, is closed.

    Attributes:
        session: The open project.
        notices: What the user should know before going on.
    """

    session: Session
    notices: tuple[Noticed, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """No project is open."""


WorkspaceEvent = SessionOpened | SessionClosed


class Workspace:
    """Holds one session at a time. Thread-safe.

    Attributes:
        paces: How long runs take on this machine.

    Args:
        engine: Given to every session.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Session | None = None
        self._lock = threading.RLock()
        self._subscribers: Subscribers[WorkspaceEvent] = Subscribers()
        self._recent = RecentProjects(paths.user_state_dir() / "recent.json")
        self.paces = Paces(paths.user_state_dir() / "paces.json")

    @property
    def session(self) -> Session | None:
        """The open project."""
        return self._session

    def recent(self) -> list[RecentProject]:
        """Projects opened lately that still exist, last one first."""
        return self._recent.all()

    def subscribe(self, callback: Callable[[WorkspaceEvent], None]) -> Callable[[], None]:
        """Hear of projects opened and closed; the function returned ends it."""
        return self._subscribers.add(callback)

    def open(self, path: Path) -> Session:
        """Open a project, or a video with its project; the present project is closed.

        A video opens the project beside it, or makes one there, or in the user's folder where
        the video's cannot be written. A project that is open elsewhere, or that lies where the
        user may not write, is opened read-only.

        Args:
            path: A ``.talpose.json`` file, or a video.

        Raises:
            UsageError: There is no such file.
            VideoError: The video cannot be read; the present project stays open.
            ProjectError: The project cannot be read; the present project stays open.
        """
        path = path.absolute()
        if path.name.endswith(".json") and ProjectFiles.at(path).are_there:
            return self._open_project(path)
        if not paths.is_file(path):
            raise UsageError(f"There is no file {path}.")
        place = project_place(path)
        return self._open_project(place) if ProjectFiles.at(place).are_there else self._create(place, path)

    def open_sample(self) -> Session:
        """Open the sample video in a project of the user's own.

        Raises:
            UsageError: The package came without its sample.
            ProjectError: The project cannot be read or written.
        """
        video = paths.sample_videos_dir() / SAMPLE_VIDEO
        if not video.is_file():
            raise UsageError(f"The sample video {SAMPLE_VIDEO} is missing.", hint="Install TALPose again.")
        place = user_projects_dir() / (video.stem + PROJECT_SUFFIX)
        if not ProjectFiles.at(place).are_there:
            return self._create(place, video)
        return self._open_project(place, video)

    def take_over(self) -> Session:
        """Open for writing what is open read-only, now that the other process may have closed it.

        Raises:
            UsageError: No project is open.
            ProjectLockedError: The other process has it still; it stays open read-only here.
        """
        with self._lock:
            if self._session is None:
                raise UsageError("No project is open.")
            if not self._session.is_read_only:
                return self._session
            return self._replace(lambda path=self._session.path: Session.open(path, self._engine))

    def close(self) -> None:
        """Close the project, if one is open."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None
                self._subscribers.tell(SessionClosed())

    # ------------------------------------------------------------ opening

    def _create(self, place: Path, video: Path) -> Session:
        return self._replace(lambda: Session.create(place, video, self._engine))

    def _open_project(self, path: Path, video: Path | None = None) -> Session:
        path = ProjectFiles.at(path).snapshot
        with self._lock:
            if self._session is not None and self._session.path == path and not self._session.is_read_only:
                return self._look_again(self._session)  # It holds the lock itself.
            try:
                return self._replace(lambda: Session.open(path, self._engine, video_path=video))
            except (ProjectLockedError, NotWritableError) as error:
                is_locked = isinstance(error, ProjectLockedError)
                way_out = (
                    "close it there, then edit it here" if is_locked else "copy it to a folder of your own"
                )
                notice = Noticed("warning", error.message, f"It is shown read-only; to change it, {way_out}.")
                return self._replace(
                    lambda: Session.open(path, self._engine, read_only=True, video_path=video), notice
                )

    def _look_again(self, session: Session) -> Session:
        """What is open already stays open; a video replaced meanwhile is checked against the labels."""
        if session.reopen_video():
            self._subscribers.tell(SessionOpened(session, tuple(session.notices())))
        return session

    def _replace(self, make: Callable[[], Session], *notices: Noticed) -> Session:
        """Open the new session before the old one is closed: a failure leaves everything as it was."""
        with self._lock:
            session = make()
            try:
                found = session.notices()
            except BaseException:
                session.close()
                raise
            old, self._session = self._session, session
            if old is not None:
                old.close()
            self._recent.add(session.path)
            self._subscribers.tell(SessionOpened(session, (*notices, *found)))
            return session
