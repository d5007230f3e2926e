"""`python build_spec.py`: collect, finish, weigh, pack."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

from bundle.finish import finish, pack
from bundle.sizes import table, weigh
from bundle.systems import this_system
from talpose_app import __version__

_TOP = Path(__file__).resolve().parent.parent


def main() -> None:
    """Build the executable for the system this runs on."""
    parser = argparse.ArgumentParser(prog="build_spec.py", description="Build the standalone executable.")
    parser.add_argument("--reuse", action="store_true", help="finish and pack what was collected before")
    parser.add_argument("--no-archive", action="store_true", help="leave it a folder")
    arguments = parser.parse_args()
    os.chdir(_TOP)
    system = this_system()
    folder = _TOP / "dist" / "talpose"
    if not arguments.reuse:
        _collect()
    strays = finish(folder, system, __version__)
    weights = weigh(folder)
    sys.stdout.write(f"{table(weights)}\n")
    if strays:
        sys.stdout.write(f"Licence not known: {', '.join(strays)}\n")
    if not arguments.no_archive:
        machine = platform.machine().lower()
        archive = pack(folder, _TOP / "dist" / f"talpose-{__version__}-{system.name}-{machine}", system)
        sys.stdout.write(f"{archive}: {archive.stat().st_size / 1e6:,.0f} MB\n")


def _collect() -> None:
    """Run PyInstaller; the fixed seed and time let the same sources give the same bytes."""
    environ = {
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": "1764028800",
        **os.environ,
        "PYTHONPATH": str(_TOP),
    }
    command = [
        sys.executable, "-m", "PyInstaller", "bundle/talpose.spec", "--noconfirm", "--log-level", "WARN",
        "--distpath", "dist", "--workpath", "build/pyinstaller",
    ]  # fmt: skip
    subprocess.run(command, env=environ, check=True, cwd=_TOP)
