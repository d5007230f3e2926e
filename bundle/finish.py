"""What is put around the collected files: licences, icon, desktop file, bill of materials, archive."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import IO

from bundle.leave_out import leave_out_opencv_video
from bundle.sbom import write_sbom
from bundle.systems import System
from bundle.third_party import write_third_party

_HERE = Path(__file__).resolve().parent

#: All files in an archive carry this time where the caller sets none: the same input gives the same bytes.
_DEFAULT_TIME = 1764028800

#: Two threads, neither more nor fewer: input is cut into blocks where there are several, and that changes the
#: bytes.
_XZ = ["xz", "--threads=2", "-1", "--stdout"]


def finish(folder: Path, system: System, version: str) -> list[str]:
    """Finish a collected bundle in place; may be called again on the same one.

    Args:
        folder: The bundle.
        system: What it is built for.
        version: Of TALPose.

    Returns:
        Names of parts whose licence is not known.
    """
    internal = folder / "_internal"
    if system.may_strip:
        leave_out_opencv_video(internal)
        strip_symbols(internal)
    for name in ("LICENSE", "NOTICE", "CHANGELOG.md"):
        shutil.copyfile(_HERE.parent / name, folder / name)
    if system.name == "linux":
        for source in sorted((_HERE / "linux").iterdir()):
            shutil.copy(source, folder / source.name)
        shutil.copyfile(internal / "talpose_app" / "web" / "icons" / "mark.svg", folder / "talpose.svg")
    strays = write_third_party(folder, internal, version)
    libraries = [path.name for path in internal.iterdir() if ".so" in path.name]
    write_sbom(folder / "SBOM.cdx.json", libraries)
    return strays


def strip_symbols(internal: Path) -> int:
    """Cut the linker's and debugger's symbols out of libraries, torch's being a fifth of its size.

    Libraries whose layout ``auditwheel`` has changed are left alone: ``strip`` may break those.

    Returns:
        Bytes saved.
    """
    saved = 0
    for path in sorted(internal.rglob("*.so*")):
        if path.is_symlink() or not path.is_file() or path.parent.name.endswith(".libs"):
            continue
        before = path.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
        saved += before - path.stat().st_size
    return saved


def pack(folder: Path, target: Path, system: System) -> Path:
    """Pack a bundle so that the same files give the same bytes.

    Args:
        folder: The bundle; its name is the archive's one folder.
        target: The archive without its ending.
        system: Its archive format.

    Returns:
        The archive; its SHA-256 lies beside it.
    """
    if system.archive == "zip":
        path = Path(shutil.make_archive(str(target), "zip", folder.parent, folder.name))
    else:
        path = Path(f"{target}.tar.xz")
        with path.open("wb") as file, subprocess.Popen(_XZ, stdin=subprocess.PIPE, stdout=file) as xz:
            assert xz.stdin is not None
            _pack_tar(folder, xz.stdin)
            xz.stdin.close()
        if xz.returncode:
            raise subprocess.CalledProcessError(xz.returncode, _XZ)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")
    return path


def _pack_tar(folder: Path, packed: IO[bytes]) -> None:
    """Write a tar whose entries carry nothing of the builder: no user, no time of the day, a fixed order."""
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", _DEFAULT_TIME))

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        return entry

    with tarfile.open(fileobj=packed, mode="w|") as archive:
        for source in sorted(folder.rglob("*")):
            if not source.is_dir() or source.is_symlink():
                name = f"{folder.name}/{source.relative_to(folder).as_posix()}"
                archive.add(source, name, recursive=False, filter=plain)
