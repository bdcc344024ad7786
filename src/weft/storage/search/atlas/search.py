"""Search by the server's own search indexes: Atlas, or a MongoDB with a mongot beside it.

A search by an index that is not there finds nothing and says nothing, so indexes are looked for before their first
search, and again when one finds nothing.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from pymongo.errors import OperationFailure

from weft.errors import InputError, UnavailableError, WeftError
from weft.storage.failures import translated
from weft.storage.search.atlas.failures import explained, within
from weft.storage.search.atlas.fusion import lists_of, lost_fusion, too_much_to_fuse
from weft.storage.search.atlas.index_upkeep import IndexUpkeep
from weft.storage.search.atlas.indexes import TEXT_INDEX, vector_index_name
from weft.storage.search.atlas.queries import MAX_CANDIDATES, fused, scored, searchable, text_search, vector_search
from weft.storage.search.atlas.ties import best, cosine_of, one_more, untied
from weft.storage.search_spaces import SearchSpaces
from weft.storage.types import Database, Doc
from weft.threads.search import Reach, TextHit, VectorHit
from weft.threads.vectors import Space, check_vector

_LOG = logging.getLogger(__name__)
_DEADLINE_SECONDS: Final = 10.0
_LOOK_AGAIN_SECONDS: Final = 60.0


class AtlasSearch:
    """One for a database. `run` is to be kept running: it makes the indexes of spaces that come into being."""

    name = "atlas"

    def __init__(
        self,
        database: Database,
        spaces: SearchSpaces,
        *,
        language: str = "english",
        look_again: float = _LOOK_AGAIN_SECONDS,
    ) -> None:
        """`look_again`: for how many seconds an index that was there is believed to be there."""
        self._entries = database["searchEntries"]
        self._spaces = spaces
        self._look_again = look_again
        self._seen: dict[str, float] = {}
        self._fuses = True
        self._new_space = asyncio.Event()
        self.indexes = IndexUpkeep(database, language)
        spaces.listen(lambda _: self._new_space.set())

    async def text(self, query: str, reach: Reach, limit: int) -> Sequence[TextHit]:
        _check_limit(limit)
        words = searchable(query)
        if not words or not await self._answers(None):
            return []

        async def ask(limit: int) -> list[TextHit]:
            with explained(TEXT_INDEX):
                docs = await self._ask(scored(text_search(words, reach, limit), "searchScore"))
            return [TextHit(doc["_id"], doc["score"]) for doc in docs]

        hits = await untied(ask, limit)
        await self._doubted(hits, None)
        return hits

    async def vector(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> Sequence[VectorHit]:
        _check(vector, space, limit)
        if not await self._answers(space):
            return []

        async def ask(limit: int) -> list[VectorHit]:
            with explained(vector_index_name(space)):
                docs = await self._ask(scored(vector_search(vector, space, reach, limit), "vectorSearchScore"))
            return [VectorHit(doc["_id"], cosine_of(doc["score"])) for doc in docs]

        hits = await untied(ask, limit)
        await self._doubted(hits, space)
        return hits

    async def both(
        self, query: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        _check(vector, space, limit)
        words = searchable(query)
        if self._fuses and words and await self._answers(None) and await self._answers(space):
            found = await self._fused(words, vector, space, reach, limit)
            if found is not None:
                return found
        text, near = await asyncio.gather(self.text(query, reach, limit), self.vector(vector, space, reach, limit))
        return text, near

    async def prepare(self, spaces: Sequence[Space]) -> None:
        """Does not wait until they can be queried; `weft search create-indexes` does."""
        await self.indexes.ensure(spaces)

    async def run(self) -> None:
        """Makes indexes as spaces come into being, and again what could not be made or was dropped. Never returns."""
        said: str | None = None
        while True:
            self._new_space.clear()
            try:
                made = await self.indexes.ensure(await self._spaces.all(), change=False)
            except WeftError as error:
                if error.message != said:
                    said = error.message
                    _LOG.warning("search indexes are not as they should be", extra={"reason": error.message})
            else:
                said = None
                if made:
                    _LOG.info("search indexes are being built", extra={"indexes": made})
            try:
                async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                    await self._new_space.wait()
            except TimeoutError:
                continue

    async def _fused(
        self, words: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]] | None:
        """None when the server cannot do it in one question."""
        asked = one_more(limit)
        pipeline = fused(text_search(words, reach, asked), vector_search(vector, space, reach, asked))
        with explained(f"{TEXT_INDEX} or {vector_index_name(space)}"):
            try:
                docs = await self._ask(pipeline)
            except OperationFailure as error:
                lost = lost_fusion(error)
                if not lost and not too_much_to_fuse(error):
                    raise
                self._fuses = not lost
                return None
        lists = lists_of(docs)
        if lists is None:
            return None
        text = best([TextHit(*hit) for hit in lists[0]], asked, limit)
        near = best([VectorHit(message_id, cosine_of(score)) for message_id, score in lists[1]], asked, limit)
        if text is None or near is None:
            return None
        await self._doubted(text, None)
        await self._doubted(near, space)
        return text, near

    async def _ask(self, pipeline: list[Doc]) -> list[Doc]:
        async with within(_DEADLINE_SECONDS):
            cursor = await self._entries.aggregate(pipeline, maxTimeMS=int(1000 * _DEADLINE_SECONDS))
            return await cursor.to_list()

    async def _doubted(self, found: Sequence[object], space: Space | None) -> None:
        """Looks for the index when nothing was found by it and nobody has looked lately."""
        name = TEXT_INDEX if space is None else vector_index_name(space)
        if not found and time.monotonic() >= self._seen.get(name, 0.0) + self._look_again:
            self._seen.pop(name, None)
            await self._answers(space)

    async def _answers(self, space: Space | None) -> bool:
        """Whether there is an index to ask; False when nothing would be in it.

        Raises UnavailableError when it was not there and is made now.
        """
        name = TEXT_INDEX if space is None else vector_index_name(space)
        if name in self._seen:
            return True
        if not await self._any_entry(space):
            return False
        if name not in await self.indexes.names():
            await self.indexes.ensure([] if space is None else [space], change=False)
            raise UnavailableError(f"MongoDB starts to build the search index {name}; try again in a moment")
        self._seen[name] = time.monotonic()
        return True

    async def _any_entry(self, space: Space | None) -> bool:
        match: Doc = {} if space is None else {"spaces": space.key}
        with translated():
            return await self._entries.find_one(match, projection={"_id": 1}) is not None


def _check(vector: Sequence[float], space: Space, limit: int) -> None:
    _check_limit(limit)
    check_vector(vector, ("vector",))
    if len(vector) != space.dimension:
        raise InputError(f"the vector has {len(vector)} numbers; those of {space.model} have {space.dimension}")


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_CANDIDATES:
        raise InputError(f"a search cannot give {limit} hits; ask for 1 to {MAX_CANDIDATES}")
