"""Showing the page without a window of our own: a browser's app window, then the default browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import webbrowser
from pathlib import Path

from talpose_app.window.environment import environment_for_programs, has_display, is_root

#: Browsers that can show one page in a window without tabs.
_APP_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
)
_CLOSE_TIMEOUT_S = 5


class AppBrowser:
    """One process of a Chromium-like browser, with a profile of its own that is thrown away."""

    def __init__(self, program: str, url: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="talpose-browser-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(  # noqa: S603  a browser found on the PATH, our own address
            app_command(program, url, Path(self._profile.name), is_superuser=is_root()),
            env=environment_for_programs(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Return when its window is closed."""
        self._process.wait()

    def close(self) -> None:
        """End it and remove its profile."""
        self._process.terminate()
        try:
            self._process.wait(_CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()


def app_command(program: str, url: str, profile: Path, *, is_superuser: bool) -> list[str]:
    """The command line that shows one page without tabs."""
    command = [
        program,
        f"--app={url}",
        f"--user-data-dir={profile}",
        "--no-first-run",
        "--no-default-browser-check",
        "--window-size=1280,800",
    ]
    # Chromium refuses its sandbox to the superuser; the page is our own.
    return [*command, "--no-sandbox"] if is_superuser else command


def find_app_browser() -> str | None:
    """The first browser on the PATH that can show one page without tabs; None if none or no display."""
    if not has_display(os.environ):
        return None
    return next((found for name in _APP_BROWSERS if (found := shutil.which(name))), None)


def open_default_browser(url: str) -> None:
    """Ask the system to show a page; returns at once.

    In a thread, because the system's opener may wait for the browser. Its answer is not
    used, because it says yes to browsers that die at once; a page that connects is the answer.
    """
    threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
