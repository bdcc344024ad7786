"""Every way to search, over a store of its own, for the one contract suite.

A world is made by a function of the store; add its name and function to `WORLDS`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tests.contracts.atlas_worlds import REAL_URI, real, stand_in
from tests.support import DEADLINE, in_time

from weft.storage.change_feed import MongoChangeFeed
from weft.storage.search.embedded.search import EmbeddedOptions, EmbeddedSearch
from weft.storage.search.strategy import SearchStrategy
from weft.storage.store import Store
from weft.storage.types import Session


class SearchWorld(Protocol):
    """A strategy that searches what the store holds."""

    @property
    def store(self) -> Store: ...
    @property
    def strategy(self) -> SearchStrategy: ...
    async def settled(self) -> None:
        """Returns when all that was written until now, by whomever, is found."""
        ...


MakeWorld = Callable[[Store], AbstractAsyncContextManager[SearchWorld]]


@dataclass(frozen=True, slots=True)
class EmbeddedWorld:
    """Weft's own search, fed as in a running Weft."""

    store: Store
    strategy: EmbeddedSearch
    feed: MongoChangeFeed

    async def settled(self) -> None:
        """The feed tells in order: when it has told of an entry that is written now, it has told of all before."""
        entries = self.store.search_entries.collection
        last: Any = {"_id": "settled", "threadId": "thr_settled", "userId": None, "order": 0, "text": ""}
        async with self.store.database.client.start_session() as session:
            await entries.replace_one({"_id": "settled"}, last, upsert=True, session=session)
            await entries.delete_one({"_id": "settled"}, session=session)
            assert await self.feed.reached(_time_of(session), DEADLINE)


@asynccontextmanager
async def embedded(store: Store, options: EmbeddedOptions | None = None) -> AsyncGenerator[EmbeddedWorld, None]:
    """A small `exact_most` has it search by codes."""
    strategy = EmbeddedSearch(store.database, store.own_writes, options)
    await strategy.prepare(await store.search_spaces.all())
    feed = MongoChangeFeed(store.database)
    strategy.news.follow(feed)
    tasks = [asyncio.create_task(_followed(feed)), asyncio.create_task(strategy.run())]
    await in_time(feed.opened())
    try:
        yield EmbeddedWorld(store, strategy, feed)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _followed(feed: MongoChangeFeed) -> None:
    async for _ in feed.follow():
        pass


def _time_of(session: Session) -> Any:
    assert session.operation_time is not None
    return session.operation_time


REAL: Final = "a real atlas"
"""Of `make test-atlas` alone."""
WORLDS: Final[dict[str, MakeWorld]] = {
    "embedded": embedded,
    "embedded by codes": lambda store: embedded(store, EmbeddedOptions(exact_most=3)),
    "embedded without room": lambda store: embedded(store, EmbeddedOptions(memory_mb=0)),
    "atlas": stand_in,
    "atlas without fusion": lambda store: stand_in(store, rank_fusion=False),
    **({REAL: real} if REAL_URI else {}),
}
