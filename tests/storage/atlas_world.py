"""A store on a server that stands in for Atlas, with messages whose texts and vectors the tests choose."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pymongo import AsyncMongoClient
from tests.atlas import AtlasServer, Mode, atlas
from tests.storage.explain import Recorder
from tests.support import new_thread, row

from weft.storage.changes import Change
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.atlas.search import AtlasSearch
from weft.storage.store import Store
from weft.storage.types import Client
from weft.threads.messages import MessageRole
from weft.threads.threads import Thread
from weft.threads.vectors import Embeddings, Space

SPACE = Space("test:three", 3)
VECTORS = f"weft_vector_{SPACE.key}"


@dataclass
class World:
    """`search` is new: it knows nothing yet of the indexes."""

    server: AtlasServer
    store: Store
    search: AtlasSearch
    recorder: Recorder
    name: str
    _orders: dict[str, int] = field(default_factory=dict[str, int])

    async def thread(self, user_id: str | None = None) -> Thread:
        return await new_thread(self.store, user_id=user_id)

    async def say(
        self, thread: Thread, text: str, vector: Sequence[float] | None = None, space: Space = SPACE, **fields: Any
    ) -> str:
        """A turn of one message; returns its id."""
        order = self._orders.get(thread.id, -1) + 1
        self._orders[thread.id] = order
        content = [{"type": "text", "text": text}]
        message = row(MessageRole.USER, order, 0, content, thread_id=thread.id, user_id=thread.user_id, **fields)
        given = None if vector is None else Embeddings(space.model, [vector])

        async def save(change: Change) -> None:
            await change.insert_messages(message, embeddings=given, embed=False)

        await self.store.change(thread.id, save)
        return message.id

    async def indexed(self) -> None:
        """Every index that is wanted is there and knows every message."""
        await self.search.prepare(await self.store.search_spaces.all())
        await self.server.finish_building()
        await self.server.caught_up()


@asynccontextmanager
async def world(
    mongod: EmbeddedMongo,
    database: str,
    *,
    mode: Mode = Mode.ATLAS,
    rank_fusion: bool = True,
    look_again: float = 60.0,
) -> AsyncGenerator[World, None]:
    """`look_again`: as `AtlasSearch` takes it."""
    recorder = Recorder()
    async with atlas(mongod.uri, mode=mode, rank_fusion=rank_fusion) as server:
        client: Client = AsyncMongoClient(server.uri, tz_aware=True, event_listeners=[recorder])
        try:
            store = Store(client[database])
            await store.create_indexes()
            search = AtlasSearch(store.database, store.search_spaces, look_again=look_again)
            yield World(server, store, search, recorder, database)
        finally:
            await client.drop_database(database)
            await client.close()
