"""The one entry to the app with a screen: server up, page shown, wait, server down."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from talpose_app.errors import ProjectVideoError
from talpose_app.paths import user_state_dir
from talpose_app.server.app import create_app
from talpose_app.server.dialogs import BrowserDialogs, Dialogs
from talpose_app.server.logs import start_logging
from talpose_app.server.run_commands import RunDefaults
from talpose_app.server.security import Security
from talpose_app.server.serve import ServerThread, listen, port_of
from talpose_app.server.service import Service
from talpose_app.server.states import project_name
from talpose_app.session.session import Session
from talpose_app.session.workspace import SessionOpened, VideoWanted, Workspace, WorkspaceEvent
from talpose_app.window.ending import ended_by_signals
from talpose_app.window.environment import display_answers, has_display, prepare_environment
from talpose_app.window.fallback import AppBrowser, find_app_browser, open_default_browser
from talpose_app.window.file_dialogs import WindowDialogs
from talpose_app.window.options import LaunchOptions
from talpose_app.window.probe import Probe, settle
from talpose_app.window.quiet import stderr_to
from talpose_app.window.trust import Trust
from talpose_app.window.window import AppWindow

__all__ = ["LaunchOptions", "run_app"]

_LOG = logging.getLogger(__name__)
_NAME = "TALPose"
_INSTEAD = "The app is shown in a browser instead."
#: How long the page in our own window may take.
_PAGE_TIMEOUT_S = 120.0
#: How long a browser may take until its page connects.
_BROWSER_TIMEOUT_S = 15.0
#: In browser mode the app ends when its page has been gone this long; a reload takes a second.
_DESERTED_S = 60.0


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
    log = start_logging(debug=options.debug)
    wants_window = options.mode == "window"
    trust = Trust(user_state_dir() / "window_opened", os.environ)
    is_known = trust.holds() and display_answers(os.environ)
    probe = _started_probe() if wants_window and not is_known and options.use_probe else None
    if options.path is not None:
        _open(workspace, options.path)
    if wants_window:
        result = None if probe is None else settle(probe)
        if result is None or result.is_ok:
            with nullcontext() if options.debug else stderr_to(log.with_name("window.log")):
                return _run_window(workspace, options, trust)
        _tell(" ".join(filter(None, ("The window cannot open.", result.reason, result.hint, _INSTEAD))))
    return _run_without_window(workspace, options)


def _open(workspace: Workspace, path: Path) -> None:
    """Open what the command line names; a project whose video is gone waits for it, and the page asks."""
    try:
        workspace.open(path)
    except ProjectVideoError as error:
        _tell(f"{error.message} The page asks where it is.")


def _started_probe() -> Probe:
    """A probe at work while the project is opened."""
    probe = Probe()
    probe.start()
    return probe


@contextmanager
def _serving(
    workspace: Workspace, dialogs: Dialogs, options: LaunchOptions
) -> Generator[tuple[Service, str]]:
    """The service and its address, up for the length of the block."""
    sock = listen(options.port)
    security = Security(port_of(sock))
    service = Service(workspace, dialogs, RunDefaults(options.tracker, options.device))
    server = ServerThread(create_app(service, security), sock)
    try:
        server.start()
        _LOG.info("serving on port %d", security.port)
        yield service, security.address
    finally:
        server.stop()
        service.close()


# ------------------------------------------------------------- the window


def _run_window(workspace: Workspace, options: LaunchOptions, trust: Trust) -> int:
    prepare_environment()
    trust.withdraw()
    dialogs = WindowDialogs()
    with _serving(workspace, dialogs, options) as (service, address):

        def on_drop(path: Path) -> None:
            threading.Thread(target=service.open_path, args=(path,), name="drop", daemon=True).start()

        window = AppWindow(_title(workspace.session), address, on_drop, service.is_busy)
        dialogs.attach(window.native)
        unsubscribe = workspace.subscribe(_retitle(window))
        threading.Thread(target=_confirm, args=(service, trust), name="trust", daemon=True).start()
        try:
            window.run()
        finally:
            dialogs.attach(None)
            unsubscribe()
    return 0


def _confirm(service: Service, trust: Trust) -> None:
    """Trust the window once its page is there."""
    if service.hub.wait_for_page(_PAGE_TIMEOUT_S):
        trust.confirm()


def _title(session: Session | None) -> str:
    return _NAME if session is None else f"{project_name(session.path)} - {_NAME}"


def _retitle(window: AppWindow) -> Callable[[WorkspaceEvent], None]:
    """Keep the window's title on the open project."""

    def on_event(event: WorkspaceEvent) -> None:
        if not isinstance(event, VideoWanted):
            window.set_title(_title(event.session if isinstance(event, SessionOpened) else None))

    return on_event


# -------------------------------------------------------- without a window


def _run_without_window(workspace: Workspace, options: LaunchOptions) -> int:
    with (
        _serving(workspace, BrowserDialogs(), options) as (service, address),
        ended_by_signals(service.hub.wake) as ended,
    ):
        sys.stdout.write(f"talpose: serving at {address}\n")
        sys.stdout.flush()
        if options.mode == "window" and (program := find_app_browser()) is not None:
            _show_in_app_browser(program, service, address, ended)
        elif options.mode == "none":
            ended.wait()
        else:
            _show_in_default_browser(service, address, ended)
    return 0


def _show_in_app_browser(program: str, service: Service, address: str, ended: threading.Event) -> None:
    """Show the page in a browser's window without tabs, until that is closed."""
    browser = AppBrowser(program, address)

    def watch() -> None:
        browser.wait()
        ended.set()
        service.hub.wake()

    if not service.hub.wait_for_page(_BROWSER_TIMEOUT_S):
        browser.close()
        _show_in_default_browser(service, address, ended)
        return
    threading.Thread(target=watch, name="browser", daemon=True).start()
    ended.wait()
    browser.close()


def _show_in_default_browser(service: Service, address: str, ended: threading.Event) -> None:
    """Show the page in the default browser, until it has been gone for a while and nothing runs."""
    is_asked = has_display(os.environ)
    if is_asked:
        open_default_browser(address)
    if not service.hub.wait_for_page(_BROWSER_TIMEOUT_S if is_asked else 0):
        _tell("No browser has opened the page. Open the address above in one; Ctrl+C ends TALPose.")
        ended.wait()
        return
    while not ended.is_set():
        service.hub.wait_until_deserted(_DESERTED_S, is_over=ended.is_set)
        if not service.is_busy():
            return


def _tell(text: str) -> None:
    _LOG.warning(text)
    sys.stderr.write(f"talpose: {text}\n")
