"""Leaving a library out that another one links to and never calls in this program.

OpenCV's wheel carries an FFmpeg of its own with an old OpenSSL, for reading videos. TALPose reads videos
through PyAV and never asks OpenCV to. Empty stand-ins with the same names take their place: OpenCV loads, and
a call to one of
them would end the process at once rather than go astray.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

#: Folder of OpenCV's libraries in the bundle, the library that stays, and what of the folder goes.
_FOLDER = "opencv_python_headless.libs"
_USER = "cv2/cv2.abi3.so"
_REPLACED = re.compile(r"^lib(avcodec|avformat|avutil|swscale)-")
_DROPPED = re.compile(r"^lib(swresample|ssl|crypto|vpx|drm)-")

_NEEDED_SYMBOL = re.compile(r"\bUND\s+(\w+)@(\w+)")


def leave_out_opencv_video(internal: Path) -> list[str]:
    """Put stand-ins for OpenCV's FFmpeg into a bundle. Linux only; nothing happens where the files are not.

    Args:
        internal: The bundle's folder of libraries.

    Returns:
        Names of the files that were replaced or dropped.

    Raises:
        RuntimeError: There is no C compiler.
    """
    folder = internal / _FOLDER
    if not folder.is_dir():
        return []
    by_version = needed_symbols(internal / _USER)
    replaced = [path for path in sorted(folder.iterdir()) if _REPLACED.match(path.name)]
    dropped = [path for path in sorted(folder.iterdir()) if _DROPPED.match(path.name)]
    for path in replaced:
        match = _REPLACED.match(path.name)
        assert match is not None
        versions = {v: names for v, names in by_version.items() if v.startswith(f"LIB{match[1].upper()}_")}
        path.unlink()
        build_stand_in(path, versions)
    for path in dropped:
        path.unlink()
    return [path.name for path in (*replaced, *dropped)]


def needed_symbols(library: Path) -> dict[str, list[str]]:
    """Name the symbols that a library takes from others, by the version they carry."""
    listing = subprocess.run(
        ["readelf", "--dyn-syms", "--wide", str(library)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, version in _NEEDED_SYMBOL.findall(listing):
        found[version].add(name)
    return {version: sorted(names) for version, names in found.items()}


def build_stand_in(path: Path, versions: dict[str, list[str]]) -> None:
    """Build a library of that name whose functions end the process.

    Args:
        path: Where to put it; its name is what others ask for.
        versions: The functions' names by symbol version.

    Raises:
        RuntimeError: There is no C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise RuntimeError("There is no C compiler; install gcc.")
    names = [name for group in versions.values() for name in group]
    code = "".join(f"void {name}(void) {{ __builtin_trap(); }}\n" for name in names)
    script = "".join(
        f"{version} {{ global: {' '.join(f'{name};' for name in group)} }};\n"
        for version, group in versions.items()
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "versions").write_text(script)
        command = [
            compiler, "-shared", "-nostdlib", "-s", "-x", "c", "-", "-fno-builtin", "-w",
            f"-Wl,-soname,{path.name}", f"-Wl,--version-script,{folder}/versions", "-o", str(path),
        ]  # fmt: skip
        subprocess.run(command, input=code, text=True, check=True)
