"""One page's connection: order, the hello, and pages that stop reading."""

import asyncio
import itertools
import threading
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from talpose_app.errors import UsageError
from talpose_app.protocol import messages as m
from talpose_app.protocol.codec import encode
from talpose_app.server import outbox
from talpose_app.server.hub import Hub
from talpose_app.server.limits import Limits
from talpose_app.server.websocket import (
    NO_HELLO,
    NOT_A_MESSAGE,
    TOO_MANY,
    TOO_SLOW,
    PageConnection,
    socket_endpoint,
)
from tests.fixtures.clients import PATIENCE_S, decode

_HARDWARE = m.HardwareState(summary="", advice="")


class _Desk:
    """Answers with the order in which commands came."""

    def __init__(self):
        self.done = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(self, command):
        assert self.may_answer.wait(PATIENCE_S)
        self.done.append(command.id)
        return m.Done(id=command.id, revision=len(self.done))

    def welcome(self):
        return m.Welcome(
            version=m.VERSION, app_version="1", mode="browser", recent=[], trackers=[], filters=[],
            hardware=_HARDWARE, export_formats=[], import_formats=[], project=None, wanted=None,
        )  # fmt: skip

    def reader(self):
        raise UsageError("No project is open.")


def _client(desk, hub=None):
    return TestClient(Starlette(routes=[WebSocketRoute("/socket", socket_endpoint(desk, hub or Hub()))]))


@contextmanager
def _connected(desk, hub=None):
    """The socket of a page. Leaving cancels what serves it, and on a busy machine the test client says so."""
    with suppress(CancelledError), _client(desk, hub).websocket_connect("/socket") as socket:
        yield socket


def _hello(socket):
    socket.send_bytes(encode(m.Hello(id=0, version=m.VERSION)))
    return [decode(socket.receive_bytes()) for _ in range(2)]


def test_hello_then_commands_in_order():
    desk = _Desk()
    with _connected(desk) as socket:
        assert [type(x) for x in _hello(socket)] == [m.Done, m.Welcome]
        for command_id in range(1, 31):
            socket.send_bytes(encode(m.Undo(id=command_id)))
        assert [decode(socket.receive_bytes()).id for _ in range(30)] == list(range(1, 31))
    assert desk.done == list(range(1, 31))


def test_pictures_do_not_wait_for_commands():
    desk = _Desk()
    with _connected(desk) as socket:
        _hello(socket)
        desk.may_answer.clear()
        socket.send_bytes(encode(m.Save(id=1)))
        socket.send_bytes(encode(m.GetFrame(id=2, frame_idx=0, max_width=1, max_height=1)))
        assert decode(socket.receive_bytes()).id == 2
        desk.may_answer.set()
        assert decode(socket.receive_bytes()).id == 1


class _LeavingSocket:
    """A page that says hello, sends some commands and is gone before the first is done."""

    def __init__(self, desk):
        commands = [m.Hello(id=0, version=m.VERSION), *(m.Undo(id=i) for i in range(1, 6))]
        self._inbox = [{"type": "websocket.receive", "bytes": encode(command)} for command in commands]
        self._desk = desk

    async def accept(self):
        pass

    async def receive(self):
        if self._inbox:
            return self._inbox.pop(0)
        self._desk.may_answer.set()
        return {"type": "websocket.disconnect"}

    async def send_bytes(self, data):
        raise WebSocketDisconnect(1006)


def test_commands_that_arrived_are_done_after_the_page_has_gone():
    desk = _Desk()
    desk.may_answer.clear()
    asyncio.run(PageConnection(_LeavingSocket(desk), desk, Hub()).run())
    assert desk.done == [1, 2, 3, 4, 5]


def test_a_second_hello_is_told_everything_again_but_joins_once():
    hub = Hub()
    with _connected(_Desk(), hub) as socket:
        _hello(socket)
        assert [type(x) for x in _hello(socket)] == [m.Done, m.Welcome]
        hub.tell(m.Notice(level="info", message="once"))
        socket.send_bytes(encode(m.Save(id=9)))
        got = [decode(socket.receive_bytes()) for _ in range(2)]
    assert {type(x) for x in got} == {m.Notice, m.Done}


class _StuckSocket:
    """A page that connects, says hello and never reads."""

    def __init__(self):
        self.closed_with = None
        self._inbox = [{"type": "websocket.receive", "bytes": encode(m.Hello(id=0, version=m.VERSION))}]

    async def accept(self):
        pass

    async def receive(self):
        return self._inbox.pop() if self._inbox else await asyncio.Future()

    async def send_bytes(self, data):
        await asyncio.Event().wait()

    async def close(self, code, reason):
        self.closed_with = code


def test_a_page_that_stops_reading_is_disconnected(monkeypatch):
    monkeypatch.setattr(outbox, "MAX_BYTES", 10_000)

    async def scenario():
        socket, hub = _StuckSocket(), Hub()
        running = asyncio.create_task(PageConnection(socket, _Desk(), hub).run())
        await asyncio.to_thread(hub.wait_for_page, PATIENCE_S)
        for _ in range(200):
            hub.tell(m.Notice(level="info", message="x" * 100))
        await asyncio.wait_for(running, PATIENCE_S)
        return socket.closed_with, hub.wait_for_page(0)

    assert asyncio.run(scenario()) == (1013, False)


class _TalkingSocket:
    """A page whose messages the test hands over one by one."""

    def __init__(self):
        self.inbox = asyncio.Queue()
        self.has_answered = asyncio.Event()
        self.closed_with = None

    def say(self, *commands):
        for command in commands:
            self.inbox.put_nowait({"type": "websocket.receive", "bytes": encode(command)})

    def leave(self):
        self.inbox.put_nowait({"type": "websocket.disconnect"})

    async def accept(self):
        pass

    async def receive(self):
        return await self.inbox.get()

    async def send_bytes(self, data):
        self.has_answered.set()

    async def close(self, code, reason):
        self.closed_with = (code, reason)


class _Alarm:
    """Time that passes when the test says so."""

    def __init__(self):
        self.asked_for = None
        self.rings = asyncio.Event()

    async def sleep(self, seconds):
        self.asked_for = seconds
        await self.rings.wait()


def _run(socket, desk=None, **options):
    return asyncio.wait_for(PageConnection(socket, desk or _Desk(), Hub(), **options).run(), PATIENCE_S)


def test_a_connection_that_says_no_hello_in_time_is_closed_in_words():
    async def scenario():
        socket, alarm = _TalkingSocket(), _Alarm()
        socket.say(m.Undo(id=1))
        alarm.rings.set()
        await _run(socket, sleep=alarm.sleep)
        return socket.closed_with, alarm.asked_for

    assert asyncio.run(scenario()) == (NO_HELLO, Limits().hello_s)


@pytest.mark.parametrize("version", [m.VERSION, 0])
def test_a_page_that_said_hello_may_be_silent_for_ever(version):
    """One of another version too: it has been told, and coming back would not make it newer."""

    async def scenario():
        socket, alarm = _TalkingSocket(), _Alarm()
        socket.say(m.Hello(id=0, version=version))
        running = asyncio.create_task(_run(socket, sleep=alarm.sleep))
        await socket.has_answered.wait()
        alarm.rings.set()
        for _ in range(100):
            await asyncio.sleep(0)
        assert not running.done()
        socket.leave()
        await running
        return socket.closed_with

    assert asyncio.run(scenario()) is None


def test_a_flood_is_closed_in_words_and_what_came_before_it_is_done():
    async def scenario():
        socket, desk = _TalkingSocket(), _Desk()
        socket.say(m.Hello(id=0, version=m.VERSION), *(m.Undo(id=i) for i in range(1, 40)))
        await _run(socket, desk, limits=Limits(commands_per_s=1, burst=20), clock=lambda: 5.0)
        return socket.closed_with, desk.done

    assert asyncio.run(scenario()) == (TOO_MANY, list(range(1, 20)))


def test_pictures_and_messages_that_are_none_count_as_commands():
    async def scenario():
        socket = _TalkingSocket()
        socket.say(m.Hello(id=0, version=m.VERSION), m.Done(id=1), m.Done(id=2))
        socket.say(*(m.GetFrame(id=i, frame_idx=0, max_width=1, max_height=1) for i in range(3, 9)))
        await _run(socket, limits=Limits(burst=5), clock=lambda: 5.0)
        return socket.closed_with

    assert asyncio.run(scenario()) == TOO_MANY


def test_with_time_the_same_commands_pass():
    clock = itertools.count()

    async def scenario():
        socket, desk = _TalkingSocket(), _Desk()
        socket.say(m.Hello(id=0, version=m.VERSION), *(m.Undo(id=i) for i in range(1, 40)))
        socket.leave()
        await _run(socket, desk, limits=Limits(commands_per_s=1, burst=2), clock=lambda: float(next(clock)))
        return socket.closed_with, desk.done

    assert asyncio.run(scenario()) == (None, list(range(1, 40)))


@pytest.mark.parametrize("ending", [NO_HELLO, NOT_A_MESSAGE, TOO_MANY, TOO_SLOW])
def test_reasons_fit_into_a_close_frame(ending):
    assert len(ending.reason.encode()) <= 123
