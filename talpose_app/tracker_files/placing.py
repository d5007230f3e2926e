"""A tracker's file that the user brings: recognized, checked, and copied to where trackers are looked for."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from talpose_app import paths
from talpose_app.errors import TrackerError
from talpose_app.tracker_files.official import check_official, read_contents
from talpose_app.tracker_files.receipts import Receipt, now, write_receipt
from talpose_app.tracking.checkpoints import (
    CHECKPOINT_SUFFIXES,
    KNOWN_CHECKPOINTS,
    Checkpoint,
    KnownCheckpoint,
    find_checkpoint,
    verify_checkpoint,
    weights_sha256,
)


def is_checkpoint_name(name: str) -> bool:
    """Whether a file of this name may be a tracker's."""
    return Path(name).suffix.lower() in CHECKPOINT_SUFFIXES


def place_checkpoint(path: Path) -> Checkpoint:
    """Take a tracker's file into the user's checkpoint folder; the one it came from stays as it is.

    An official file is known by what it holds, so that it may have any name; any other
    keeps its name and is a tracker named after it.

    Args:
        path: The file.

    Raises:
        TrackerError: It is damaged, no checkpoint, or another file of its name is there.
    """
    if not is_checkpoint_name(path.name):
        endings = ", ".join(sorted(CHECKPOINT_SUFFIXES))
        raise TrackerError(f"{path.name} is no tracker's file.", hint=f"Those end in one of: {endings}.")
    try:
        known = _recognized(path)
        target = paths.user_checkpoints_dir() / (path.name if known is None else known.filename)
        _copy(path, target)
        license_name = "as its author says" if known is None else known.license
        digest = weights_sha256(target)
        receipt = Receipt(
            sha256=digest,
            n_bytes=target.stat().st_size,
            origin=str(path),
            license=license_name,
            stored_at=now(),
        )
        write_receipt(target, receipt)
    except OSError as error:
        text = f"{path.name} cannot be copied to {paths.user_checkpoints_dir()}: {error.strerror}."
        raise TrackerError(text, hint="Make room, or make the folder writable.") from error
    return find_checkpoint(target.stem if known is None else known.name)


def _recognized(path: Path) -> KnownCheckpoint | None:
    """Which official checkpoint a file is; None for others, which may be compatible all the same."""
    verify_checkpoint(path)
    if path.suffix == ".safetensors":
        return None
    contents = read_contents(path)
    if not contents.is_cotracker3:
        return None
    for known in KNOWN_CHECKPOINTS:
        source = known.source
        if (
            source is not None
            and contents.window_len == source.window_len
            and _has_size_of(path, source.n_bytes)
        ):
            check_official(path, source.window_len)
            return known
    return None


def _has_size_of(path: Path, n_bytes: int) -> bool:
    return n_bytes / 2 <= path.stat().st_size <= n_bytes * 2


def _copy(path: Path, target: Path) -> None:
    """Copy by way of another name, so that a half copy is never taken for a tracker."""
    if target.exists():
        if target.samefile(path) or weights_sha256(target) == weights_sha256(path):
            return
        raise TrackerError(
            f"Another file named {target.name} is among the trackers.", hint="Rename yours and try again."
        )
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, path.open("rb") as source:
            shutil.copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
