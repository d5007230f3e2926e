"""Which system libraries the window needs and does not find. Linux only; elsewhere the wheels bring all."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

#: Library file -> Debian package, for what Qt's wheels expect of the system.
PACKAGE_OF = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXrandr.so.2": "libxrandr2",
    "libXtst.so.6": "libxtst6",
    "libasound.so.2": "libasound2",
    "libfontconfig.so.1": "libfontconfig1",
    "libgbm.so.1": "libgbm1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libnss3.so": "libnss3",
    "libnssutil3.so": "libnss3",
    "libsmime3.so": "libnss3",
    "libnspr4.so": "libnss3",
    "libdbus-1.so.3": "libdbus-1-3",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbfile.so.1": "libxkbfile1",
}

#: One line that installs everything on a bare Debian 12 or Ubuntu 22.04.
APT_LINE = "sudo apt-get install --no-install-recommends " + " ".join(dict.fromkeys(PACKAGE_OF.values()))

#: Since Debian 13 and Ubuntu 24.04 these packages carry a suffix; their libraries are the same.
RENAMED = {"libasound2": "libasound2t64", "libglib2.0-0": "libglib2.0-0t64"}
_FIRST_RENAMED = {"debian": 13.0, "ubuntu": 24.04}

#: The files whose needs decide: the page engine and the link to the X server.
_LOOKED_AT = (
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/lib/libQt6WebEngineCore.so.6",
    "Qt/lib/libQt6Widgets.so.6",
)
_LDD_TIMEOUT_S = 20


def missing_libraries() -> list[str]:
    """The library files Qt needs and the system does not have; empty where this cannot be told."""
    if not sys.platform.startswith("linux"):
        return []
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(next(iter(spec.submodule_search_locations)))
    return sorted({name for part in _LOOKED_AT for name in not_found(_ldd(folder / part))})


def missing_packages() -> list[str]:
    """The Debian packages that bring what is missing, by this system's names."""
    renamed = _has_new_names(_os_release(Path("/etc/os-release")))
    found = dict.fromkeys(PACKAGE_OF.get(name, name) for name in missing_libraries())
    return [RENAMED.get(package, package) if renamed else package for package in found]


def install_hint() -> str:
    """How to install what is missing, as one line; empty if nothing is."""
    packages = missing_packages()
    return f"Install it: sudo apt-get install {' '.join(packages)}" if packages else ""


def not_found(ldd_output: str) -> list[str]:
    """The libraries ``ldd`` could not find."""
    return re.findall(r"^\s*(\S+) => not found", ldd_output, re.MULTILINE)


def _ldd(library: Path) -> str:
    if not library.exists():
        return ""
    try:
        done = subprocess.run(  # noqa: S603  a fixed program on a file of our own
            ["/usr/bin/env", "ldd", str(library)],
            capture_output=True,
            text=True,
            timeout=_LDD_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _os_release(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _has_new_names(os_release: str) -> bool:
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    first = _FIRST_RENAMED.get(fields.get("ID", ""))
    version = re.match(r"\d+(\.\d+)?", fields.get("VERSION_ID", ""))
    return first is not None and version is not None and float(version.group()) >= first
