"""The native libraries in a bundle: where each comes from, and its licence."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: Licences of the libraries that PyAV's and OpenCV's wheels carry without their texts, by the start of the
#: file's name. As their projects state them.
WHEEL_LIBRARIES = {
    "libx264": "GPL-2.0-or-later",
    "libx265": "GPL-2.0-or-later",
    "libav": "LGPL-3.0-or-later (FFmpeg; GPL with x264 and x265 in one program)",
    "libsw": "LGPL-3.0-or-later (FFmpeg)",
    "libpostproc": "GPL-2.0-or-later (FFmpeg)",
    "libSvtAv1Enc": "BSD-3-Clause-Clear",
    "libdav1d": "BSD-2-Clause",
    "libaom": "BSD-2-Clause",
    "libavif": "BSD-2-Clause",
    "libvpx": "BSD-3-Clause",
    "libvpl": "MIT",
    "libopus": "BSD-3-Clause",
    "libmp3lame": "LGPL-2.0-or-later",
    "libopencore-amr": "Apache-2.0",
    "libwebp": "BSD-3-Clause",
    "libsharpyuv": "BSD-3-Clause",
    "libgnutls": "LGPL-2.1-or-later",
    "libgmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libnettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libhogweed": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libasound": "LGPL-2.1-or-later",
    "libdrm": "MIT",
    "libxcb": "X11",
    "libXau": "MIT",
    "libpng16": "libpng-2.0",
    "libopenblas": "BSD-3-Clause",
    "libscipy_openblas": "BSD-3-Clause",
    "libgfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libquadmath": "LGPL-2.1-or-later",
    "libgomp": "GPL-3.0-or-later WITH GCC-exception-3.1",
}


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A package of the build machine's system whose libraries are in the bundle.

    Attributes:
        name: Of the package.
        version: Installed when the bundle was built.
        files: Names of its files in the bundle.
        copyright: The text of its licences on the build machine; None if there is none.
    """

    name: str
    version: str
    files: tuple[str, ...]
    copyright: Path | None


def wheel_library_license(filename: str) -> str | None:
    """Return the licence of a library that a wheel carries; None if it is none of those known."""
    starts = sorted((start for start in WHEEL_LIBRARIES if filename.startswith(start)), key=len)
    if filename.startswith("libavif"):
        return WHEEL_LIBRARIES["libavif"]
    return WHEEL_LIBRARIES[starts[-1]] if starts else None


def system_packages(filenames: Iterable[str]) -> tuple[list[SystemPackage], list[str]]:
    """Find the Debian packages of the libraries at the top of a bundle.

    Args:
        filenames: Their names, such as ``libX11.so.6``.

    Returns:
        The packages by name, and the files that belong to none.
    """
    owners: dict[str, list[str]] = {}
    strays: list[str] = []
    for filename in sorted(filenames):
        owner = _owner(filename)
        if owner is None:
            strays.append(filename)
        else:
            owners.setdefault(owner, []).append(filename)
    packages = [
        SystemPackage(name, _version(name), tuple(files), _copyright(name))
        for name, files in sorted(owners.items())
    ]
    return packages, strays


def _owner(filename: str) -> str | None:
    if shutil.which("dpkg-query") is None:
        return None
    found = _output("dpkg-query", "--search", f"*/{filename}")
    return found.split(":", 1)[0].split(",", 1)[0].strip() or None


def _version(name: str) -> str:
    return _output("dpkg-query", "--show", "--showformat=${Version}\\n", name).splitlines()[0]


def _copyright(name: str) -> Path | None:
    path = Path("/usr/share/doc", name, "copyright")
    return path if path.is_file() else None


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
