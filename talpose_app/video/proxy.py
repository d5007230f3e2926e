"""The proxy: a copy of the video of which every frame can be had at once, made in the background.

Kept in the user's cache folder under the video's fingerprint; the folder is bounded, and what
was not used for longest is deleted first.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from talpose_app import paths
from talpose_app.errors import VideoError
from talpose_app.model.video import VideoInfo
from talpose_app.video.cursor import FrameCursor
from talpose_app.video.encode import encode_jpeg
from talpose_app.video.index import FrameIndex
from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter, fit_size
from talpose_app.video.proxy_file import ProxyFile

OnProgress = Callable[[float], None]
"""Receives the share done, 0 to 1, from the background thread."""

#: Long side of the pictures: a whole frame on the usual screen; details are decoded from the video.
_LONG_SIDES = (1280, 960, 640, 480)
_QUALITY = 85
#: Generous guess for quality 85, so that a proxy that is begun can be finished.
_BYTES_PER_PIXEL = 0.3
_MAX_FOLDER_BYTES = 10 << 30
_MAX_PROXY_BYTES = _MAX_FOLDER_BYTES // 2
#: The proxy is a convenience: it leaves this much of the disk to the user's own files.
_MIN_FREE_BYTES = 2 << 30
#: Decoding costs about 3 ms a megapixel; past this many of them a random frame is felt as a wait.
_MAX_GOP_MEGAPIXELS = 60.0
_PROGRESS_EVERY_S = 0.25
_NICENESS = 10
#: An unfinished file this old was left by a crash.
_STALE_AFTER_S = 3600.0


def is_worthwhile(index: FrameIndex, size: tuple[int, int]) -> bool:
    """Tell whether reaching a random frame takes long enough to be worth a proxy."""
    return index.longest_gop > 1 and index.longest_gop * size[0] * size[1] / 1e6 > _MAX_GOP_MEGAPIXELS


def proxy_folder() -> Path:
    """Folder of the proxies; created on first use."""
    folder = paths.user_cache_dir() / "proxies"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def trim_folder(folder: Path, max_bytes: int = _MAX_FOLDER_BYTES) -> None:
    """Delete the proxies not used for longest until the folder fits, and what crashes left behind."""
    now = time.time()
    kept: list[tuple[float, int, Path]] = []
    for file in folder.iterdir():
        facts = file.stat()
        if file.suffix == ".part" and now - facts.st_mtime > _STALE_AFTER_S:
            file.unlink(missing_ok=True)
        elif file.suffix == ".mjpeg":
            kept.append((facts.st_mtime, facts.st_size, file))
    total = sum(n_bytes for _, n_bytes, _ in kept)
    for _, n_bytes, file in sorted(kept)[:-1]:
        if total <= max_bytes:
            break
        file.unlink(missing_ok=True)
        total -= n_bytes


def yield_to_others() -> None:
    """Let the frames the user waits for, and the tracker, go first; decoder threads inherit it."""
    if sys.platform == "linux":  # Elsewhere priorities are those of the process.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


class Proxy:
    """The proxy of one video: found in the cache, or made by a background thread.

    Args:
        info: The video.
        index: Its frames.
        orientation: How its stored pictures are turned.
        folder: Where proxies are kept.
    """

    def __init__(self, info: VideoInfo, index: FrameIndex, orientation: Orientation, folder: Path) -> None:
        self._info = info
        self._index = index
        self._orientation = orientation
        self._path = folder / f"{info.fingerprint.rpartition(':')[2]}.mjpeg"
        self._file = ProxyFile.open(self._path, info.n_frames)
        self._is_cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._error = ""
        if self._file is not None:
            os.utime(self._path)

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) of the pictures; None before any is there."""
        return None if self._file is None else self._file.size

    @property
    def progress(self) -> float:
        """Share of the frames that are there, 0 to 1."""
        return 0.0 if self._file is None else self._file.n_ready / self._info.n_frames

    @property
    def is_running(self) -> bool:
        """Whether frames are being added."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def error(self) -> str:
        """Why there is no proxy, or no whole one; empty where nothing is wrong."""
        return self._error

    def has(self, frame_idx: int) -> bool:
        """Tell whether a frame's picture is there."""
        return self._file is not None and frame_idx in self._file

    def jpeg(self, frame_idx: int) -> bytes | None:
        """Give a frame's picture as it lies in the file; None where it is not there."""
        return None if self._file is None else self._file.read(frame_idx)

    def nearest_ready(self, frame_idx: int) -> int | None:
        """Give the nearest frame whose picture is there, None where none is."""
        return None if self._file is None else self._file.nearest_ready(frame_idx)

    def start(self, first_frame_idx: int = 0, on_progress: OnProgress | None = None) -> None:
        """Begin to make it, from the group of pictures the user looks at; nothing where it exists.

        Args:
            first_frame_idx: Where the user is.
            on_progress: Told now and then, and at the end, from the background thread.
        """
        if self._file is not None or self.is_running:
            if on_progress is not None and self._file is not None:
                on_progress(self.progress)
            return
        size = self._affordable_size()
        if size is None:
            self._error = "There is too little room in the cache folder for quick access to every frame."
            return
        self._thread = threading.Thread(
            target=self._make, args=(size, first_frame_idx, on_progress), name="video-proxy", daemon=True
        )
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is made or given up; False where the time ran out first."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return not self.is_running

    def close(self) -> None:
        """Stop making it, drop what is unfinished and close the file."""
        self._is_cancelled.set()
        self.wait()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _affordable_size(self) -> tuple[int, int] | None:
        """Choose the largest pictures that fit the budget and the disk."""
        free = shutil.disk_usage(self._path.parent).free - _MIN_FREE_BYTES
        budget = min(_MAX_PROXY_BYTES, free)
        for long_side in _LONG_SIDES:
            width, height = fit_size(self._info.size, (long_side, long_side))
            if self._info.n_frames * width * height * _BYTES_PER_PIXEL <= budget:
                return width, height
        return None

    def _make(self, size: tuple[int, int], first_frame_idx: int, on_progress: OnProgress | None) -> None:
        part = self._path.with_suffix(f".{os.getpid()}.part")
        yield_to_others()
        try:
            self._file = ProxyFile.create(part, self._info.n_frames, size)
            self._fill(self._file, first_frame_idx, on_progress)
            if not self._is_cancelled.is_set():
                self._publish(self._file, part)
        except (OSError, VideoError) as error:
            self._error = f"Quick access to every frame could not be prepared ({error})."
        finally:
            if part.exists():
                if self._file is not None:
                    self._file.close()
                    self._file = None
                part.unlink(missing_ok=True)
        if on_progress is not None and not self._is_cancelled.is_set():
            on_progress(self.progress)

    def _publish(self, file: ProxyFile, part: Path) -> None:
        """Give the finished file its name; a crash before leaves no half proxy under that name."""
        file.finish()
        file.close()
        part.replace(self._path)
        self._file = ProxyFile.open(self._path, self._info.n_frames)
        trim_folder(self._path.parent)

    def _fill(self, file: ProxyFile, first_frame_idx: int, on_progress: OnProgress | None) -> None:
        cursor = FrameCursor(Path(self._info.path), self._index)
        converter = FrameConverter(self._orientation)
        start = self._index.key_before(first_frame_idx)
        told = time.monotonic()
        try:
            for step in range(self._info.n_frames):
                if self._is_cancelled.is_set():
                    return
                frame_idx = (start + step) % self._info.n_frames
                try:
                    rgb = converter.rgb(cursor.read(frame_idx), file.size)
                except VideoError:
                    continue  # A broken frame has no picture; asking the video for it says why.
                file.append(frame_idx, encode_jpeg(rgb, _QUALITY))
                if file.n_bytes > _MAX_PROXY_BYTES:
                    raise VideoError("its pictures take more room than the cache may use")
                if on_progress is not None and time.monotonic() - told > _PROGRESS_EVERY_S:
                    told = time.monotonic()
                    on_progress(self.progress)
        finally:
            cursor.close()
