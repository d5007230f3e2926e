"""One page's socket: commands and answers in order, pictures beside them, everything sent by one task."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from talpose_app.errors import ProtocolError
from talpose_app.protocol import messages
from talpose_app.protocol.codec import CommandError, decode_command, encode
from talpose_app.server.convert import error_state
from talpose_app.server.frames import FrameFeed
from talpose_app.server.hub import Hub
from talpose_app.server.limits import Limits, TokenBucket
from talpose_app.server.outbox import Outbox
from talpose_app.video.reader import VideoReader

_LOG = logging.getLogger(__name__)
#: Commands received but not yet done; a page that sends faster waits on its own side.
_MAX_WAITING = 256
#: How long a closing handshake may take before the line is dropped.
_CLOSE_TIMEOUT_S = 1.0


class Desk(Protocol):
    """Who does what the commands ask."""

    def answer(self, command: messages.Command) -> messages.Reply:
        """Do it, and say what came of it; called on a worker thread."""
        ...

    def welcome(self) -> messages.Welcome:
        """The state of the app; called on the event loop's thread."""
        ...

    def reader(self) -> VideoReader:
        """The open video; raises ``TalposeError`` if there is none."""
        ...


class Ending(NamedTuple):
    """Why a connection is closed by the server.

    Attributes:
        code: Of RFC 6455, 7.4.1.
        reason: Words for the user, at most 123 bytes; empty if the page just comes back.
    """

    code: int
    reason: str = ""


NOT_A_MESSAGE = Ending(1007, "The page sent something that is no message.")
NO_HELLO = Ending(1008, "A page connected but did not say what it is.")
TOO_MANY = Ending(1008, "The page sent far more commands than anybody can give.")
TOO_SLOW = Ending(1013)


class PageConnection:
    """A connected page, from its hello to its end.

    Args:
        socket: Not accepted yet.
        desk: Does what the page asks.
        hub: Tells it what happens.
        limits: What it may do.
        clock: Seconds, never going back.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        socket: WebSocket,
        desk: Desk,
        hub: Hub,
        limits: Limits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._socket = socket
        self._desk = desk
        self._hub = hub
        self._outbox = Outbox()
        self._commands: asyncio.Queue[messages.Command | None] = asyncio.Queue(_MAX_WAITING)
        self._feed = FrameFeed(desk.reader, self._send)
        self._has_joined = False
        self._limits = limits or Limits()
        self._sleep = sleep
        self._tokens = TokenBucket(self._limits.commands_per_s, self._limits.burst, clock)
        self._has_said_hello = False
        self._ending: Ending | None = None
        self._is_given_up = asyncio.Event()

    def post(self, message: messages.Message, data: bytes) -> None:
        """See ``hub.Page.post``."""
        self._outbox.put(message, data)
        if self._outbox.is_overfull:
            self.give_up(TOO_SLOW)

    def give_up(self, ending: Ending) -> None:
        """Let ``run`` close the connection; the first reason counts."""
        self._ending = self._ending or ending
        self._is_given_up.set()

    async def run(self) -> None:
        """Serve the page until it is gone. Commands that have arrived are carried out even then."""
        await self._socket.accept()
        sending = asyncio.create_task(self._send_all())
        feeding = asyncio.create_task(self._feed.run())
        working = asyncio.create_task(self._work())
        receiving = asyncio.create_task(self._receive_all())
        giving_up = asyncio.create_task(self._is_given_up.wait())
        expecting = asyncio.create_task(self._expect_hello())
        try:
            await asyncio.wait({receiving, giving_up, working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self)
            receiving.cancel()
            if not working.done():
                await self._commands.put(None)
                await asyncio.wait({working})
            for task in (feeding, giving_up, expecting, sending):
                task.cancel()
            ends = (receiving, working, feeding, expecting, sending)
            for end in await asyncio.gather(*ends, return_exceptions=True):
                if isinstance(end, Exception):
                    _LOG.error("a page's task failed", exc_info=end)
        if self._ending is not None:
            _LOG.warning("closed a page's line: %d %s", *self._ending)
            await self._close(self._ending)

    async def _expect_hello(self) -> None:
        await self._sleep(self._limits.hello_s)
        if not self._has_said_hello:
            self.give_up(NO_HELLO)

    async def _receive_all(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if not self._tokens.take():
                self.give_up(TOO_MANY)
                return
            data: bytes | None = message.get("bytes")
            try:
                command = decode_command(data or b"")
            except CommandError as error:
                _LOG.warning("refused a message: %s", error.message)
                if error.command_id is None:
                    self.give_up(NOT_A_MESSAGE)
                    return
                self._send(messages.Failed(id=error.command_id, error=error_state(error)))
                continue
            if isinstance(command, messages.GetFrame):
                self._feed.request(command)
            else:
                self._has_said_hello |= isinstance(command, messages.Hello)
                await self._commands.put(command)

    async def _work(self) -> None:
        """Carry out commands one after the other, so that edits keep their order."""
        while (command := await self._commands.get()) is not None:
            if isinstance(command, messages.Hello):
                self._greet(command)
            elif not self._has_joined:
                error = ProtocolError("A page says hello first.", hint="Reload the page.")
                self._send(messages.Failed(id=command.id, error=error_state(error)))
            else:
                self._send(await asyncio.to_thread(self._desk.answer, command))

    def _greet(self, command: messages.Hello) -> None:
        """Answer a hello. Subscription and state are taken in one go: no change falls between them."""
        if command.version != messages.VERSION:
            error = ProtocolError(
                f"The page speaks version {command.version}, the app version {messages.VERSION}.",
                hint="Reload the page.",
            )
            self._send(messages.Failed(id=command.id, error=error_state(error)))
            return
        self._send(messages.Done(id=command.id))
        if not self._has_joined:
            self._has_joined = True
            self._hub.join(self)
        self._send(self._desk.welcome())

    def _send(self, message: messages.Message) -> None:
        self.post(message, encode(message))

    async def _send_all(self) -> None:
        try:
            while True:
                await self._socket.send_bytes(await self._outbox.take())
        except (WebSocketDisconnect, RuntimeError):
            # The page is gone; the receiving task learns the same and ends the connection.
            return

    async def _close(self, ending: Ending) -> None:
        try:
            await asyncio.wait_for(self._socket.close(*ending), _CLOSE_TIMEOUT_S)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            _LOG.info("a page did not answer the closing handshake")


def socket_endpoint(desk: Desk, hub: Hub) -> Callable[[WebSocket], Awaitable[None]]:
    """The route's handler."""

    async def endpoint(socket: WebSocket) -> None:
        await PageConnection(socket, desk, hub).run()

    return endpoint
