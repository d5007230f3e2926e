"""Commands about files: open, list, close, export, import, and what belongs to the project file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from talpose_app.errors import UsageError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.registry import (
    EXPORTERS,
    IMPORTERS,
    NOT_IN_EXECUTABLE,
    Exporter,
    Importer,
    exporter,
    importer,
)
from talpose_app.formats.wording import counted
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.paths import is_frozen
from talpose_app.protocol import messages as m
from talpose_app.protocol.parts import FormatState
from talpose_app.server.dialogs import Dialogs, FileKind
from talpose_app.server.downloads import Downloads
from talpose_app.server.entries import Entries
from talpose_app.server.handlers import Methods
from talpose_app.server.states import project_name
from talpose_app.session.keypoint_source import read_keypoints
from talpose_app.session.session import Session
from talpose_app.session.workspace import Workspace


def export_formats() -> list[FormatState]:
    """What can be written, in the order in which it is offered."""
    return _format_states(EXPORTERS)


def import_formats() -> list[FormatState]:
    """What can be read, in the order in which it is offered."""
    return _format_states(IMPORTERS)


def _format_states(formats: Iterable[Exporter | Importer]) -> list[FormatState]:
    """Describe formats for the menu, which does not offer what this installation can never have."""
    return [
        FormatState(name=chosen.name, title=chosen.title, text=chosen.text)
        for chosen in formats
        if not (is_frozen() and chosen.name in NOT_IN_EXECUTABLE)
    ]


class FileCommands:
    """Opens, exports and imports.

    Args:
        workspace: Holds the open project.
        session: The open one; raises ``TalposeError`` if there is none.
        dialogs: How the user chooses files.
        entries: Which paths the page may name.
        downloads: Where exports go in browser mode.
        tell: Sends an event to every page.
    """

    def __init__(
        self,
        workspace: Workspace,
        session: Callable[[], Session],
        dialogs: Dialogs,
        entries: Entries,
        downloads: Downloads,
        tell: Callable[[m.Event], None],
    ) -> None:
        self._workspace = workspace
        self._session = session
        self._dialogs = dialogs
        self._entries = entries
        self._downloads = downloads
        self._tell = tell

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {
            m.OpenSample: self.open_sample,
            m.OpenDialog: self.open_dialog,
            m.Browse: self.browse,
            m.OpenEntry: self.open_entry,
            m.FindVideo: self.find_video,
            m.GiveUpVideo: self.give_up_video,
            m.CloseProject: self.close_project,
            m.TakeOver: self.take_over,
            m.ExportFile: self.export_file,
            m.ImportFile: self.import_file,
            m.TakeKeypoints: self.take_keypoints,
            m.SetView: self.set_view,
            m.Save: self.save,
        }

    def open_sample(self, command: m.OpenSample) -> m.Reply:
        """Open the sample."""
        return m.Done(id=command.id, revision=self._workspace.open_sample().revision)

    def open_dialog(self, command: m.OpenDialog) -> m.Reply:
        """Let the user choose a file and open it; cancelled, nothing happens."""
        path = self._chosen(command.kind)
        return m.Done(id=command.id) if path is None else self._open(command, path)

    def browse(self, command: m.Browse) -> m.Reply:
        """List a folder."""
        folder = Path.home() if command.entry_id is None else self._entries.resolve(command.entry_id)
        return self._entries.listing(command.id, folder)

    def open_entry(self, command: m.OpenEntry) -> m.Reply:
        """Open a recent project, or an entry of a listing."""
        return self._open(command, self._entries.resolve(command.entry_id))

    def find_video(self, command: m.FindVideo) -> m.Reply:
        """Open the project that waits for its video; the dialog cancelled, it goes on waiting."""
        project = self._entries.resolve(command.project_id)
        path = self._entry_or_chosen(command.entry_id, "video", project.parent)
        if path is None:
            return m.Done(id=command.id)
        return m.Done(id=command.id, revision=self._workspace.find_video(project, path).revision)

    def give_up_video(self, command: m.GiveUpVideo) -> m.Reply:
        """Leave a project that waits for its video unopened."""
        self._workspace.give_up_video(self._entries.resolve(command.project_id))
        return m.Done(id=command.id)

    def close_project(self, command: m.CloseProject) -> m.Reply:
        """Close the project."""
        self._workspace.close()
        return m.Done(id=command.id)

    def take_over(self, command: m.TakeOver) -> m.Reply:
        """Open for writing what is shown read-only."""
        return m.Done(id=command.id, revision=self._workspace.take_over().revision)

    def export_file(self, command: m.ExportFile) -> m.Reply:
        """Export to where the user says, or to a download."""
        session, chosen = self._session(), exporter(command.format)
        name = f"{project_name(session.path)}{chosen.extension}"
        if self._dialogs.mode == "browser":
            place = self._downloads.place(name)
            report = chosen.export(session.project, place)
            return m.Exported(id=command.id, path=None, url=self._downloads.offer(place), report=report)
        path = self._dialogs.save_file(name, chosen.extension)
        if path is None:
            return m.Exported(id=command.id, path=None, url=None, report=[])
        if path in (session.path, Path(session.project.video.path)):
            raise UsageError(f"{path.name} is the project itself.", hint="Choose another name.")
        report = chosen.export(session.project, path)
        return m.Exported(id=command.id, path=str(path), url=None, report=report)

    def import_file(self, command: m.ImportFile) -> m.Reply:
        """Import labels from a file the user chooses: one undoable step."""
        session, chosen = self._session(), importer(command.format)
        if self._dialogs.mode == "browser":
            raise UsageError("Import needs the window.", hint="Or use: talpose import FILE --project PROJECT")
        path = self._dialogs.open_file("labels")
        if path is None:
            return m.Done(id=command.id)
        result = chosen.read(path, session.project, ImportOptions(time_of=session.reader.index.time_s))
        revision = (
            session.apply(f"Import {path.name}", result.edit) if result.edit.edits else session.revision
        )
        message = f"{counted(result.n_new, 'new label')}, {result.n_same} known already."
        self._tell(m.Notice(level="info", message=message, hint=" ".join(result.report)))
        return m.Done(id=command.id, revision=revision)

    def take_keypoints(self, command: m.TakeKeypoints) -> m.Reply:
        """Add the keypoints that another project or a skeleton file has more: one undoable step."""
        session = self._session()
        path = self._entry_or_chosen(command.entry_id, "keypoints")
        if path is None:
            return m.Done(id=command.id)
        source, skeleton = read_keypoints(path), session.project.skeleton
        joined = skeleton.joined_with(source)
        n_new = len(joined.keypoints) - len(skeleton.keypoints)
        revision = None
        if joined != skeleton:
            revision = session.apply(f"Take keypoints of {path.name}", ChangeSkeleton(joined))
        self._tell(m.Notice(level="info", message=_taken(n_new, len(source.keypoints), project_name(path))))
        return m.Done(id=command.id, revision=revision)

    def set_view(self, command: m.SetView) -> m.Reply:
        """Remember view settings."""
        session = self._session()
        session.set_view({**session.view, **command.view})
        return m.Done(id=command.id)

    def save(self, command: m.Save) -> m.Reply:
        """Write the snapshot now."""
        session = self._session()
        session.save()
        return m.Done(id=command.id, revision=session.revision)

    def _entry_or_chosen(
        self, entry_id: str | None, kind: FileKind, folder: Path | None = None
    ) -> Path | None:
        """What the page chose from a list; without an entry as ``_chosen``."""
        return self._chosen(kind, folder) if entry_id is None else self._entries.resolve(entry_id)

    def _chosen(self, kind: FileKind, folder: Path | None = None) -> Path | None:
        """The file that the user chooses in a native dialog; None if cancelled.

        Raises:
            UsageError: There is no dialog.
        """
        if self._dialogs.mode == "browser":
            raise UsageError("There is no file dialog in the browser.", hint="Choose from the list instead.")
        return self._dialogs.open_file(kind, folder)

    def _open(self, command: m.Command, path: Path) -> m.Reply:
        return m.Done(id=command.id, revision=self._workspace.open(path).revision)


def _taken(n_new: int, n_there: int, source: str) -> str:
    """What came of taking keypoints, in words."""
    if n_there == 0:
        return f"{source} has no keypoints."
    if n_new == 0:
        return f"All keypoints of {source} are here already."
    n_known = n_there - n_new
    known = f" {n_known} {'was' if n_known == 1 else 'were'} here already." if n_known else ""
    return f"{counted(n_new, 'keypoint')} of {source} added.{known}"
