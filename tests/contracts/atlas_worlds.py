"""Search by MongoDB's own indexes: on the server that stands in for Atlas, and on a real one if there is one.

`WEFT_TEST_ATLAS_URI` names a real one: Atlas, `mongodb/mongodb-atlas-local`, or a mongod with a mongot.
"""

import os
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from pymongo import AsyncMongoClient
from tests.atlas import AtlasServer, atlas
from tests.support import in_time, wait_until

from weft.storage.connection import connect
from weft.storage.search.atlas.index_upkeep import IndexUpkeep
from weft.storage.search.atlas.indexes import vector_index_name, vector_path
from weft.storage.search.atlas.search import AtlasSearch
from weft.storage.search.detection import Ability, detect
from weft.storage.search_entries import binary
from weft.storage.store import Store
from weft.storage.types import Client, Doc
from weft.threads.vectors import Space

REAL_URI: Final = os.environ.get("WEFT_TEST_ATLAS_URI", "")
_MARK: Final = "settled"


@dataclass(frozen=True, slots=True)
class StandInWorld:
    store: Store
    strategy: AtlasSearch
    server: AtlasServer

    async def settled(self) -> None:
        await self.strategy.prepare(await self.store.search_spaces.all())
        await self.server.finish_building()
        await self.server.caught_up()


@asynccontextmanager
async def stand_in(store: Store, *, rank_fusion: bool = True) -> AsyncGenerator[StandInWorld, None]:
    """The same database as `store`'s, by way of the stand-in."""
    async with atlas(await _uri(store.database.client), rank_fusion=rank_fusion) as server:
        client: Client = AsyncMongoClient(server.uri, tz_aware=True)
        try:
            seen = Store(client[store.database.name])
            yield StandInWorld(seen, AtlasSearch(seen.database, seen.search_spaces), server)
        finally:
            await client.close()


async def _uri(client: Client) -> str:
    address = await client.address
    assert address is not None
    return f"mongodb://{address[0]}:{address[1]}/?replicaSet={client.topology_description.replica_set_name}"


@dataclass(frozen=True, slots=True)
class RealWorld:
    store: Store
    strategy: AtlasSearch

    async def settled(self) -> None:
        """An entry of its own is given what each index holds, and when all have it, it is taken back.

        Indexes follow in order: what was written before has arrived where this has.
        """
        spaces = await self.store.search_spaces.all()
        upkeep = IndexUpkeep(self.store.database)
        await upkeep.ensure(spaces)
        async for _ in upkeep.building(spaces):
            pass
        entries, word = self.store.search_entries.collection, f"settled{uuid.uuid4().hex}"
        vectors = {space.key: binary([1.0] * space.dimension) for space in spaces}
        held: Doc = {"text": word, "vectors": vectors, "threadId": word, "userId": None, "order": 0}
        await entries.update_one({"_id": _MARK}, {"$set": held}, upsert=True)
        await wait_until(lambda: self._all(word, spaces, there=True))
        await entries.update_one({"_id": _MARK}, {"$unset": {"text": "", "vectors": ""}})
        await wait_until(lambda: self._all(word, spaces, there=False))

    async def _all(self, word: str, spaces: Sequence[Space], *, there: bool) -> bool:
        text: Doc = {"$search": {"index": "weft_text", "text": {"query": word, "path": "text"}}}
        stages = [text, *(_nearest(space, word) for space in spaces)]
        return all([await self._finds(stage) == there for stage in stages])

    async def _finds(self, stage: Doc) -> bool:
        cursor = await self.store.search_entries.collection.aggregate([stage, {"$limit": 1}])
        return bool(await cursor.to_list())


def _nearest(space: Space, thread_id: str) -> Doc:
    asked: dict[str, Any] = {"queryVector": binary([1.0] * space.dimension), "limit": 1, "exact": True}
    names = {"index": vector_index_name(space), "path": vector_path(space)}
    return {"$vectorSearch": {**names, **asked, "filter": {"threadId": thread_id}}}


async def _has_search(store: Store) -> bool:
    """A mongot starts later than its mongod."""
    return (await detect(store.database)).ability is Ability.HERE


@asynccontextmanager
async def real(store: Store) -> AsyncGenerator[RealWorld, None]:
    """A database of its own on the server that `WEFT_TEST_ATLAS_URI` names."""
    database = await connect(REAL_URI, database=store.database.name)
    try:
        seen = Store(database)
        await in_time(seen.create_indexes())
        await wait_until(lambda: _has_search(seen))
        yield RealWorld(seen, AtlasSearch(database, seen.search_spaces))
    finally:
        await database.client.drop_database(database.name)
        await database.client.close()
