"""How much is waiting to be done, counted for whoever watches: each count looks at so many index keys and no more."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import pymongo

from weft.storage.failures import translated
from weft.storage.types import Collection, Database, Doc
from weft.threads.generations import ACTIVE

MOST_COUNTED: Final = 10_000
_SECONDS: Final = 2.0
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Backlog:
    """Of what is under way, whoever does it. A count of `MOST_COUNTED` means that many or more."""

    def __init__(self, database: Database) -> None:
        self._generations = database["generations"]
        self._deletions = database["deletions"]
        self._entries = database["searchEntries"]

    async def generations(self) -> Mapping[str, int]:
        """Those that have not ended, by status."""
        statuses = [status.value for status in ACTIVE]
        counted = await asyncio.gather(*(_count(self._generations, {"status": each}) for each in statuses))
        return dict(zip(statuses, counted, strict=True))

    async def deletions(self) -> int:
        return await _count(self._deletions, {"dueAt": {"$gt": _LONG_AGO}})

    async def embeddings(self) -> int:
        """Messages that are to get a vector."""
        return await _count(self._entries, {"embedWith": {"$gt": ""}})


async def _count(collection: Collection, match: Doc) -> int:
    with translated(), pymongo.timeout(_SECONDS):
        return await collection.count_documents(match, limit=MOST_COUNTED)
