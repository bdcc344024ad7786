"""Search on a MongoDB without search indexes: its text index, and vectors compared in this process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pymongo import ASCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.own_writes import OwnWrites
from weft.storage.search.embedded.entry_news import EntryNews
from weft.storage.search.embedded.entry_reader import EntryReader
from weft.storage.search.embedded.text_search import TextSearch
from weft.storage.search.embedded.vector_search import EXACT_MOST, VectorSearch
from weft.storage.types import Database
from weft.threads.search import Reach, TextHit, VectorHit
from weft.threads.vectors import Space

_VECTORS_OF_USER = IndexModel([("userId", ASCENDING), ("spaces", ASCENDING)])


@dataclass(frozen=True, slots=True)
class EmbeddedOptions:
    """How Weft searches by itself.

    Args:
        language: Whose words are stemmed, by MongoDB's name; `none` for no stemming.
        memory_mb: Megabytes of vectors that are kept in memory; what does not fit is read from MongoDB.
        exact_most: A scope of more vectors is searched by 1-bit codes first.
    """

    language: str = "english"
    memory_mb: int = 256
    exact_most: int = EXACT_MOST


class EmbeddedSearch:
    """One for a database. Until `run` runs and the change feed writes `news`, vectors are read by each search."""

    name = "embedded"

    def __init__(
        self, database: Database, writes: OwnWrites | None = None, options: EmbeddedOptions | None = None
    ) -> None:
        chosen = options or EmbeddedOptions()
        self._entries = database["searchEntries"]
        self._spaces: Sequence[Space] = ()
        self.news = EntryNews()
        self._texts = TextSearch(self._entries, chosen.language)
        self.vectors = VectorSearch(
            EntryReader(self._entries), self.news, writes or OwnWrites(), chosen.memory_mb << 20, chosen.exact_most
        )

    async def prepare(self, spaces: Sequence[Space]) -> None:
        """Vectors need no index of their own; `run` reads those of large spaces into memory."""
        self._spaces = spaces
        with translated():
            await self._entries.create_indexes([_VECTORS_OF_USER])
        await self._texts.prepare()

    async def run(self) -> None:
        """Keeps vectors in memory from when the change feed is open, until cancelled."""
        await self.news.opened()
        await self.vectors.run(self._spaces)

    async def text(self, query: str, reach: Reach, limit: int) -> Sequence[TextHit]:
        return await self._texts.find(query, reach, limit)

    async def vector(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> Sequence[VectorHit]:
        return await self.vectors.find(vector, space, reach, limit)

    async def both(
        self, query: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        found = await asyncio.gather(self.text(query, reach, limit), self.vector(vector, space, reach, limit))
        return found[0], found[1]
