"""The server in a thread of its own, on a loopback socket of our own."""

from __future__ import annotations

import socket
import threading
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from talpose_app.errors import UsageError

#: How long a start or a stop may take on a busy machine before it counts as failed.
_PATIENCE_S: Final = 20.0
#: A pasted label table or a dropped file chunk; commands have their own, smaller limit.
_MAX_MESSAGE_BYTES: Final = 8 << 20
#: A line is asked whether it is alive. Browsers answer by themselves, also for a page that sleeps or says
#: nothing; what does not answer in time is a process that hangs or is gone.
_PING_EVERY_S: Final = 20.0
_PONG_WITHIN_S: Final = 20.0


def listen(port: int) -> socket.socket:
    """Open the loopback socket the server will listen on.

    The protocol is named, because asyncio sets TCP_NODELAY only on sockets that say they are TCP;
    without it every small message waits for the one before it to be acknowledged.

    Args:
        port: 0 takes a free one.

    Raises:
        UsageError: The port is taken or not allowed.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen(32)
    except (OSError, OverflowError) as error:
        sock.close()
        raise UsageError(
            f"Port {port} cannot be used: {error}.", hint="Choose another with --port."
        ) from error
    return sock


def port_of(sock: socket.socket) -> int:
    """The port a socket listens on."""
    return int(sock.getsockname()[1])


class _Server(uvicorn.Server):
    """uvicorn's server that tells when it answers, so that nobody has to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        self.has_settled.set()


class ServerThread:
    """uvicorn on a daemon thread.

    Args:
        app: What is served.
        sock: From ``listen``; closed by ``stop``.
        ping_every_s: How often each WebSocket is asked whether it is alive.
        pong_within_s: How long it may take to answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        sock: socket.socket,
        *,
        ping_every_s: float = _PING_EVERY_S,
        pong_within_s: float = _PONG_WITHIN_S,
    ) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=_MAX_MESSAGE_BYTES,
            ws_ping_interval=ping_every_s,
            ws_ping_timeout=pong_within_s,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=2,
        )
        self._sock = sock
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._sock])
        finally:
            self._server.has_settled.set()

    def start(self) -> None:
        """Serve; returns when connections are answered.

        Raises:
            UsageError: The server did not start.
        """
        self._thread.start()
        self._server.has_settled.wait(_PATIENCE_S)
        if not self._server.started:
            raise UsageError("The server did not start.", hint="The log says more; try again.")

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)
        self._sock.close()
