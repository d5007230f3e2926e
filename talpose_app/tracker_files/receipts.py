"""What is known of a file that was downloaded or placed: whence, when, under which licence, and its hash."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import weights_sha256

_SUFFIX = ".receipt.json"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Written beside a tracker's file when it was found whole.

    Attributes:
        sha256: Of the file as it arrived. The first arrival sets it; nothing later may differ.
        n_bytes: Its size.
        origin: Address or path it came from.
        announced_sha256: What the server said the hash is; None if it said nothing.
        license: The licence that was accepted.
        accepted_at: When, in UTC; None for a file placed by hand.
        stored_at: When it was found whole, in UTC.
    """

    sha256: str
    n_bytes: int
    origin: str
    license: str
    announced_sha256: str | None = None
    accepted_at: str | None = None
    stored_at: str = ""


def receipt_path(path: Path) -> Path:
    """Where the receipt of a tracker's file lies."""
    return path.with_name(path.name + _SUFFIX)


def read_receipt(path: Path) -> Receipt | None:
    """Read the receipt of a tracker's file; None if there is none that can be read."""
    try:
        return msgspec.json.decode(receipt_path(path).read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Write the receipt of a tracker's file, at once or not at all."""
    data = msgspec.json.format(msgspec.json.encode(receipt))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(receipt_path(path))
    finally:
        Path(temporary).unlink(missing_ok=True)


def check_receipt(path: Path) -> None:
    """Hold a tracker's file against the hash it had when it arrived; nothing is done without a receipt.

    Raises:
        TrackerError: It has changed since.
    """
    receipt = read_receipt(path)
    if receipt is not None and weights_sha256(path) != receipt.sha256:
        raise TrackerError(
            f"The tracker file {path} is not as it was when it arrived.",
            hint="Delete it with its receipt and get it again.",
        )


def now() -> str:
    """The present moment as receipts have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
