"""Files dropped on the page in browser mode: streamed into the user's folder, never overwriting anything."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from talpose_app.errors import ProjectError, TalposeError, TrackerError, UsageError
from talpose_app.model.video import VIDEO_SUFFIXES
from talpose_app.paths import user_checkpoints_dir
from talpose_app.server.convert import error_state
from talpose_app.server.entries import Entries
from talpose_app.tracker_files.placing import is_checkpoint_name
from talpose_app.tracking.checkpoints import CHECKPOINT_SUFFIXES, Checkpoint

_LOG = logging.getLogger(__name__)
_UNSAFE = re.compile(r"[^\w .()+-]")
#: File systems allow 255 bytes; room is left for a number and a suffix.
_MAX_STEM = 80


class Uploads:
    """Takes uploads.

    Args:
        folder: Gives the folder where videos are put, and makes it.
        entries: Where the stored video gets the id to open it by.
        place_tracker: Takes a tracker's file.
    """

    def __init__(
        self, folder: Callable[[], Path], entries: Entries, place_tracker: Callable[[Path], Checkpoint]
    ) -> None:
        self._folder = folder
        self._entries = entries
        self._place_tracker = place_tracker

    async def respond(self, request: Request) -> Response:
        """Answer ``PUT /upload?name=...``.

        A video is answered with ``{"entry_id": ...}``, a tracker's file with ``{"tracker": ...}``, what
        cannot be taken with the one shape of an error.
        """
        try:
            name = safe_name(request.query_params.get("name", ""))
            if is_checkpoint_name(name):
                return JSONResponse({"tracker": await self._take_tracker(name, request.stream())})
            path = await self._store(name, request.stream())
        except TalposeError as error:
            return JSONResponse(msgspec.to_builtins(error_state(error)), status_code=400)
        except ClientDisconnect:
            _LOG.info("an upload was broken off")
            return JSONResponse({}, status_code=400)
        return JSONResponse({"entry_id": self._entries.offer(path)})

    async def _take_tracker(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Stream a tracker's file to a folder of its own, then have it checked and placed."""
        try:
            with tempfile.TemporaryDirectory(prefix=".upload-", dir=user_checkpoints_dir()) as folder:
                path = Path(folder, name)
                with await asyncio.to_thread(path.open, "wb") as file:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
                placed = await asyncio.to_thread(self._place_tracker, path)
        except OSError as error:
            message = f"The tracker's file cannot be stored: {error.strerror}."
            raise TrackerError(message, hint="Make room, or use: talpose models add FILE") from error
        return placed.name

    async def _store(self, name: str, chunks: AsyncIterator[bytes]) -> Path:
        """Write beside the final name and rename at the end: a broken upload leaves no half video."""
        try:
            folder = await asyncio.to_thread(self._folder)
            handle, part = tempfile.mkstemp(prefix=".upload-", suffix=".part", dir=folder)
            try:
                digest = hashlib.sha256()
                with os.fdopen(handle, "wb") as file:
                    async for chunk in chunks:
                        digest.update(chunk)
                        await asyncio.to_thread(file.write, chunk)
                return await asyncio.to_thread(_settle, Path(part), folder / name, digest.digest())
            finally:
                await asyncio.to_thread(Path(part).unlink, missing_ok=True)
        except OSError as error:
            message = f"The video cannot be stored: {error.strerror}."
            raise ProjectError(message, hint="Make room, or open it where it lies.") from error


def safe_name(given: str) -> str:
    """Make a file name of ours from one that a page sent.

    Raises:
        UsageError: It is the name of neither a video nor a tracker's file.
    """
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = base.rpartition(".")
    if not dot or f".{suffix.lower()}" not in VIDEO_SUFFIXES | CHECKPOINT_SUFFIXES:
        known = ", ".join(sorted(VIDEO_SUFFIXES | CHECKPOINT_SUFFIXES))
        raise UsageError(
            f"{base[:_MAX_STEM]!r} is neither a video nor a tracker's file.", hint=f"Drop one of: {known}."
        )
    stem = _UNSAFE.sub("_", stem).strip(" .")[:_MAX_STEM].strip(" .") or "video"
    return f"{stem}.{suffix.lower()}"


def _settle(part: Path, wanted: Path, digest: bytes) -> Path:
    """Give an upload its name. The same video uploaded again is the one that is there, with its project."""
    for number in range(1, 10_000):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        try:
            os.link(part, path)
        except FileExistsError:
            if _is_same(path, part, digest):
                return path
        except OSError:
            # Some file systems know no links; there the rename may in theory lose a race with another upload.
            if not path.exists():
                return part.rename(path)
        else:
            return path
    raise ProjectError(f"There are too many videos named {wanted.name}.", hint="Rename the video.")


def _is_same(path: Path, part: Path, digest: bytes) -> bool:
    if path.stat().st_size != part.stat().st_size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == digest
