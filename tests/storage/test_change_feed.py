"""The change feed outlives its connection, also one that nobody closed."""

import asyncio

import pytest
from tests.storage.silent_line import silent_line
from tests.support import in_time, new_thread, wait_until

from weft.storage.change_feed import MongoChangeFeed
from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store
from weft.threads.events import Change


async def test_a_feed_whose_connection_fell_silent_misses_nothing(
    mongod: EmbeddedMongo, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weft.storage.change_feed._SILENT_SECONDS", 2.0)
    heard: asyncio.Queue[Change] = asyncio.Queue()

    async def hear(feed: MongoChangeFeed) -> None:
        async for change in feed.follow():
            heard.put_nowait(change)

    async with silent_line(mongod.mongod.port) as line:
        db = await connect(line.uri, database=store.database.name)
        feed = MongoChangeFeed(Store(db).database)
        hearing = asyncio.create_task(hear(feed))
        try:
            await in_time(feed.opened())
            await wait_until(lambda: line.silence_change_streams() == 1)
            threads = [(await new_thread(store)).id for _ in range(3)]
            assert [(await in_time(heard.get())).thread_id for _ in threads] == threads
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await db.client.close()
