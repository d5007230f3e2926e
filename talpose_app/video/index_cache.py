"""Indexes that took long to build, kept in the user's cache folder.

The key names the content, the moment it was last changed and the decoder's version, so that an
index is used for the very file and decoder it was built with, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zipfile
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import av
import msgspec
import numpy as np

from talpose_app import paths
from talpose_app.video.index import FrameIndex, KeyFrames, Origin
from talpose_app.video.indexing import IndexedVideo, index_video
from talpose_app.video.orientation import Orientation
from talpose_app.video.scan import Progress

#: Part of the key: indexes of older rules are not read.
_VERSION = 1
#: Building anew is as quick as reading the cache below this.
_SLOW_S = 0.5
_MAX_FILES = 200


class _Facts(msgspec.Struct):
    """What an index file holds beside its arrays."""

    time_base: tuple[int, int]
    origin: Origin
    has_stamps: bool
    width: int
    height: int
    orientation: Orientation
    codec: str
    pix_fmt: str
    n_frames_header: int
    is_cut_off: bool
    hides_frames: bool
    warnings: tuple[str, ...]


def index_folder() -> Path:
    """Folder of the indexes; created on first use."""
    folder = paths.user_cache_dir() / "indexes"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cached_index(
    path: Path, fingerprint: str, progress: Progress | None = None, slow_s: float = _SLOW_S
) -> IndexedVideo:
    """Find a video's frames, from the cache where they were found before.

    Args:
        path: The video.
        fingerprint: Of its content.
        progress: Told the share done while a long file is read.
        slow_s: Indexes that took longer than this are kept.

    Raises:
        VideoError: The video cannot be opened, or not a single frame can be decoded.
    """
    file = index_folder() / f"{_key_of(path, fingerprint)}.npz"
    found = _load(file)
    if found is not None:
        return found
    began = time.monotonic()
    found = index_video(path, progress)
    if time.monotonic() - began > slow_s:
        _save(file, found)
    return found


def _key_of(path: Path, fingerprint: str) -> str:
    parts = (_VERSION, fingerprint, path.stat().st_mtime_ns, sorted(av.library_versions.items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _save(file: Path, found: IndexedVideo) -> None:
    """Write an index; a full disk costs the cache, not the video."""
    index = found.index
    facts = {name: value for name, value in asdict(found).items() if name != "index"}
    facts |= {
        "time_base": (index.time_base.numerator, index.time_base.denominator),
        "origin": index.origin,
        "has_stamps": index.stamps is not None,
    }
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            np.savez(
                stream,
                facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
                pts=index.pts,
                stamps=index.pts if index.stamps is None else index.stamps,
                keys=np.stack(
                    [
                        index.keys.stamps,
                        index.keys.seek_stamps,
                        index.keys.file_offsets,
                        index.keys.frame_idxs,
                    ]
                ),
            )
        part.replace(file)
        _forget_oldest(file.parent)
    except OSError:
        part.unlink(missing_ok=True)


def _load(file: Path) -> IndexedVideo | None:
    """Read an index; None where there is none or it is damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            facts = msgspec.json.decode(stored["facts"].tobytes(), type=_Facts)
            pts, stamps, keys = (stored[name].astype(np.int64) for name in ("pts", "stamps", "keys"))
        index = FrameIndex(
            pts=pts,
            stamps=stamps if facts.has_stamps else None,
            keys=KeyFrames(*keys),
            time_base=Fraction(*facts.time_base),
            origin=facts.origin,
        )
        os.utime(file)
    except (OSError, EOFError, ValueError, KeyError, TypeError, msgspec.MsgspecError, zipfile.BadZipFile):
        return None
    return IndexedVideo(
        index=index,
        width=facts.width,
        height=facts.height,
        orientation=facts.orientation,
        codec=facts.codec,
        pix_fmt=facts.pix_fmt,
        n_frames_header=facts.n_frames_header,
        is_cut_off=facts.is_cut_off,
        hides_frames=facts.hides_frames,
        warnings=facts.warnings,
    )


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_MAX_FILES:]:
        file.unlink(missing_ok=True)
