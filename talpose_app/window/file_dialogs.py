"""Native file dialogs, as the server's port asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from talpose_app.model.video import VIDEO_SUFFIXES
from talpose_app.server.dialogs import FileKind
from talpose_app.tracking.checkpoints import CHECKPOINT_SUFFIXES

if TYPE_CHECKING:
    import webview

_VIDEO_PATTERNS = ";".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
_BOTH = f"Videos and projects (*.talpose.json;{_VIDEO_PATTERNS})"
_VIDEOS = f"Videos ({_VIDEO_PATTERNS})"
_PROJECTS = "TALPose projects (*.talpose.json)"
_LABELS = "Labels (*.json;*.csv;*.slp)"
_KEYPOINTS = "Projects and skeleton files (*.json)"
_TRACKERS = "Trackers (" + ";".join(f"*{suffix}" for suffix in sorted(CHECKPOINT_SUFFIXES)) + ")"
_ALL = "All files (*.*)"
_FILTERS: dict[FileKind, tuple[str, ...]] = {
    "any": (_BOTH, _ALL),
    "video": (_VIDEOS, _ALL),
    "project": (_PROJECTS, _ALL),
    "labels": (_LABELS, _ALL),
    "keypoints": (_KEYPOINTS, _ALL),
    "tracker": (_TRACKERS, _ALL),
}


class WindowDialogs:
    """Asks in dialogs of the window. Called from the server's worker threads only."""

    mode: Literal["window", "browser"] = "window"

    def __init__(self) -> None:
        self._window: webview.Window | None = None

    def attach(self, window: webview.Window | None) -> None:
        """Ask over this window from now on; without one every dialog counts as cancelled."""
        self._window = window

    def open_file(self, kind: FileKind, folder: Path | None = None) -> Path | None:
        """See ``Dialogs.open_file``."""
        import webview

        return self._ask(webview.FileDialog.OPEN, "", _FILTERS[kind], folder)

    def save_file(self, suggested: str, extension: str) -> Path | None:
        """See ``Dialogs.save_file``."""
        import webview

        chosen = self._ask(webview.FileDialog.SAVE, suggested, ())
        # Whoever types ``CollectedData_Ada.csv`` means that, though ``.deeplabcut.csv`` was suggested.
        if chosen is None or chosen.name.endswith(extension[extension.rindex(".") :]):
            return chosen
        return chosen.with_name(chosen.name + extension)

    def _ask(
        self, kind: int, suggested: str, filters: tuple[str, ...], folder: Path | None = None
    ) -> Path | None:
        window = self._window
        if window is None:
            return None
        # pywebview takes the filters as one text a kind, with its own separators, and answers with a tuple.
        start = "" if folder is None else str(folder)
        chosen = window.create_file_dialog(kind, directory=start, save_filename=suggested, file_types=filters)
        return Path(chosen[0]) if chosen else None
