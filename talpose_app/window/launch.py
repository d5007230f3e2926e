"""The one entry to the app with a screen: server up, page shown, wait, server down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talpose_app.window.options import LaunchOptions

if TYPE_CHECKING:
    from talpose_app.session.workspace import Workspace

__all__ = ["LaunchOptions", "run_app"]


def run_app(workspace: Workspace, options: LaunchOptions) -> int:
    """Serve the page, show it, and return when the user is done.

    Must be called on the main thread; the window lives there.

    Args:
        workspace: The open (or no) project; closed by the caller.
        options: See ``LaunchOptions``.

    Returns:
        The exit code of the program.

    Raises:
        TalposeError: The path cannot be opened, or the port is taken; nothing was started.
    """
    raise NotImplementedError
