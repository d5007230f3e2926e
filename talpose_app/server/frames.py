"""Pictures for one page: only the newest wish counts, and a long seek shows a neighbor first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from talpose_app.errors import TalposeError
from talpose_app.protocol import messages
from talpose_app.server.convert import error_state, unforeseen

#: A decode that takes longer than this is a long seek: the user gets a neighboring key frame meanwhile.
PREVIEW_AFTER_S = 0.06
#: JPEG quality: no visible loss at the canvas's own size, a quarter of a megabyte at 1280 x 720.
QUALITY = 85


class FrameSource(Protocol):
    """Where pictures come from: the video of the open project."""

    def jpeg(self, frame_idx: int, max_size: tuple[int, int], quality: int) -> bytes:
        """Decode a frame, scaled to fit (width, height)."""
        ...

    def preview(self, frame_idx: int, max_size: tuple[int, int], quality: int) -> tuple[bytes, int]:
        """Decode a frame nearby that is quick to reach; also returns which."""
        ...

    def prefetch(self, frame_idx: int, direction: int) -> None:
        """Tell where the user is going."""
        ...

    def time_s(self, frame_idx: int) -> float:
        """Presentation time of a frame."""
        ...


class FrameFeed:
    """Answers the ``get_frame`` commands of one page. Belongs to the event loop's thread.

    Args:
        source: The present video; raises ``TalposeError`` if none is open.
        post: Sends a message to the page.
    """

    def __init__(self, source: Callable[[], FrameSource], post: Callable[[messages.Message], None]) -> None:
        self._source = source
        self._post = post
        self._wanted: messages.GetFrame | None = None
        self._wish = asyncio.Event()

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
            await self._show(command, self._source())
        except TalposeError as error:
            return messages.Failed(id=command.id, error=error_state(error))
        except Exception:  # noqa: BLE001  the boundary: every fault becomes an answer
            return messages.Failed(id=command.id, error=unforeseen(f"frame {command.frame_idx}"))
        return messages.Done(id=command.id)

    async def _show(self, command: messages.GetFrame, source: FrameSource) -> None:
        idx, size = command.frame_idx, (command.max_width, command.max_height)
        exact = asyncio.create_task(asyncio.to_thread(source.jpeg, idx, size, QUALITY))
        done, _ = await asyncio.wait({exact}, timeout=PREVIEW_AFTER_S)
        if not done:
            jpeg, shown_idx = await asyncio.to_thread(source.preview, idx, size, QUALITY)
            if not exact.done():
                self._post(self._picture(source, idx, shown_idx, jpeg))
        self._post(self._picture(source, idx, idx, await exact))
        source.prefetch(idx, command.direction)

    @staticmethod
    def _picture(source: FrameSource, frame_idx: int, shown_idx: int, jpeg: bytes) -> messages.Frame:
        return messages.Frame(
            frame_idx=frame_idx,
            shown_idx=shown_idx,
            is_exact=shown_idx == frame_idx,
            time_s=source.time_s(shown_idx),
            jpeg=jpeg,
        )
