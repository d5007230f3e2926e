"""Reading ahead of the playhead in a background thread."""

from __future__ import annotations

import threading

from talpose_app.errors import VideoError
from talpose_app.video.cursor import FrameAbandonedError, FrameCursor
from talpose_app.video.pictures import Pictures

#: A second of video at the usual rate: enough to ride over a slow key frame.
_N_AHEAD = 24
#: Going backward decodes from a key frame each time; longer chunks repeat less of it.
_N_BEHIND = 96
#: The next chunk is begun while this many frames are still at hand.
_N_RESERVE = 48
#: How soon to look again when somebody else was using the decoder.
_RETRY_S = 0.005

Aim = tuple[int, int]
"""(frame_idx of the playhead, direction 1 or -1)."""


class Prefetcher:
    """Makes the pictures ready that the playhead will reach next.

    Args:
        pictures: Where they are kept.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._wake = threading.Condition()
        self._aim: Aim | None = None
        self._is_closed = False
        self._cursor: FrameCursor | None = None
        self._thread = threading.Thread(target=self._run, name="video-prefetch", daemon=True)
        self._thread.start()

    def aim(self, frame_idx: int, direction: int) -> None:
        """Say where the playhead is and which way it moves; direction 0 stops."""
        with self._wake:
            self._aim = (frame_idx, direction) if direction else None
            self._wake.notify_all()

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until everything wanted is ready; False where the time ran out first."""
        with self._wake:
            return self._wake.wait_for(lambda: self._aim is None, timeout_s)

    def close(self) -> None:
        """Stop the thread and wait for it."""
        with self._wake:
            self._is_closed = True
            self._wake.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (aim := self._next_aim()) is not None:
                try:
                    is_done = self._go_ahead(aim) if aim[1] > 0 else self._go_behind(aim)
                except FrameAbandonedError:
                    is_done = False
                except VideoError:
                    is_done = True  # Whoever asks for the broken frame itself is told.
                if is_done:
                    self._forget(aim)
        finally:
            if self._cursor is not None:
                self._cursor.close()

    def _next_aim(self) -> Aim | None:
        """Wait for something to do; None when closed."""
        with self._wake:
            self._wake.wait_for(lambda: self._is_closed or self._aim is not None)
            return None if self._is_closed else self._aim

    def _forget(self, aim: Aim) -> None:
        with self._wake:
            if self._aim == aim:
                self._aim = None
                self._wake.notify_all()

    def _has_moved(self, aim: Aim) -> bool:
        return self._is_closed or self._aim != aim

    def _go_ahead(self, aim: Aim) -> bool:
        """Make the next frames ready; True when there is nothing left to do."""
        first = aim[0] + 1
        for frame_idx in range(first, min(first + _N_AHEAD, self._pictures.n_frames)):
            if self._has_moved(aim):
                return False
            outcome = self._pictures.cache_ahead(frame_idx)
            if outcome == "far":
                return True
            if outcome == "busy":
                with self._wake:
                    self._wake.wait_for(lambda: self._has_moved(aim), _RETRY_S)
                return False
        return True

    def _go_behind(self, aim: Aim) -> bool:
        """Make the frames before ready, in chunks; True when there is nothing left to do."""
        missing = self._first_missing_behind(aim[0])
        if missing is None:
            return True
        if self._cursor is None:
            self._cursor = self._pictures.new_cursor()
        start = max(missing - _N_BEHIND + 1, 0)
        self._pictures.cache_span(start, missing + 1, self._cursor, lambda: self._is_of_no_use(missing))
        return False

    def _first_missing_behind(self, frame_idx: int) -> int | None:
        look = self._pictures.look
        for behind_idx in range(frame_idx - 1, max(frame_idx - _N_RESERVE, 0) - 1, -1):
            if not self._pictures.is_ready(behind_idx, look):
                return behind_idx
        return None

    def _is_of_no_use(self, missing: int) -> bool:
        """Whether the playhead has stopped, turned or jumped away from the chunk that ends at ``missing``."""
        aim = self._aim
        if self._is_closed or aim is None or aim[1] > 0:
            return True
        return not missing - _N_BEHIND <= aim[0] <= missing + 1 + _N_RESERVE
