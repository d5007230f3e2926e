"""The hub: from any thread to every page, in order."""

import asyncio
import threading

from talpose_app.protocol import messages as m
from talpose_app.protocol.codec import encode
from talpose_app.server.hub import Hub


class _Page:
    def __init__(self):
        self.got = []

    def post(self, message, data):
        assert data == encode(message)
        self.got.append(message.message)


def _notice(text):
    return m.Notice(level="info", message=text)


async def _settle():
    """Let what other threads handed to the loop run."""
    await asyncio.to_thread(lambda: None)
    await asyncio.sleep(0)


def test_every_page_is_told_in_order_from_any_thread():
    async def scenario():
        hub, pages = Hub(), [_Page(), _Page()]
        for page in pages:
            hub.join(page)
        await asyncio.to_thread(lambda: [hub.tell(_notice(str(i))) for i in range(20)])
        await _settle()
        return [page.got for page in pages]

    assert asyncio.run(scenario()) == [[str(i) for i in range(20)]] * 2


def test_a_page_that_left_is_not_told():
    async def scenario():
        hub, gone, here = Hub(), _Page(), _Page()
        hub.join(gone)
        hub.join(here)
        hub.leave(gone)
        hub.leave(gone)
        hub.tell(_notice("news"))
        await _settle()
        return gone.got, here.got

    assert asyncio.run(scenario()) == ([], ["news"])


def test_telling_nobody_is_no_error():
    Hub().tell(_notice("too early"))
    hub = Hub()

    async def come_and_go():
        page = _Page()
        hub.join(page)
        hub.leave(page)

    asyncio.run(come_and_go())
    hub.tell(_notice("too late"))


def test_waiting_for_the_first_page():
    hub = Hub()
    assert not hub.wait_for_page(0)

    async def come():
        hub.join(_Page())

    asyncio.run(come())
    assert hub.wait_for_page(10)


def test_deserted_after_the_last_page_left():
    hub, page = Hub(), _Page()

    async def come():
        hub.join(page)

    asyncio.run(come())
    waiting = threading.Thread(target=hub.wait_until_deserted, args=(0.0,), kwargs={"is_over": lambda: False})
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    hub.leave(page)
    waiting.join(10)
    assert not waiting.is_alive()


def test_wake_ends_the_wait_when_it_is_over():
    hub, over = Hub(), threading.Event()

    async def come():
        hub.join(_Page())

    asyncio.run(come())
    waiting = threading.Thread(target=hub.wait_until_deserted, args=(60.0,), kwargs={"is_over": over.is_set})
    waiting.start()
    over.set()
    hub.wake()
    waiting.join(10)
    assert not waiting.is_alive()
