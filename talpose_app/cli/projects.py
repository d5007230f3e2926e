"""Opening a project for the length of one command, and finding things in it by name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from talpose_app.cli.command import existing_file
from talpose_app.errors import TalposeError
from talpose_app.paths import exists

if TYPE_CHECKING:
    from talpose_app.model.label import PointId
    from talpose_app.model.project import Individual, Project
    from talpose_app.session.session import Session


@contextmanager
def open_project(path: Path, *, read_only: bool = False) -> Generator[Session]:
    """Open a project; it is closed and its engine ended when the block ends.

    Args:
        path: The ``.talpose.json`` file.
        read_only: Read it even while another process has it open.

    Raises:
        TalposeError: It cannot be opened.
    """
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.session.session import Session

    existing_file(path, "project")
    engine = EngineClient()
    try:
        session = Session.open(path, engine, read_only=read_only)
        try:
            yield session
        finally:
            session.close()
    finally:
        engine.close()


@contextmanager
def create_project(path: Path, video: Path) -> Generator[Session]:
    """Make a project for a video; it is closed when the block ends.

    Raises:
        TalposeError: The video cannot be read, or there is a file of that name already.
    """
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.session.session import Session

    existing_file(video, "video")
    if path.exists():
        raise TalposeError(f"{path} exists already.", hint="Open it, or choose another name with -o.")
    engine = EngineClient()
    try:
        session = Session.create(path, video, engine)
        try:
            yield session
        finally:
            session.close()
    finally:
        engine.close()


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
