"""Nearest vectors: exactly from memory up to about 10,000 in reach, by codes and then exactly beyond.

Whatever is not in memory, or not known to be true, is read from MongoDB and compared exactly: slower, but right.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from bson.timestamp import Timestamp

from weft.errors import InputError, UnavailableError
from weft.storage.own_writes import OwnWrites
from weft.storage.search.embedded.codes import Codes
from weft.storage.search.embedded.entry_news import EntryNews
from weft.storage.search.embedded.entry_reader import EntryReader
from weft.storage.search.embedded.held import EVERYBODY, scope_of
from weft.storage.search.embedded.ranking import Exact, best, cosines, direction
from weft.storage.search.embedded.stored_vectors import batch_of
from weft.storage.search.embedded.vector_loads import VectorLoads
from weft.storage.search.embedded.vector_memory import VectorMemory
from weft.storage.types import Doc
from weft.threads.search import Reach, VectorHit
from weft.threads.vectors import Space, check_vector

EXACT_MOST: Final = 10_000
_SECONDS: Final = 30.0
_AT_ONCE: Final = 8
_NEWS_SECONDS: Final = 0.5
_CANDIDATES: Final = 400
_CANDIDATES_A_HIT: Final = 10
_ENOUGH_BITS: Final = 512
"""Codes of fewer tell less, so that more of them are compared exactly."""
_CALM_SECONDS: Final = 0.2


class VectorSearch:
    """`exact_most`: a scope of more vectors is searched by codes."""

    def __init__(
        self, reader: EntryReader, news: EntryNews, writes: OwnWrites, limit: int, exact_most: int = EXACT_MOST
    ) -> None:
        self._reader = reader
        self._news = news
        self._writes = writes
        self._exact_most = exact_most
        self._gaps = -1
        self._before: Timestamp | None = None
        self.memory = VectorMemory(reader, news, limit)
        self._loads = VectorLoads(reader, self.memory)
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def find(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> list[VectorHit]:
        """The nearest first; equally near ones by the age of the message.

        Raises InputError for a vector that is none of the space, UnavailableError when it takes too long.
        """
        if len(vector) != space.dimension:
            message = f"the vector has {len(vector)} numbers; those of {space.model} have {space.dimension}"
            raise InputError(message, path=("vector",))
        check_vector(vector, ("vector",))
        if limit < 1:
            return []
        try:
            async with asyncio.timeout(_SECONDS), self._places:
                return await self._found(direction(vector), space, reach, limit)
        except TimeoutError:
            raise UnavailableError(f"the search took longer than {_SECONDS:g} s; try again") from None

    async def run(self, spaces: Sequence[Space]) -> None:
        """Reads the codes of large spaces, and then what is heard of, until cancelled."""
        self._begin()
        try:
            for space in spaces:
                if await self._reader.count(space, EVERYBODY, self._exact_most + 1) > self._exact_most:
                    self._loads.want_codes(space)
            while True:
                await self._news.arrived.wait()
                self._news.arrived.clear()
                await self.memory.settle()
                await asyncio.sleep(_CALM_SECONDS)
        finally:
            await self._loads.close()

    async def _found(self, query: Exact, space: Space, reach: Reach, limit: int) -> list[VectorHit]:
        if not await self._settled():
            return await self._from_mongodb(query, space, reach, limit)
        scope = scope_of(reach)
        table, codes = self.memory.table(space, scope), self.memory.codes(space)
        if table is not None and table.count > self._exact_most:
            self.memory.drop(space, scope)
            table = None
        if table is None:
            if codes is None:
                size = await self._reader.count(space, scope, self._exact_most + 1)
            else:
                size = await self.memory.compare(codes.reached, scope)
            if size > self._exact_most and codes is not None:
                return await self._by_codes(codes, query, space, reach, limit)
            if size > self._exact_most:
                self._loads.want_codes(space)
            elif size and self._loads.fits(space, size):
                table = await self._loads.table(space, scope, size)
        if table is None:
            return await self._from_mongodb(query, space, reach, limit)
        return await self.memory.compare(table.search, query, reach, limit)

    async def _settled(self) -> bool:
        """Whether memory is true: of this process's own writes for certain, of others' as far as it was told."""
        if not self._news.open:
            return False
        own = self._writes.last
        if self._gaps != self._news.gaps:
            self._begin()
        if own is not None and own != self._before and not await self._news.reached(own, _NEWS_SECONDS):
            return False
        await self.memory.settle()
        return self._news.open

    def _begin(self) -> None:
        """Nothing is held: whatever is read from now on has what this process has written."""
        self._gaps, self._before = self._news.gaps, self._writes.last

    async def _by_codes(self, codes: Codes, query: Exact, space: Space, reach: Reach, limit: int) -> list[VectorHit]:
        most = max(_CANDIDATES, _CANDIDATES_A_HIT * limit) * max(1, _ENOUGH_BITS // space.dimension)
        ids = await self.memory.compare(codes.candidates, query, reach, most)
        docs = await self._reader.by_ids(ids, [space.key], reach)
        return await self.memory.compare(_compared, docs, query, space, limit)

    async def _from_mongodb(self, query: Exact, space: Space, reach: Reach, limit: int) -> list[VectorHit]:
        hits: list[VectorHit] = []
        async for docs in self._reader.batches(space, reach):
            some = await self.memory.compare(_compared, docs, query, space, limit)
            hits = sorted({hit.message_id: hit for hit in (*hits, *some)}.values(), key=_nearest_first)[:limit]
        return hits


def _compared(docs: Sequence[Doc], query: Exact, space: Space, limit: int) -> list[VectorHit]:
    batch = batch_of(docs, space.key, space.dimension)
    return best([doc["_id"] for doc in batch.docs], cosines(batch.vectors, batch.lengths, query), limit)


def _nearest_first(hit: VectorHit) -> tuple[float, str]:
    return -hit.score, hit.message_id
