"""THIRD-PARTY.txt and the folder `licences`: what is inside a bundle, by whom, and under which terms."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

from bundle.native import system_packages, wheel_library_license
from bundle.packages import Package, runtime_packages

_HEAD = """\
TALPose {version}, standalone executable: what is inside, and under which terms
================================================================================

TALPose's own code and the weights of its built-in tracker are under Apache-2.0 (LICENSE, NOTICE).

THE BUNDLE AS A WHOLE IS UNDER THE GNU GENERAL PUBLIC LICENSE, VERSION 3 OR LATER
(licences/GPL-3.0.txt), because it contains the video encoders x264 and x265 (GPL-2.0-or-later), which come
with PyAV's FFmpeg. You may use it for any purpose, commercial ones included, copy it and pass it on; whoever
passes the bundle on must offer the source of its parts under the same terms. Each part keeps its own licence
below.
TALPose installed by pip is not affected: there every package is fetched from its own author.

Source: every part is unmodified, except that symbols for debugging are stripped and that the FFmpeg which
OpenCV's wheel carries for itself is left out. TALPose's source, with the scripts that made this bundle, is
published with
it; the parts' sources are published by their authors at the addresses below, in the versions named.

Qt and PySide6 are used under LGPL-3.0 (licences/LGPL-3.0.txt): their libraries are separate files in the
folder
_internal/PySide6, which you may replace.
"""


def write_third_party(folder: Path, internal: Path, version: str) -> list[str]:
    """Write the list and the texts into a bundle.

    Args:
        folder: The bundle.
        internal: Its folder of libraries.
        version: Of TALPose.

    Returns:
        Files for which no licence was found; a release should have none.
    """
    texts = folder / "licences"
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir()
    packages = runtime_packages()
    top_files = [path.name for path in internal.iterdir() if re.search(r"\.so(\.|$)", path.name)]
    libpython = [name for name in top_files if name.startswith("libpython")]
    system, strays = system_packages(set(top_files) - set(libpython))
    lines = [_HEAD.format(version=version), _section("Python")]
    lines += [f"Python {sysconfig.get_python_version()}: PSF-2.0 (licences/python/LICENSE.txt)"]
    lines += ["PyInstaller's start program: GPL-2.0-or-later with an exception for what it starts"]
    lines += [_section("Python packages"), *(_package_line(package) for package in packages)]
    lines += [_section("Libraries in the packages' wheels")]
    for path in sorted(path for libs in internal.glob("*.libs") for path in libs.iterdir()):
        license_name = wheel_library_license(path.name)
        lines.append(f"{path.parent.name.removesuffix('.libs')}: {path.name}: {license_name or 'unknown'}")
        strays += [] if license_name else [path.name]
    lines += [_section("Libraries of the system it was built on")]
    for each in system:
        lines.append(f"{each.name} {each.version}: {', '.join(each.files)} (licences/system/{each.name}.txt)")
        if each.copyright is None:
            strays += each.files
        else:
            _copy(each.copyright, texts / "system" / f"{each.name}.txt")
    _copy_texts(texts, packages)
    (folder / "THIRD-PARTY.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return strays + [package.name for package in packages if package.license == "unknown"]


def _section(title: str) -> str:
    return f"\n{title}\n{'-' * len(title)}"


def _package_line(package: Package) -> str:
    folder = f" (licences/packages/{package.name})" if package.texts else ""
    return f"{package.name} {package.version}: {package.license}{folder} {package.home}".rstrip()


def _copy_texts(texts: Path, packages: list[Package]) -> None:
    for package in packages:
        for number, text in enumerate(package.texts):
            name = text.name if number == 0 else f"{number}-{text.parent.name}-{text.name}"
            _copy(text, texts / "packages" / package.name / name)
    python_text = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    if python_text.is_file():
        _copy(python_text, texts / "python" / "LICENSE.txt")
    for name in ("GPL-3.0.txt", "LGPL-3.0.txt"):
        _copy(Path(__file__).parent / "texts" / name, texts / name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
