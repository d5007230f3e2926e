"""Files made for a page in browser mode: exported into a folder of the server's own, fetched by address."""

from __future__ import annotations

import secrets
import tempfile
import threading
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

#: Exports kept for downloading; the page fetches at once, older ones only lie around.
_N_KEPT = 8


class Downloads:
    """What can be fetched, newest last. The folder vanishes with the server."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="talpose-export-", ignore_cleanup_errors=True)
        self._files: dict[str, Path] = {}
        self._lock = threading.Lock()

    def place(self, name: str) -> Path:
        """Where to write a file of this name; a folder of its own keeps equal names apart."""
        folder = Path(self._folder.name) / secrets.token_hex(8)
        folder.mkdir()
        return folder / Path(name).name

    def offer(self, path: Path) -> str:
        """Let the page fetch a file.

        Returns:
            The address, from the root of the server.
        """
        download_id = secrets.token_urlsafe(16)
        with self._lock:
            self._files[download_id] = path
            while len(self._files) > _N_KEPT:
                self._files.pop(next(iter(self._files))).unlink(missing_ok=True)
        return f"/download/{download_id}"

    def close(self) -> None:
        """Remove every file."""
        self._folder.cleanup()

    async def respond(self, request: Request) -> Response:
        """Answer ``GET /download/{download_id}``."""
        with self._lock:
            path = self._files.get(request.path_params["download_id"])
        if path is None or not path.is_file():
            return PlainTextResponse("This download is over. Export again.", status_code=404)
        return FileResponse(path, filename=path.name)
