"""Frames as JPEGs, from the cache, the proxy or the decoder, whichever has them first. Thread-safe."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

from av.video.frame import VideoFrame

from talpose_app.errors import VideoError
from talpose_app.video.cache import ByteCache
from talpose_app.video.cursor import Abandon, FrameCursor
from talpose_app.video.decoding import SharedDecoder
from talpose_app.video.encode import encode_jpeg, shrink_jpeg
from talpose_app.video.index import FrameIndex
from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter
from talpose_app.video.proxy import Proxy

#: About 500 pictures of 720p: a walk back and forth stays in the cache.
_MAX_JPEG_BYTES = 96 << 20

Look = tuple[tuple[int, int], int]
"""How a picture is wanted: (width, height) and JPEG quality."""


class Pictures:
    """JPEGs of the frames of one video.

    Attributes:
        proxy: Where every frame can be had at once; None until somebody sets it.
        look: How pictures were last asked for; what is made ahead of time is made like that.

    Args:
        path: The video.
        index: Its frames.
        orientation: How its stored pictures are turned.
        decoder: For exact frames.
        look: How pictures are wanted until the first is asked for.
    """

    def __init__(
        self, path: Path, index: FrameIndex, orientation: Orientation, decoder: SharedDecoder, look: Look
    ) -> None:
        self.proxy: Proxy | None = None
        self.look = look
        self._path = path
        self._index = index
        self._orientation = orientation
        self._decoder = decoder
        self._jpegs: ByteCache[tuple[int, Look], bytes] = ByteCache(_MAX_JPEG_BYTES, len)
        self._key_cursor: FrameCursor | None = None
        self._key_lock = threading.Lock()
        self._is_closed = False

    @property
    def n_frames(self) -> int:
        """Frames of the video."""
        return self._index.n_frames

    def is_ready(self, frame_idx: int, look: Look) -> bool:
        """Tell whether a picture is there without decoding."""
        return (frame_idx, look) in self._jpegs or self._is_proxied(frame_idx, look)

    def is_instant(self, frame_idx: int, look: Look) -> bool:
        """Tell whether a picture can be had without a wait that is felt."""
        if self.is_ready(frame_idx, look):
            return True
        return not self._decoder.is_wanted and self._decoder.is_instant(frame_idx)

    def jpeg(self, frame_idx: int, look: Look, abandon: Abandon | None = None) -> bytes:
        """Give a frame's picture; see ``VideoReader.jpeg``."""
        self.look = look
        ready = self._ready_jpeg(frame_idx, look)
        if ready is not None:
            return ready
        size, quality = look
        return self._keep(frame_idx, look, encode_jpeg(self._decoder.rgb(frame_idx, size, abandon), quality))

    def preview(self, frame_idx: int, look: Look) -> tuple[bytes, int]:
        """Give a picture at once, and the frame it shows; see ``VideoReader.preview``."""
        if self.is_instant(frame_idx, look):
            return self.jpeg(frame_idx, look), frame_idx
        self.look = look
        nearby = self._nearest_shown(frame_idx, look)
        return self._ready_jpeg(nearby, look) or self._soft_jpeg(nearby) or self._key_jpeg(
            nearby, look
        ), nearby

    def cache_ahead(self, frame_idx: int) -> Literal["cached", "busy", "far"]:
        """Make a picture ready if that is cheap and nobody waits for the decoder.

        Returns:
            "busy" when somebody does, "far" when it takes a longer decode.
        """
        look = self.look
        if self.is_ready(frame_idx, look):
            return "cached"
        if self._decoder.is_wanted:
            return "busy"
        if not self._decoder.is_instant(frame_idx):
            return "far"
        rgb = self._decoder.rgb_if_idle(frame_idx, look[0])
        if rgb is None:
            return "busy"
        self._keep(frame_idx, look, encode_jpeg(rgb, look[1]))
        return "cached"

    def cache_span(self, start: int, stop: int, cursor: FrameCursor, abandon: Abandon) -> None:
        """Decode through a span with the caller's own cursor and make its pictures ready.

        Args:
            start: First frame.
            stop: One past the last.
            cursor: The caller's own.
            abandon: Asked between frames; True ends it with FrameAbandonedError.
        """
        converter = FrameConverter(self._orientation)
        look = self.look

        def keep(shown_idx: int, frame: VideoFrame) -> None:
            if shown_idx >= start and not self.is_ready(shown_idx, look):
                self._keep(shown_idx, look, encode_jpeg(converter.rgb(frame, look[0]), look[1]))

        cursor.read(stop - 1, visit=keep, abandon=abandon)

    def new_cursor(self) -> FrameCursor:
        """Give a decoder of the caller's own; the caller closes it."""
        return FrameCursor(self._path, self._index)

    def close(self) -> None:
        """Free what is held."""
        with self._key_lock:
            self._is_closed = True
            if self._key_cursor is not None:
                self._key_cursor.close()
                self._key_cursor = None
        self._jpegs.clear()

    def _keep(self, frame_idx: int, look: Look, jpeg: bytes) -> bytes:
        self._jpegs.put((frame_idx, look), jpeg)
        return jpeg

    def _is_proxied(self, frame_idx: int, look: Look) -> bool:
        """Whether the proxy has a frame in no fewer pixels than wanted."""
        proxy_size = None if self.proxy is None else self.proxy.size
        if self.proxy is None or proxy_size is None or not self.proxy.has(frame_idx):
            return False
        (width, height), _ = look
        return width <= proxy_size[0] and height <= proxy_size[1]

    def _ready_jpeg(self, frame_idx: int, look: Look) -> bytes | None:
        """Give a frame's picture where no video has to be decoded."""
        cached = self._jpegs.get((frame_idx, look))
        if cached is not None:
            return cached
        if self.proxy is None or not self._is_proxied(frame_idx, look):
            return None
        jpeg = self.proxy.jpeg(frame_idx)
        if jpeg is None or self.proxy.size == look[0]:
            return jpeg
        return self._keep(frame_idx, look, shrink_jpeg(jpeg, *look))

    def _nearest_shown(self, frame_idx: int, look: Look) -> int:
        """Give the nearest frame that can be shown at once: one that is ready, or a key frame."""
        candidates = [self._index.key_before(frame_idx)]
        candidates += [held_idx for held_idx, held_look in self._jpegs.held() if held_look == look]
        proxied = None if self.proxy is None else self.proxy.nearest_ready(frame_idx)
        if proxied is not None:
            candidates.append(proxied)
        return min(candidates, key=lambda candidate: abs(candidate - frame_idx))

    def _soft_jpeg(self, frame_idx: int) -> bytes | None:
        """Give the proxy's picture, in fewer pixels than wanted."""
        return None if self.proxy is None else self.proxy.jpeg(frame_idx)

    def _key_jpeg(self, frame_idx: int, look: Look) -> bytes:
        """Decode a key frame beside the shared decoder, which may be busy and keeps its place."""
        size, quality = look
        with self._key_lock:
            if self._is_closed:
                raise VideoError(f"{self._path.name} has been closed.")
            if self._key_cursor is None:
                # Without frame threads the first packet already gives the picture.
                self._key_cursor = FrameCursor(self._path, self._index, careful=True)
            rgb = FrameConverter(self._orientation).rgb(self._key_cursor.read(frame_idx), size)
        return self._keep(frame_idx, look, encode_jpeg(rgb, quality))
