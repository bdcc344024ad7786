"""Readers that are cut at any moment and go on from their cursor: nothing is missing, nothing comes twice."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random

import pytest
from tests.subscriptions.histories import CHAOS, END, History
from tests.subscriptions.screen import Screen
from tests.support import in_time

from weft.storage.change_feed import MongoChangeFeed
from weft.storage.store import Store
from weft.storage.thread_log import ThreadLog
from weft.subscriptions.feeds import Feeds
from weft.threads.cursors import Cursor
from weft.threads.events import Change, ResyncRequired, ThreadChanged
from weft.threads.ui_messages import UIMessage, ui_messages

VIEWERS = 8
THINGS = 10


class LateFeed(MongoChangeFeed):
    """The database's own change stream, which brings what happened late: a few changes at a time."""

    def __init__(self, store: Store, random: Random) -> None:
        super().__init__(store.database)
        self._random = random
        self.in_time = False

    async def follow(self) -> AsyncIterator[Change]:
        held: list[Change] = []
        most = 1
        async for change in super().follow():
            held.append(change)
            if self.in_time or len(held) >= most:
                for each in held:
                    yield each
                held, most = [], self._random.randint(1, 12)


@asynccontextmanager
async def following(store: Store, feed: MongoChangeFeed) -> AsyncGenerator[Feeds, None]:
    feeds = Feeds(ThreadLog(store), feed)
    running = asyncio.create_task(feeds.run())
    try:
        await in_time(feed.opened())
        yield feeds
        assert feeds.topics == 0, "a reader that was cut left its topic behind"
    finally:
        feeds.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def stored(history: History) -> list[UIMessage]:
    """What a client shows that reads the thread now."""
    return (await read_again(history)).shown()


async def read_again(history: History) -> Screen:
    """What a client holds that reads the thread now."""
    thread = await history.weft.threads.require(history.thread)
    rows = await history.weft.store.messages.turns(thread.id, list(range(thread.last_order + 1)))
    return Screen.read(thread, ui_messages(rows), await history.weft.streams.moment(thread))


class Viewer:
    """Reads a few items, is cut, and goes on from its cursor; now and then it is cut while it subscribes."""

    def __init__(self, feeds: Feeds, history: History, random: Random, last: asyncio.Future[int]) -> None:
        self._feeds = feeds
        self._history = history
        self._last = last
        self._thread = thread = history.thread
        self._random = random
        self.screen = Screen(Cursor(thread, 1).encode(), 1)
        self.cuts = 0

    async def view(self) -> Screen:
        """Until the thread's last event, once it is known which that is."""
        while not self._over():
            await self._take(self._random.randint(0, 6))
            self.cuts += 1
        return self.screen

    def _over(self) -> bool:
        return self._last.done() and self.screen.seq == self._last.result()

    async def _take(self, count: int) -> None:
        if count == 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(0):
                    reader = await self._feeds.thread(self._thread, self.screen.cursor)
                    await reader.aclose()
            return
        reader = await in_time(self._feeds.thread(self._thread, self.screen.cursor))
        try:
            for _ in range(count):
                if self.screen.title == END:
                    await self._last
                if self._over():
                    return
                item = await in_time(anext(reader))
                if isinstance(item.event, ResyncRequired):
                    # A stream that is deleted while the feed lags cannot be replayed from within.
                    self.screen = await read_again(self._history)
                    return
                self.screen.take(item)
        finally:
            await reader.aclose()


@pytest.mark.parametrize("seed", range(3 * CHAOS))
async def test_viewers_that_are_cut_at_any_moment_end_with_what_is_stored(empty_store: Store, seed: int) -> None:
    history, random = History(empty_store, seed), Random(seed)
    feed = LateFeed(empty_store, random)
    async with history.weft, following(empty_store, feed) as feeds:
        await history.begin()
        last: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        randoms = [Random(f"{seed} {number}") for number in range(VIEWERS)]
        viewers = [Viewer(feeds, history, random, last) for random in randoms]
        viewing = [asyncio.create_task(viewer.view()) for viewer in viewers]
        await history.happen(THINGS)
        feed.in_time = True
        last.set_result((await history.weft.threads.update(history.thread, {"title": END})).seq)
        async with asyncio.timeout(60):
            screens = await asyncio.gather(*viewing)
        shown = await stored(history)
    for screen in screens:
        assert screen.shown() == shown
    assert sum(viewer.cuts for viewer in viewers) > 10 * VIEWERS


@pytest.mark.parametrize("seed", range(100, 100 + CHAOS))
async def test_from_every_place_of_a_history_the_rest_of_it_leads_to_what_is_stored(
    empty_store: Store, seed: int
) -> None:
    history = History(empty_store, seed)
    async with history.weft:
        await history.begin()
        places = [Screen(Cursor(history.thread, 1).encode(), 1)]
        reader = await history.weft.feeds.thread(history.thread, places[0].cursor)
        await history.happen(THINGS // 2)
        last = (await history.weft.threads.require(history.thread)).seq
        item = None
        while item is None or not (isinstance(item.event, ThreadChanged) and item.seq == last):
            item = await in_time(anext(reader))
            places.append(places[-1].copy())
            places[-1].take(item)
        await reader.aclose()
        shown = await stored(history)
        for place in places:
            again = await history.weft.feeds.thread(history.thread, place.cursor)
            async for missed in again.catch_up():
                place.take(missed)
            await again.aclose()
            assert place.shown() == shown
    assert len(places) > 50
