"""What the command line decides about a start of the app."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """How the app is started.

    Attributes:
        mode: ``window`` falls back to a browser, then to serving only, and says why; ``browser`` opens
            the default browser; ``none`` serves and prints one line with the address.
        path: Project or video to open at once; None shows the start screen.
        port: Loopback port; 0 takes a free one.
        tracker: What ``auto`` means when a run is started from the page.
        device: What ``auto`` means when a run is started from the page.
        debug: Log to stderr as well, in full.
        use_probe: Try the window in a child process first, because Qt aborts the process that fails.
    """

    mode: Literal["window", "browser", "none"] = "window"
    path: Path | None = None
    port: int = 0
    tracker: str = "auto"
    device: str = "auto"
    debug: bool = False
    use_probe: bool = True
