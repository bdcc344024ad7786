"""Reads entries with their vectors: of a scope in batches, and some by their ids."""

from collections.abc import AsyncIterator, Collection
from typing import Final

import numpy as np
import pymongo
from pymongo.asynchronous.cursor import AsyncCursor

from weft.storage.failures import translated
from weft.storage.search.embedded.ranking import Floats
from weft.storage.search.embedded.reached import match_of
from weft.storage.search.embedded.stored_vectors import batch_of
from weft.storage.types import Collection as Entries
from weft.storage.types import Doc
from weft.threads.search import Reach
from weft.threads.vectors import Space

BATCH: Final = 400
_MANY: Final = 5000
_SECONDS: Final = 10.0
_SAMPLE: Final = 4000
_SHARE: Final = 0.04
_PLACE: Final[Doc] = {"threadId": 1, "userId": 1, "order": 1}


class EntryReader:
    """Raises UnavailableError when MongoDB does not answer in time."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    async def count(self, space: Space, reach: Reach, most: int) -> int:
        """How many vectors are in reach, counted up to `most`."""
        with translated(), pymongo.timeout(_SECONDS):
            return await self._entries.count_documents({"spaces": space.key, **match_of(reach)}, limit=most)

    async def batches(self, space: Space, reach: Reach) -> AsyncIterator[list[Doc]]:
        """All entries in reach that have a vector in the space."""
        match: Doc = {"spaces": space.key, **match_of(reach)}
        cursor = self._entries.find(match, projection=_with([space.key]), batch_size=BATCH)
        async with cursor:
            while some := await _next(cursor):
                yield some

    async def by_ids(self, entry_ids: Collection[str], keys: Collection[str], reach: Reach | None = None) -> list[Doc]:
        """Those of the entries that are there, and in reach, with their vectors in these spaces."""
        match: Doc = {"_id": {"$in": list(entry_ids)}, **({} if reach is None else match_of(reach))}
        with translated(), pymongo.timeout(_SECONDS):
            return await self._entries.find(match, projection=_with(keys), batch_size=_MANY).to_list()

    async def mean(self, space: Space) -> Floats:
        """The middle of some vectors of the space, taken from everywhere where that can be done quickly."""
        with translated(), pymongo.timeout(_SECONDS):
            there = await self._entries.estimated_document_count()
            chosen: Doc = {"$sample": {"size": max(1, min(_SAMPLE, int(there * _SHARE)))}}
            match: Doc = {"$match": {"spaces": space.key}}
            wanted: Doc = {"$project": _with([space.key])}
            docs = await (await self._entries.aggregate([chosen, match, wanted])).to_list()
            if len(docs) < BATCH:
                docs = await (await self._entries.aggregate([match, {"$limit": _SAMPLE}, wanted])).to_list()
        units = batch_of(docs, space.key, space.dimension).units
        return units.mean(axis=0) if len(units) else np.zeros(space.dimension, np.float32)


def _with(keys: Collection[str]) -> Doc:
    return {**_PLACE, **{f"vectors.{key}": 1 for key in keys}}


async def _next(cursor: AsyncCursor[Doc]) -> list[Doc]:
    """A deadline for each batch: all of them may take long."""
    with translated(), pymongo.timeout(_SECONDS):
        return await cursor.to_list(BATCH)
