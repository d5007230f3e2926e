"""The reader: any frame of a video by its number, as an array or as a JPEG, quickly. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from talpose_app.errors import VideoError
from talpose_app.model.video import VideoInfo
from talpose_app.video.container import open_container
from talpose_app.video.cursor import Abandon, FrameCursor
from talpose_app.video.decoding import SharedDecoder
from talpose_app.video.fingerprint import FileWatch, fingerprint_of
from talpose_app.video.index import FrameIndex
from talpose_app.video.index_cache import cached_index
from talpose_app.video.indexing import IndexedVideo
from talpose_app.video.pictures import Pictures
from talpose_app.video.pixels import FrameConverter, RgbFrame, fit_size
from talpose_app.video.prefetch import Prefetcher
from talpose_app.video.proxy import OnProgress, Proxy, is_worthwhile, proxy_folder
from talpose_app.video.scan import Progress
from talpose_app.video.spot_check import SpotCheck

DEFAULT_QUALITY = 85
"""JPEG quality at which artifacts are hard to see and a 720p frame takes some 200 kB."""


class VideoReader:
    """Reads the frames of one video.

    Frame N is the N-th frame of a sequential decode, whatever way leads to it. All methods may be
    called from any thread.

    Attributes:
        info: Facts about the video.
        index: Its frames and key frames.
        warnings: Sentences on what is wrong with the file; empty for a sound one.

    Args:
        path: The file.
        progress: Told the share done while the frames of a long file are found.

    Raises:
        VideoError: Missing, not a video, without a video stream or without a frame.
    """

    def __init__(self, path: str | Path, progress: Progress | None = None) -> None:
        self._path = Path(path).absolute()
        fingerprint = _fingerprint_of(self._path)
        self._watch = FileWatch(self._path, fingerprint)
        found = cached_index(self._path, fingerprint, progress)
        self.index: FrameIndex = found.index
        self.info: VideoInfo = _info_of(self._path, found, fingerprint)
        self.warnings: tuple[str, ...] = found.warnings
        self._orientation = found.orientation
        self._decoder = SharedDecoder(self._path, self.index, found.orientation)
        self._pictures = Pictures(
            self._path, self.index, found.orientation, self._decoder, (self.info.size, DEFAULT_QUALITY)
        )
        self._prefetcher: Prefetcher | None = None
        self._spot_check: SpotCheck | None = None
        self._span_lock = threading.Lock()
        self._span_cursor: FrameCursor | None = None
        self._is_closed = False

    @classmethod
    def open(cls, path: str | Path, progress: Progress | None = None) -> Self:
        """Open a video; the same as calling the class."""
        return cls(path, progress)

    def close(self) -> None:
        """Stop background work and free decoders and files; further reads raise VideoError."""
        with self._span_lock:
            self._is_closed = True
            if self._span_cursor is not None:
                self._span_cursor.close()
                self._span_cursor = None
        if self._prefetcher is not None:
            self._prefetcher.close()
        if self._spot_check is not None:
            self._spot_check.close()
        if self._pictures.proxy is not None:
            self._pictures.proxy.close()
        self._pictures.close()
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def check_unchanged(self) -> None:
        """Make sure that the file is still the one that was opened; every read does so first.

        Raises:
            VideoError: It was replaced or changed.
        """
        self._watch.check()

    def frame(self, frame_idx: int) -> RgbFrame:
        """Give a frame at full size.

        Args:
            frame_idx: 0-based.

        Returns:
            Shape (height, width, 3), uint8, RGB, upright; the caller's own copy.

        Raises:
            VideoError: It cannot be decoded, or the file was replaced.
            IndexError: There is no such frame.
        """
        self.check_unchanged()
        return self._decoder.rgb(frame_idx, self.info.size)

    def frames(self, start: int, stop: int, step: int = 1) -> Iterator[RgbFrame]:
        """Decode forward through a span, each frame once, beside what others read.

        A span that begins where the one before ended goes on from there.

        Args:
            start: First frame.
            stop: One past the last.
            step: Frames to go on by, at least 1.

        Yields:
            Arrays as ``frame`` gives them.

        Raises:
            VideoError: A frame cannot be decoded.
            IndexError: The span reaches outside the video.
        """
        if step < 1:
            raise ValueError(f"a step of {step} does not lead forward")
        self.check_unchanged()
        cursor = self._borrow_cursor()
        converter = FrameConverter(self._orientation)
        try:
            for frame_idx in range(start, stop, step):
                yield converter.rgb(cursor.read(frame_idx), self.info.size)
        finally:
            self._give_back_cursor(cursor)

    def jpeg(
        self,
        frame_idx: int,
        max_size: tuple[int, int] | None = None,
        quality: int = DEFAULT_QUALITY,
        abandon: Abandon | None = None,
    ) -> bytes:
        """Give a frame as a JPEG, from a cache or the proxy where they have it.

        Args:
            frame_idx: 0-based.
            max_size: Box (width, height) in pixels to shrink into; never enlarged.
            quality: 1 to 100; the proxy's pictures have a quality of their own.
            abandon: Asked while decoding toward the frame; True gives up.

        Raises:
            VideoError: It cannot be decoded.
            FrameAbandonedError: ``abandon`` said so.
            IndexError: There is no such frame.
        """
        return self._pictures.jpeg(
            self._checked(frame_idx), (fit_size(self.info.size, max_size), quality), abandon
        )

    def preview(
        self, frame_idx: int, max_size: tuple[int, int] | None = None, quality: int = DEFAULT_QUALITY
    ) -> tuple[bytes, int]:
        """Give at once the frame or, where it takes long to decode, one nearby.

        Args:
            frame_idx: The frame that is wanted.
            max_size: As for ``jpeg``.
            quality: As for ``jpeg``.

        Returns:
            The JPEG and the frame it shows; where that is not ``frame_idx``, say so on the screen
            and ask ``jpeg`` for the exact one. The proxy's picture of the very frame may have fewer
            pixels than wanted.

        Raises:
            VideoError: It cannot be decoded.
            IndexError: There is no such frame.
        """
        return self._pictures.preview(self._checked(frame_idx), (fit_size(self.info.size, max_size), quality))

    def is_instant(
        self, frame_idx: int, max_size: tuple[int, int] | None = None, quality: int = DEFAULT_QUALITY
    ) -> bool:
        """Tell whether ``jpeg`` would answer without a wait that is felt."""
        return self._pictures.is_instant(
            self._checked(frame_idx), (fit_size(self.info.size, max_size), quality)
        )

    def prefetch(self, frame_idx: int, direction: int) -> None:
        """Make the frames around the playhead ready in the background, as ``jpeg`` was last asked for.

        Args:
            frame_idx: Where the playhead is.
            direction: 1 when it moves forward, -1 backward, 0 to stop.
        """
        if self._prefetcher is None:
            if direction == 0:
                return
            self._prefetcher = Prefetcher(self._pictures)
        self._prefetcher.aim(frame_idx, direction)

    def start_proxy(
        self, first_frame_idx: int = 0, on_progress: OnProgress | None = None, folder: Path | None = None
    ) -> Proxy | None:
        """Find the proxy in the cache or begin to make it in the background.

        Args:
            first_frame_idx: Where the user is; made first.
            on_progress: Told the share done, from the background thread.
            folder: Where proxies are kept; the user's cache folder by default.

        Returns:
            The proxy; None where random access is quick without one.
        """
        if not is_worthwhile(self.index, self.info.size):
            return None
        proxy = self._pictures.proxy
        if proxy is None:
            proxy = Proxy(self.info, self.index, self._orientation, folder or proxy_folder())
            self._pictures.proxy = proxy
        proxy.start(first_frame_idx, on_progress)
        return proxy

    def start_check(self, tell: Callable[[str], None]) -> SpotCheck:
        """Compare some frames with a sequential decode in the background; see ``SpotCheck``.

        Args:
            tell: Given a sentence where they differ, from the background thread; it joins ``warnings``.
        """
        if self._spot_check is None:
            self._spot_check = SpotCheck(self._path, self.index, lambda sentence: self._warn(sentence, tell))
            self._spot_check.start()
        return self._spot_check

    def _warn(self, sentence: str, tell: Callable[[str], None]) -> None:
        self.warnings = (*self.warnings, sentence)
        tell(sentence)

    def _borrow_cursor(self) -> FrameCursor:
        """Take the decoder of the last span, or a new one while that is in use."""
        with self._span_lock:
            if self._is_closed:
                raise VideoError(f"{self._path.name} has been closed.")
            cursor, self._span_cursor = self._span_cursor, None
        return cursor or FrameCursor(self._path, self.index)

    def _give_back_cursor(self, cursor: FrameCursor) -> None:
        with self._span_lock:
            if self._span_cursor is None and not self._is_closed:
                self._span_cursor = cursor
                return
        cursor.close()

    def _checked(self, frame_idx: int) -> int:
        if not 0 <= frame_idx < self.info.n_frames:
            raise IndexError(f"frame {frame_idx} is outside the video's 0 to {self.info.n_frames - 1}")
        self.check_unchanged()
        return frame_idx


def _fingerprint_of(path: Path) -> str:
    """Hash a file that may not be there; what is wrong with it is told in words."""
    try:
        return fingerprint_of(path)
    except OSError:
        container, _ = open_container(path)
        container.close()
        raise


def _info_of(path: Path, found: IndexedVideo, fingerprint: str) -> VideoInfo:
    width, height = found.orientation.size(found.width, found.height)
    index = found.index
    return VideoInfo(
        path=str(path),
        width=width,
        height=height,
        n_frames=index.n_frames,
        time_base=(index.time_base.numerator, index.time_base.denominator),
        fps=index.fps,
        duration_s=index.duration_s,
        codec=found.codec,
        fingerprint=fingerprint,
        is_variable_rate=index.is_variable_rate,
    )
