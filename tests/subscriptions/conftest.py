"""Feeds on a real store, with a change feed that the test moves forward by hand: as late as it likes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from weft.agents.agent import Agent
from weft.agents.weft import Weft
from weft.storage.changes import Change as Handle
from weft.storage.deltas import delta_of
from weft.storage.events import event_of
from weft.storage.store import Store
from weft.storage.thread_log import ThreadLog
from weft.storage.types import Database
from weft.subscriptions.feeds import Feeds
from weft.subscriptions.reader import Reader
from weft.testing import ScriptedModel
from weft.threads import ids
from weft.threads.clock import utc_now
from weft.threads.cursors import Cursor
from weft.threads.events import Change, HistoryLost, Item
from weft.threads.streams import Delta, Stream, StreamState
from weft.threads.threads import Thread

DEADLINE = 15.0


class HandFeed:
    """Brings what was committed only when told to, in the order of the writes."""

    def __init__(self) -> None:
        self._changes: asyncio.Queue[Change | HistoryLost] = asyncio.Queue()

    async def opened(self) -> None:
        return

    async def follow(self) -> AsyncIterator[Change]:
        while True:
            change = await self._changes.get()
            if isinstance(change, HistoryLost):
                self._changes.task_done()
                raise change
            yield change
            self._changes.task_done()

    async def delivered(self) -> None:
        """Everything brought so far was taken."""
        async with asyncio.timeout(DEADLINE):
            await self._changes.join()

    def bring(self, change: Change | HistoryLost) -> None:
        self._changes.put_nowait(change)


@dataclass
class World:
    """A store, its feeds, and the hand that moves the feed."""

    weft: Weft
    feeds: Feeds
    feed: HandFeed
    _brought: int = 0

    @property
    def store(self) -> Store:
        return self.weft.store

    async def bring(self) -> None:
        """Lets the feed tell everything that was committed and not yet told."""
        told = await self.store.database["log_order"].find().sort("_id", 1).to_list()
        for entry in told[self._brought :]:
            collection, key = entry["collection"], entry["key"]
            doc = await self.store.database[collection].find_one({"_id": key})
            assert doc is not None
            self.feed.bring(event_of(doc) if collection == "events" else delta_of(doc))
        self._brought = len(told)
        await self.feed.delivered()

    async def committed(self) -> None:
        """Notes, in order, what the store holds now and has not been noted."""
        known = {entry["key"] for entry in await self.store.database["log_order"].find().to_list()}
        fresh: list[dict[str, Any]] = []
        for name in ("events", "deltas"):
            docs = await self.store.database[name].find().sort("_id", 1).to_list()
            fresh += [{"collection": name, "key": doc["_id"]} for doc in docs if doc["_id"] not in known]
        fresh.sort(key=lambda entry: str(entry["key"]))
        if fresh:
            await self.store.database["log_order"].insert_many(fresh)

    async def tell(self) -> None:
        """Notes and brings."""
        await self.committed()
        await self.bring()

    async def stream(self, thread: Thread) -> Stream:
        """A live stream in a turn of its own."""
        stream = Stream(
            ids.new_id(ids.STREAM), thread.id, 0, 1, StreamState.STREAMING, None, "a", "m", "p", None, None,
            0, None, 0, utc_now(), None,
        )  # fmt: skip

        async def work(change: Handle) -> Stream:
            return await change.start_stream(stream)

        started = await self.store.change(thread.id, work)
        await self.committed()
        return started

    async def write(self, stream: Stream, start: int, text: str) -> Delta:
        """The stream's part number `start`."""
        part = {"type": "text-delta", "id": "0", "delta": text}
        delta = Delta(stream.id, stream.thread_id, start, start + 1, [part])
        await self.store.deltas.append(delta)
        await self.committed()
        return delta

    async def end(self, stream: Stream, end: int) -> None:
        async def work(change: Handle) -> None:
            assert await change.end_stream(stream, StreamState.FINISHED, end)

        await self.store.change(stream.thread_id, work)
        await self.committed()

    async def touch(self, thread: Thread, title: str) -> None:
        """Something happens in the thread."""
        await self.weft.threads.update(thread.id, {"title": title})
        await self.committed()

    async def cursor(self, thread: Thread) -> Cursor:
        now = await self.weft.threads.require(thread.id)
        return Cursor.decode((await self.weft.streams.moment(now)).cursor, thread.id)


async def take(reader: Reader, count: int) -> list[Item]:
    """The next items of a reader."""
    async with asyncio.timeout(DEADLINE):
        return [await anext(reader) for _ in range(count)]


@pytest_asyncio.fixture(loop_scope="session")
async def world(db: Database) -> AsyncGenerator[World, None]:
    weft = Weft(Store(db), [Agent("echo", model=ScriptedModel(["hello"], repeat=True))], work=False)
    await weft.store.create_indexes()
    feed = HandFeed()
    feeds = Feeds(ThreadLog(weft.store), feed)
    running = asyncio.create_task(feeds.run())
    yield World(weft, feeds, feed)
    feeds.close()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
