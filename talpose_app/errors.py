"""The errors a user can meet, each with a stable code and a way out.

The tree:

    TalposeError
    ├── UsageError            the command or message asks for something that cannot be
    ├── VideoError            a video cannot be opened, indexed or decoded
    │   └── ProjectVideoError     what lies at a project's video's place is not its video
    ├── ProjectError          a project file cannot be read, written or locked
    │   ├── ProjectLockedError    another process has the project open
    │   └── SchemaError           the file is damaged or of a newer version
    ├── EditError             an edit does not fit the project it is applied to
    ├── FormatError           an import or export file is not what its format asks for
    ├── TrackerError          a tracker or checkpoint is missing, damaged or incompatible
    ├── EngineError           the engine process failed: out of memory, crash, hang
    └── ProtocolError         a message on the wire is malformed or too large

Programmer errors are not in this tree; they raise the built-in exceptions.
"""

from __future__ import annotations

from pathlib import Path


class TalposeError(Exception):
    """Base of every error that is shown to the user in one sentence.

    Attributes:
        code: Stable identifier, for tests and for the page.
        hint: What the user can do about it; may be empty.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} {self.hint}".rstrip()

    @property
    def message(self) -> str:
        """The sentence without the hint."""
        return super().__str__()


class UsageError(TalposeError):
    """The command or message asks for something that cannot be."""

    code = "usage"


class VideoError(TalposeError):
    """A video cannot be opened, indexed or decoded."""

    code = "video"


class ProjectVideoError(VideoError):
    """At the place of a project's video lies nothing, or nothing that can be its video.

    Attributes:
        place: Where the project looked for it.
    """

    code = "project_video"

    def __init__(self, message: str, *, place: Path) -> None:
        hint = f"Put the file back at {place}, or say where it is: talpose relink PROJECT VIDEO"
        super().__init__(message, hint=hint)
        self.place = place


class ProjectError(TalposeError):
    """A project file cannot be read or written."""

    code = "project"


class ProjectLockedError(ProjectError):
    """Another process has the project open."""

    code = "project_locked"


class SchemaError(ProjectError):
    """The project file is damaged or of a newer version."""

    code = "schema"


class EditError(TalposeError):
    """An edit does not fit the project it is applied to."""

    code = "edit"


class FormatError(TalposeError):
    """An import or export file is not what its format asks for."""

    code = "format"


class TrackerError(TalposeError):
    """A tracker or checkpoint is missing, damaged or incompatible."""

    code = "tracker"


class EngineError(TalposeError):
    """The engine process failed: out of memory, crash, hang."""

    code = "engine"


class ProtocolError(TalposeError):
    """A message on the wire is malformed or too large."""

    code = "protocol"
