"""The app's one open project, and how it comes to be open: a project, a video, the sample."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from talpose_app import paths
from talpose_app.errors import ProjectLockedError, ProjectVideoError, UsageError, VideoError
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


@dataclass(frozen=True, slots=True)
class WantedVideo:
    """A project that was to be opened and whose video must be found first.

    Attributes:
        project: The project file.
        place: Where its video was.
        reason: Why that cannot be taken, in a sentence.
    """

    project: Path
    place: Path
    reason: str


@dataclass(frozen=True, slots=True)
class VideoWanted:
    """A project waits for its video; None: none does any more."""

    wanted: WantedVideo | None


WorkspaceEvent = SessionOpened | SessionClosed | VideoWanted


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
        self._wanted: WantedVideo | None = None
        self._lock = threading.RLock()
        self._subscribers: Subscribers[WorkspaceEvent] = Subscribers()
        self._recent = RecentProjects(paths.user_state_dir() / "recent.json")
        self.paces = Paces(paths.user_state_dir() / "paces.json")

    @property
    def session(self) -> Session | None:
        """The open project."""
        return self._session

    @property
    def wanted(self) -> WantedVideo | None:
        """The project that waits for its video."""
        return self._wanted

    def recent(self) -> list[RecentProject]:
        """Projects opened lately that still exist, last one first."""
        return self._recent.all()

    def subscribe(self, callback: Callable[[WorkspaceEvent], None]) -> Callable[[], None]:
        """Hear of projects opened, closed and waiting; the function returned ends it."""
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
            ProjectVideoError: The project waits for its video now; the present project stays open.
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
            ProjectVideoError: It waits for its video now; it stays open read-only here.
        """
        with self._lock:
            if self._session is None:
                raise UsageError("No project is open.")
            if not self._session.is_read_only:
                return self._session
            path = self._session.path
            with self._wanting(path):
                return self._replace(lambda: Session.open(path, self._engine))

    def find_video(self, project: Path, video: Path) -> Session:
        """Open the project that waits for its video, now that it is known where that is.

        The project remembers the new place, unless it is open read-only.

        Args:
            project: The project that is meant: another one may wait by now.
            video: Where the video is.

        Raises:
            UsageError: That project does not wait, or is open here and has a run under way.
            VideoError: That is not its video; it goes on waiting.
            ProjectError: The project cannot be read; it goes on waiting.
        """
        with self._lock:
            if self._wanted is None:
                raise UsageError("No project waits for its video.", hint="Open the project again.")
            self._check_waits(project, self._wanted)
            session = self._open_here(project)
            if session is not None:
                session.relocate_video(video)
                self._tell_opened(session, *session.notices())
                return session
            try:
                return self._open_somehow(project, video, lambda: self._open_relocated(project, video))
            except ProjectVideoError as error:
                raise VideoError(error.message, hint="Choose another file.") from error

    def give_up_video(self, project: Path) -> None:
        """Leave a project that waits for its video unopened; nothing happens if none waits.

        Raises:
            UsageError: Another one waits.
        """
        with self._lock:
            if self._wanted is not None:
                self._check_waits(project, self._wanted)
                self._want(None)

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
        with self._lock, self._wanting(path):
            session = self._open_here(path)
            if session is not None:
                return self._look_again(session)
            return self._open_somehow(path, video, lambda: Session.open(path, self._engine, video_path=video))

    def _open_here(self, path: Path) -> Session | None:
        """The open session if it is this project's, and for writing: it holds the lock itself."""
        session = self._session
        is_it = session is not None and session.path == path and not session.is_read_only
        return session if is_it else None

    def _open_somehow(self, path: Path, video: Path | None, for_writing: Callable[[], Session]) -> Session:
        """Open a project for writing, or else read-only, with a notice that says why."""
        try:
            return self._replace(for_writing)
        except (ProjectLockedError, NotWritableError) as error:
            is_locked = isinstance(error, ProjectLockedError)
            way_out = "close it there, then edit it here" if is_locked else "copy it to a folder of your own"
            notice = Noticed("warning", error.message, f"It is shown read-only; to change it, {way_out}.")
            return self._replace(
                lambda: Session.open(path, self._engine, read_only=True, video_path=video), notice
            )

    def _open_relocated(self, path: Path, video: Path) -> Session:
        """Open a project for writing and tell it where its video is."""
        session = Session.open(path, self._engine)
        try:
            session.relocate_video(video)
        except BaseException:
            session.close()
            raise
        return session

    @contextmanager
    def _wanting(self, project: Path) -> Generator[None]:
        """Let the project wait for its video if it turns out not to be there."""
        try:
            yield
        except ProjectVideoError as error:
            self._want(WantedVideo(project, error.place, error.message))
            raise

    @staticmethod
    def _check_waits(project: Path, wanted: WantedVideo) -> None:
        if project != wanted.project:
            raise UsageError(
                f"{project.name} does not wait for its video any more; {wanted.project.name} does.",
                hint="Look which project is asked for, and choose again.",
            )

    def _want(self, wanted: WantedVideo | None) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self._subscribers.tell(VideoWanted(wanted))

    def _look_again(self, session: Session) -> Session:
        """What is open already stays open; a video replaced meanwhile is checked against the labels."""
        if session.reopen_video():
            self._tell_opened(session, *session.notices())
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
            self._tell_opened(session, *notices, *found)
            return session

    def _tell_opened(self, session: Session, *notices: Noticed) -> None:
        self._want(None)
        self._subscribers.tell(SessionOpened(session, notices))
