"""Commands about trackers' files: get, cancel, add, show the licence; and how each tracker stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from talpose_app import paths
from talpose_app.errors import UsageError
from talpose_app.protocol import messages as m
from talpose_app.server.convert import error_state
from talpose_app.server.dialogs import Dialogs
from talpose_app.server.handlers import Methods
from talpose_app.tracker_files.licences import licence_gist, licence_text
from talpose_app.tracker_files.manager import DownloadManager
from talpose_app.tracker_files.placing import place_checkpoint
from talpose_app.tracking.checkpoints import (
    KNOWN_CHECKPOINTS,
    Checkpoint,
    KnownCheckpoint,
    added_checkpoints,
    installed_path,
    known_checkpoint,
)


class TrackerCommands:
    """Gets trackers' files and says how they stand.

    Args:
        dialogs: How the user chooses a file.
        tell: Sends an event to every page.
        downloads: Makes the downloads; one of its own if None.
    """

    def __init__(
        self, dialogs: Dialogs, tell: Callable[[m.Event], None], downloads: DownloadManager | None = None
    ) -> None:
        self._dialogs = dialogs
        self._tell = tell
        self._downloads = downloads or DownloadManager(self._on_change)

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {
            m.GetTracker: self.get_tracker,
            m.CancelTracker: self.cancel_tracker,
            m.AddTracker: self.add_tracker,
            m.ShowLicence: self.show_licence,
        }

    def close(self) -> None:
        """Cancel the downloads; what came so far is kept."""
        self._downloads.close()

    def states(self) -> list[m.TrackerState]:
        """How every tracker stands: the known ones, the best first, then those the user added."""
        known = [self._known_state(checkpoint) for checkpoint in KNOWN_CHECKPOINTS]
        return [*known, *(_added_state(checkpoint) for checkpoint in added_checkpoints())]

    def names(self) -> frozenset[str]:
        """The trackers a page may name."""
        return frozenset(state.name for state in self.states())

    def get_tracker(self, command: m.GetTracker) -> m.Reply:
        """Start a download, or go on with one."""
        if not command.has_accepted:
            raise UsageError("The licence must be accepted first.")
        self._downloads.start(command.name)
        return m.Done(id=command.id)

    def cancel_tracker(self, command: m.CancelTracker) -> m.Reply:
        """Cancel a download."""
        self._downloads.cancel(command.name)
        return m.Done(id=command.id)

    def add_tracker(self, command: m.AddTracker) -> m.Reply:
        """Let the user choose a file and take it; cancelled, nothing happens."""
        if self._dialogs.mode == "browser":
            raise UsageError("There is no file dialog in the browser.", hint="Drop the file on the page.")
        path = self._dialogs.open_file("tracker")
        if path is not None:
            self.place(path)
        return m.Done(id=command.id)

    def show_licence(self, command: m.ShowLicence) -> m.Reply:
        """The whole text of a tracker's licence."""
        return m.LicenceText(id=command.id, text=licence_text(known_checkpoint(command.name)))

    def place(self, path: Path) -> Checkpoint:
        """Take a tracker's file that was dropped or chosen, and tell the pages.

        Raises:
            TrackerError: It is damaged, or no checkpoint.
        """
        placed = place_checkpoint(path)
        self._tell(m.TrackersChanged(trackers=self.states()))
        text = f"The tracker {placed.name} is installed."
        self._tell(m.Notice(level="info", message=text, hint="Choose it under Tracker, beside the picture."))
        return placed

    def _on_change(self, name: str) -> None:
        del name
        self._tell(m.TrackersChanged(trackers=self.states()))

    def _known_state(self, known: KnownCheckpoint) -> m.TrackerState:
        file, path = self._downloads.state(known), installed_path(known)
        return m.TrackerState(
            name=known.name,
            title=known.description,
            licence=known.license,
            gist=licence_gist(known),
            is_installed=path is not None,
            place=str(path or paths.user_checkpoints_dir() / known.filename),
            source=None if known.source is None else known.source.page,
            publisher="" if known.source is None else known.source.publisher,
            state=file.state,
            n_done=file.n_done,
            n_bytes=file.n_bytes,
            error=None if file.error is None else error_state(file.error),
        )


def _added_state(checkpoint: Checkpoint) -> m.TrackerState:
    size = checkpoint.path.stat().st_size
    return m.TrackerState(
        name=checkpoint.name,
        title=checkpoint.description,
        licence=checkpoint.license,
        gist="",
        is_installed=True,
        place=str(checkpoint.path),
        source=None,
        publisher="",
        state="installed",
        n_done=size,
        n_bytes=size,
        error=None,
    )
