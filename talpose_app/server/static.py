"""The page's own files."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.staticfiles import StaticFiles

#: Some systems' tables call scripts plain text, which a browser told not to guess refuses to run.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


def page_files(folder: Path) -> StaticFiles:
    """Serve a folder, ``index.html`` at its root; links out of the folder are not followed."""
    for suffix, media_type in _TYPES.items():
        mimetypes.add_type(media_type, suffix)
    return StaticFiles(directory=folder, html=True)
