"""Opening a project for the length of one command, and finding things in it by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from talpose_app.cli.command import existing_file
from talpose_app.cli.output import warn, warn_of
from talpose_app.cli.signals import raised_signals
from talpose_app.errors import ProjectLockedError, TalposeError, VideoError
from talpose_app.paths import exists

if TYPE_CHECKING:
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.model.label import PointId
    from talpose_app.model.project import Individual, Project
    from talpose_app.session.session import Session


#: What a command wants of the video. ``needed``: nothing goes without it. ``stamps``: it tells the times of
#: frames if it is there; another one in its place is refused. ``unused``: what is wrong with it is only told.
#: ``replaced``: the command sees to it, and what is wrong with it is not even told.
VideoUse = Literal["needed", "stamps", "unused", "replaced"]

#: How long a command waits for another one that has the project open: commands end soon, windows do not.
_LOCK_TIMEOUT_S = 10.0

_LOCK_POLL_S = 0.05

#: Who waits longer than this is told for what.
_SILENT_S = 1.0


@contextmanager
def open_project(path: Path, *, read_only: bool = False, video: VideoUse = "unused") -> Generator[Session]:
    """Open a project; it is closed and its engine ended when the block ends.

    What the user should know before going on, such as a damaged file or a video that was replaced, is told
    on stderr.

    Args:
        path: The ``.talpose.json`` file.
        read_only: Read it even while another process has it open.
        video: What the command wants of the video.

    Raises:
        TalposeError: It cannot be opened.
    """
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.store.files import ProjectFiles

    if not ProjectFiles.at(path).are_there or path.is_dir():
        existing_file(path, "project")
    with (
        raised_signals(),
        closing(EngineClient()) as engine,
        closing(_open_in_turn(path, engine, read_only=read_only)) as session,
    ):
        _tell_notices(session, video)
        yield session


def _open_in_turn(path: Path, engine: EngineClient, *, read_only: bool) -> Session:
    """Open a project; one that another command has open for a moment is waited for."""
    from talpose_app.session.session import Session

    began, is_told = time.monotonic(), False
    while True:
        try:
            return Session.open(path, engine, read_only=read_only)
        except ProjectLockedError as error:
            waited = time.monotonic() - began
            if waited > _LOCK_TIMEOUT_S:
                raise
            if waited > _SILENT_S and not is_told:
                is_told = True
                warn(f"waiting: {error.message}")
        time.sleep(_LOCK_POLL_S)


def _tell_notices(session: Session, video: VideoUse) -> None:
    """Say on stderr what was found damaged, and whether the video is the one that was labeled."""
    warn_of(session.recovery_notice())
    if video == "replaced":
        return
    warn_of(session.place_notice())
    if video != "needed" and not exists(Path(session.project.video.path)):
        return  # Labels and tracks can be read and written without it.
    try:
        warn_of(session.video_notice())
    except VideoError as error:
        if video != "unused":
            raise
        warn(str(error))


@contextmanager
def create_project(path: Path, video: Path) -> Generator[Session]:
    """Make a project for a video; it is closed when the block ends.

    Raises:
        TalposeError: The video cannot be read, the folder does not exist, or there is such a file already.
    """
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.session.session import Session

    existing_file(video, "video")
    if exists(path):
        raise TalposeError(f"{path} exists already.", hint="Open it, or choose another name with -o.")
    if not path.parent.is_dir():
        raise TalposeError(
            f"The folder {path.parent} does not exist.", hint="Make it first, or choose another."
        )
    with (
        raised_signals(),
        closing(EngineClient()) as engine,
        closing(Session.create(path, video, engine)) as session,
    ):
        yield session


def frame_times(session: Session) -> Callable[[int], float] | None:
    """Presentation times of the video's frames; None if the video is not at hand."""
    if not exists(Path(session.project.video.path)):
        return None
    return session.reader.index.time_s


def find_individual(project: Project, name: str | None) -> Individual:
    """Return the individual of this name, or the first for None.

    Raises:
        TalposeError: There is none.
    """
    if name is None:
        return project.individuals[0]
    for individual in project.individuals:
        if individual.name == name:
            return individual
    known = ", ".join(individual.name for individual in project.individuals)
    raise TalposeError(f"There is no individual {name!r}.", hint=f"The project has: {known}.")


def find_points(project: Project, keypoint_names: Sequence[str] | None) -> tuple[PointId, ...] | None:
    """Return every individual's points of these keypoints; None for None.

    Raises:
        TalposeError: There is no keypoint of a name.
    """
    from talpose_app.model.label import PointId

    if keypoint_names is None:
        return None
    ids: list[int] = []
    for name in keypoint_names:
        keypoint = project.skeleton.by_name(name)
        if keypoint is None:
            known = ", ".join(k.name for k in project.skeleton.keypoints) or "none yet"
            raise TalposeError(f"There is no keypoint {name!r}.", hint=f"The project has: {known}.")
        ids.append(keypoint.keypoint_id)
    return tuple(PointId(i.individual_id, k) for i in project.individuals for k in dict.fromkeys(ids))
