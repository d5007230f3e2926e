"""Pictures for one page: only the newest wish counts, and a long seek shows a neighbor first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from talpose_app.errors import TalposeError, UsageError
from talpose_app.protocol import messages
from talpose_app.server.convert import error_state, unforeseen
from talpose_app.video.cursor import FrameAbandonedError
from talpose_app.video.reader import VideoReader


class FrameFeed:
    """Answers the ``get_frame`` commands of one page. Belongs to the event loop's thread.

    Args:
        reader: Gives the present video; raises ``TalposeError`` if none is open.
        post: Sends a message to the page.
    """

    def __init__(self, reader: Callable[[], VideoReader], post: Callable[[messages.Message], None]) -> None:
        self._reader = reader
        self._post = post
        self._wanted: messages.GetFrame | None = None
        self._wish = asyncio.Event()
        self._is_gone = False

    def request(self, command: messages.GetFrame) -> None:
        """Ask for a picture; a wish still waiting is answered without one."""
        if self._wanted is not None:
            self._post(messages.Done(id=self._wanted.id))
        self._wanted = command
        self._wish.set()

    async def run(self) -> None:
        """Answer wishes until cancelled."""
        while True:
            await self._wish.wait()
            self._wish.clear()
            command, self._wanted = self._wanted, None
            if command is not None:
                self._post(await self._answer(command))

    async def _answer(self, command: messages.GetFrame) -> messages.Reply:
        try:
            await self._show(command, self._reader())
        except FrameAbandonedError:
            return messages.Done(id=command.id)
        except TalposeError as error:
            return messages.Failed(id=command.id, error=error_state(error))
        except Exception:  # noqa: BLE001  the boundary: every fault becomes an answer
            return messages.Failed(id=command.id, error=unforeseen(f"frame {command.frame_idx}"))
        return messages.Done(id=command.id)

    async def _show(self, command: messages.GetFrame, reader: VideoReader) -> None:
        idx, n_frames = command.frame_idx, reader.info.n_frames
        if not 0 <= idx < n_frames:
            raise UsageError(f"Frame {idx} is outside the video (0 to {n_frames - 1}).")
        size = (max(1, command.max_width), max(1, command.max_height))
        is_instant = reader.is_instant(idx, size)
        exact = asyncio.create_task(asyncio.to_thread(reader.jpeg, idx, size, abandon=self._is_obsolete))
        try:
            if not is_instant:
                await self._show_neighbor(idx, size, reader, exact)
            jpeg = await asyncio.shield(exact)
        finally:
            if not exact.done():
                # Cancelled: the page is gone. The decoder is freed; nobody asks what became of the picture.
                self._is_gone = True
                exact.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._post(_picture(reader, idx, idx, jpeg))
        reader.prefetch(idx, command.direction)

    async def _show_neighbor(
        self, idx: int, size: tuple[int, int], reader: VideoReader, exact: asyncio.Task[bytes]
    ) -> None:
        """Send what can be had at once, unless the exact picture is there first.

        This one is never given up for a newer wish: whoever scrubs faster than the video can be decoded
        sees at least the neighbors.
        """
        jpeg, shown_idx = await asyncio.to_thread(reader.preview, idx, size)
        if not exact.done() or exact.exception() is not None:
            self._post(_picture(reader, idx, shown_idx, jpeg))

    def _is_obsolete(self) -> bool:
        return self._is_gone or self._wanted is not None


def _picture(reader: VideoReader, frame_idx: int, shown_idx: int, jpeg: bytes) -> messages.Frame:
    return messages.Frame(
        frame_idx=frame_idx,
        shown_idx=shown_idx,
        is_exact=shown_idx == frame_idx,
        time_s=reader.index.time_s(shown_idx),
        jpeg=jpeg,
    )
