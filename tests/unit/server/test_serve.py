"""The server thread: a loopback socket without delay, a clean start and end."""

import socket
import threading
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from websockets.sync.client import connect

from talpose_app.errors import UsageError
from talpose_app.server.serve import ServerThread, listen, port_of


async def _hello(request):
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", _hello)])

_HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def test_socket_is_loopback_only_and_says_that_it_is_tcp():
    with listen(0) as sock:
        assert sock.getsockname()[0] == "127.0.0.1"
        assert sock.proto == socket.IPPROTO_TCP
        assert port_of(sock) > 0


def test_accepted_connections_send_without_delay():
    sock = listen(0)
    server = ServerThread(APP, sock)
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", port_of(sock))) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
            (connection,) = server._server.server_state.connections
            accepted = connection.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
    finally:
        server.stop()


def test_a_taken_port_is_said_in_words():
    with listen(0) as taken, pytest.raises(UsageError, match="cannot be used") as caught:
        listen(port_of(taken))
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("port", [-1, 70000])
def test_an_impossible_port(port):
    with pytest.raises(UsageError):
        listen(port)


def test_serves_until_stopped_and_leaves_no_thread():
    before = threading.active_count()
    sock = listen(0)
    port = port_of(sock)
    server = ServerThread(APP, sock)
    server.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.read() == b"hello"
    server.stop()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_stop_before_start_frees_the_port():
    sock = listen(0)
    port = port_of(sock)
    ServerThread(APP, sock).stop()
    listen(port).close()


def test_a_dead_peer_is_dropped_and_a_silent_page_stays():
    async def stay(socket):
        await socket.accept()
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            await socket.send_bytes(message["bytes"])

    sock = listen(0)
    app = Starlette(routes=[WebSocketRoute("/socket", stay)])
    server = ServerThread(app, sock, ping_every_s=0.1, pong_within_s=1.5)
    server.start()
    address = f"ws://127.0.0.1:{port_of(sock)}/socket"
    try:
        with connect(address) as silent, socket.create_connection(("127.0.0.1", port_of(sock))) as dead:
            dead.settimeout(30)
            dead.sendall(_HANDSHAKE)
            # It reads and never answers: pings, the close frame, then the end of the line.
            while dead.recv(4096):
                pass
            silent.send(b"still here")
            assert silent.recv(timeout=30) == b"still here"
    finally:
        server.stop()
