"""What the window's libraries must find in the environment before they are loaded."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

#: Where Linux shows the graphics processors that may draw without owning a screen.
_RENDER_NODES = Path("/dev/dri")


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether a window can appear anywhere."""
    return not sys.platform.startswith("linux") or any(environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY"))


def display_answers(environ: Mapping[str, str]) -> bool:
    """Whether somebody listens at the display the environment names; True where that cannot be told."""
    wayland, folder = environ.get("WAYLAND_DISPLAY"), environ.get("XDG_RUNTIME_DIR")
    if wayland and folder and Path(folder, wayland).is_socket():
        return True
    found = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", environ.get("DISPLAY", ""))
    if found is None:
        return has_display(environ)
    place = f"/tmp/.X11-unix/X{found[1]}"  # noqa: S108  where X servers listen
    return any(_listens(address) for address in (place, f"\0{place}"))


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        return line.connect_ex(address) == 0


def window_environment(environ: Mapping[str, str], *, is_root: bool, has_gpu: bool) -> dict[str, str]:
    """Work out which variables to set; what the user has set already stays.

    Args:
        environ: The present environment.
        is_root: Chromium refuses to start its sandbox as root.
        has_gpu: Without one, drawing in software is twice as fast as imitating a GPU in software.

    Returns:
        Variables to add.
    """
    wanted = {"QT_API": "pyside6"}
    if is_root:
        wanted["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    if not has_gpu:
        wanted["QT_QUICK_BACKEND"] = "software"
    missing = {name: value for name, value in wanted.items() if name not in environ}
    flags = environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    if "--log-level" not in flags:
        # What Chromium says on stderr about missing buses and drivers is noise to the user.
        missing["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} --log-level=3".strip()
    return missing


def has_gpu() -> bool:
    """Whether the machine has a graphics processor this user can see."""
    return not sys.platform.startswith("linux") or any(_RENDER_NODES.glob("renderD*"))


def is_root() -> bool:
    """Whether the program runs as the superuser."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def prepare_environment() -> None:
    """Set the variables for this process and those it starts."""
    os.environ.update(window_environment(os.environ, is_root=is_root(), has_gpu=has_gpu()))


def environment_for_programs(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for other programs: a packaged executable must not lend them its own libraries."""
    given = dict(environ)
    original = given.pop("LD_LIBRARY_PATH_ORIG", None)
    if getattr(sys, "frozen", False):
        given.pop("LD_LIBRARY_PATH", None)
        if original is not None:
            given["LD_LIBRARY_PATH"] = original
    return given
