"""A small frame check in the background of every opened video: is what is shown what the file holds there?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from talpose_app.errors import VideoError
from talpose_app.video.check import Truth, choose_frames, compare, decode_through
from talpose_app.video.index import FrameIndex
from talpose_app.video.proxy import yield_to_others

#: Only of the beginning: ``talpose check`` decodes the whole file, which takes its time.
_N_FRAMES = 120
_N_SAMPLES = 6
_WAY_OUT = "Run `talpose check` on it, and convert it before you label it."


class _OverError(Exception):
    """The video was closed."""


class SpotCheck:
    """Compares frames of a video's beginning with a sequential decode that shares nothing with the index.

    Args:
        path: The video.
        index: Of the same.
        tell: Given a sentence where they differ, from the background thread.
    """

    def __init__(self, path: Path, index: FrameIndex, tell: Callable[[str], None]) -> None:
        self._path = path
        self._index = index
        self._tell = tell
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="video-check", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until it is done."""
        self._thread.join()

    def close(self) -> None:
        """Give up soon; what is found from now on is not told."""
        self._is_over.set()

    def _run(self) -> None:
        yield_to_others()
        try:
            sentence = self._look()
        except (VideoError, _OverError):
            return  # What cannot be read is told where it is shown.
        if sentence is not None and not self._is_over.is_set():
            self._tell(sentence)

    def _look(self) -> str | None:
        chosen = choose_frames(self._index, _N_SAMPLES, _N_FRAMES)[:_N_SAMPLES]
        truth = decode_through(self._path, self._index, set(chosen), self._go_on, _N_FRAMES)
        if not self._is_in_order(truth):
            return (
                f"{self._path.name} shows other frames from its beginning on than it lists: "
                f"frame numbers of other programs may differ. {_WAY_OUT}"
            )
        wrong: list[int] = []
        for frame_idx in chosen:
            self._go_on(0.0)
            wrong += compare(self._path, self._index, [frame_idx], truth.digests)[0]
        if not wrong:
            return None
        return (
            f"{len(wrong)} of {len(chosen)} frames of {self._path.name} look different when they are sought, "
            f"the first is {min(wrong)}. {_WAY_OUT}"
        )

    def _is_in_order(self, truth: Truth) -> bool:
        stamps = self._index.stamps
        return stamps is None or stamps[: len(truth.stamps)].tolist() == truth.stamps[: self._index.n_frames]

    def _go_on(self, _share: float) -> None:
        if self._is_over.is_set():
            raise _OverError
