"""The frame feed: only the newest wish counts, and a neighbor is shown while the exact frame is decoded."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from talpose_app.errors import UsageError, VideoError
from talpose_app.protocol import messages as m
from talpose_app.server.frames import FrameFeed
from talpose_app.video.cursor import FrameAbandonedError
from tests.fixtures.clients import PATIENCE_S


class _Reader:
    """A video whose decoding the test holds in its hands."""

    def __init__(self, n_frames=100, *, instant=True):
        self.info = SimpleNamespace(n_frames=n_frames)
        self.index = SimpleNamespace(time_s=lambda idx: idx / 25)
        self.instant = instant
        self.go_on = threading.Event()
        self.aims = []

    def is_instant(self, idx, size):
        return self.instant

    def jpeg(self, idx, size, abandon):
        while not self.instant and not self.go_on.wait(0.001):
            if abandon():
                raise FrameAbandonedError("given up")
        return b"exact %d" % idx

    def preview(self, idx, size):
        return b"near %d" % idx, idx // 10 * 10

    def prefetch(self, idx, direction):
        self.aims.append((idx, direction))


class _Page:
    """Collects what is posted and can be waited on."""

    def __init__(self):
        self.posted = []
        self._more = asyncio.Event()

    def post(self, message):
        self.posted.append(message)
        self._more.set()

    async def until(self, wanted):
        while not any(wanted(x) for x in self.posted):
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), PATIENCE_S)

    def shown(self):
        return [(x.frame_idx, x.shown_idx, x.is_exact) for x in self.posted if isinstance(x, m.Frame)]

    def answered(self):
        return [x.id for x in self.posted if isinstance(x, m.Reply)]


def _wish(command_id, frame_idx, direction=0):
    return m.GetFrame(id=command_id, frame_idx=frame_idx, max_width=64, max_height=48, direction=direction)


def _is_reply(command_id):
    return lambda x: isinstance(x, m.Reply) and x.id == command_id


def _run(reader, scenario):
    async def run():
        page = _Page()
        feed = FrameFeed(lambda: reader, page.post)
        running = asyncio.create_task(feed.run())
        await scenario(feed, page)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return page

    return asyncio.run(run())


def test_an_instant_frame_comes_alone_and_the_rest_is_prefetched():
    reader = _Reader()

    async def scenario(feed, page):
        feed.request(_wish(1, 33, direction=1))
        await page.until(_is_reply(1))

    page = _run(reader, scenario)
    assert page.shown() == [(33, 33, True)]
    assert page.posted[0].time_s == 33 / 25
    assert reader.aims == [(33, 1)]


def test_a_long_seek_shows_a_neighbor_first():
    reader = _Reader(instant=False)

    async def scenario(feed, page):
        feed.request(_wish(1, 33))
        await page.until(lambda x: isinstance(x, m.Frame))
        reader.go_on.set()
        await page.until(_is_reply(1))

    assert _run(reader, scenario).shown() == [(33, 30, False), (33, 33, True)]


def test_a_newer_wish_gives_up_the_older_one():
    reader = _Reader(instant=False)

    async def scenario(feed, page):
        feed.request(_wish(1, 33))
        await page.until(lambda x: isinstance(x, m.Frame))
        for command_id, idx in ((2, 44), (3, 55), (4, 66)):
            feed.request(_wish(command_id, idx))
        await page.until(lambda x: isinstance(x, m.Frame) and x.frame_idx == 66)
        reader.go_on.set()
        await page.until(_is_reply(4))

    page = _run(reader, scenario)
    assert page.shown() == [(33, 30, False), (66, 60, False), (66, 66, True)]
    assert sorted(page.answered()) == [1, 2, 3, 4]
    assert all(isinstance(x, m.Done | m.Frame) for x in page.posted)


@pytest.mark.parametrize("error", [VideoError("It cannot be decoded."), ZeroDivisionError()])
def test_trouble_is_an_answer_and_the_feed_goes_on(error):
    reader = _Reader()
    healthy = reader.jpeg

    def fail(idx, size, abandon):
        raise error

    async def scenario(feed, page):
        reader.jpeg = fail
        feed.request(_wish(1, 3))
        await page.until(_is_reply(1))
        reader.jpeg = healthy
        feed.request(_wish(2, 4))
        await page.until(_is_reply(2))

    page = _run(reader, scenario)
    assert [type(x) for x in page.posted] == [m.Failed, m.Frame, m.Done]


@pytest.mark.parametrize("idx", [-1, 100])
def test_a_frame_outside_is_refused(idx):
    async def scenario(feed, page):
        feed.request(_wish(1, idx))
        await page.until(_is_reply(1))

    (failed,) = _run(_Reader(), scenario).posted
    assert failed.error.code == "usage"


def test_without_a_video_it_is_refused():
    def nothing():
        raise UsageError("No project is open.")

    async def run():
        page = _Page()
        feed = FrameFeed(nothing, page.post)
        running = asyncio.create_task(feed.run())
        feed.request(_wish(1, 0))
        await page.until(_is_reply(1))
        running.cancel()
        return page.posted

    assert asyncio.run(run())[0].error.message == "No project is open."


def test_a_page_that_leaves_during_a_seek_frees_the_decoder():
    reader = _Reader(instant=False)

    async def scenario(feed, page):
        feed.request(_wish(1, 33))
        await page.until(lambda x: isinstance(x, m.Frame))

    # The loop ends only when its worker threads have: the decoding must have been given up.
    assert _run(reader, scenario).shown() == [(33, 30, False)]
