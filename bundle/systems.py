"""All that differs between Linux, macOS and Windows in how the executable is made.

Linux is built and tested (`scripts/build-check`). The other two are prepared here and have not been built.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class System:
    """One operating system.

    Attributes:
        name: In file names.
        archive: Format that users of it can unpack without installing anything.
        icon: File in `bundle/`, which the system's program carries (`scripts/make_icons.py` makes it); None
            where a desktop file names it.
        has_console_twin: Windows programs are either of the console or of the desktop; there the command
            line is a second program beside the first, from the same code.
        is_app_folder: macOS wants a folder named `.app` with a declaration of the file types in it.
        may_strip: Whether `strip` can take the linker's symbols out of the big libraries.
    """

    name: str
    archive: Literal["tar.xz", "zip"]
    icon: str | None
    has_console_twin: bool = False
    is_app_folder: bool = False
    may_strip: bool = False


LINUX = System("linux", "tar.xz", None, may_strip=True)
MACOS = System("macos", "zip", "talpose.icns", is_app_folder=True)
WINDOWS = System("windows", "zip", "talpose.ico", has_console_twin=True)


def this_system(platform: str = sys.platform) -> System:
    """The system the program is being built for: the one it is built on."""
    if platform == "darwin":
        return MACOS
    return WINDOWS if platform == "win32" else LINUX
