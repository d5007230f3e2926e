"""Files dropped on the window. The page is not told their paths; Qt is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Called with the first dropped file, on the window's own thread; must return at once.
OnDrop = Callable[[Path], None]


def watch_drops(view: Any, on_drop: OnDrop) -> object:  # noqa: ANN401  a Qt widget, whose classes load with the window
    """Take files dropped on a Qt web view before the page engine would open them in place of the page.

    Args:
        view: The ``QWebEngineView``.
        on_drop: Who opens the file.

    Returns:
        The watcher; drops are taken as long as it is kept.
    """
    from PySide6 import QtCore, QtGui  # noqa: PLC0415  only once the window is there

    class _Watcher(QtCore.QObject):
        def eventFilter(self, watched: QtCore.QObject, event: Any) -> bool:  # noqa: ANN401, N802  Qt's name
            if event.type() not in (QtCore.QEvent.Type.DragEnter, QtCore.QEvent.Type.Drop):
                return False
            path = first_file([url.toLocalFile() for url in event.mimeData().urls()])
            if path is None:
                return False
            event.acceptProposedAction()
            if event.type() == QtCore.QEvent.Type.DragEnter:
                # The page sees the drag too and shows where to drop.
                return False
            QtCore.QCoreApplication.sendEvent(watched, QtGui.QDragLeaveEvent())
            on_drop(path)
            return True

    watcher = _Watcher(view)
    view.installEventFilter(watcher)
    return watcher


def first_file(local_files: list[str]) -> Path | None:
    """The first of the dropped things that is a file on this machine."""
    return next((Path(name) for name in local_files if name and Path(name).is_file()), None)
