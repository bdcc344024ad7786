"""When a stamped text was stored: the moment a change stream of the database tells of it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient

from benchmarks.stamps import STAMP

_SECONDS = 20.0


class Stored:
    """`lag` waits for the news of a text with this stamp."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._news = asyncio.Event()

    def take(self, document: Mapping[str, Any]) -> None:
        """A new document: a delta of Weft's, or a text of the floor's."""
        now = time.time_ns()
        texts = [document.get("text", ""), *(part.get("delta", "") for part in document.get("parts", ()))]
        for stamp, _ in STAMP.findall("".join(texts).encode()):
            self._seen[int(stamp)] = now
        self._news.set()

    async def lag(self, stamp: int) -> int:
        """Nanoseconds from the stamp to the news."""
        async with asyncio.timeout(_SECONDS):
            while stamp not in self._seen:
                self._news.clear()
                await self._news.wait()
        return self._seen[stamp] - stamp


@asynccontextmanager
async def following(uri: str, database: str) -> AsyncGenerator[Stored, None]:
    """Of the collections `deltas` and `floor`."""
    stored = Stored()
    match = {"operationType": "insert", "ns.coll": {"$in": ["deltas", "floor"]}}
    async with (
        AsyncMongoClient[dict[str, Any]](uri) as client,
        await client[database].watch([{"$match": match}]) as stream,
    ):
        task = asyncio.create_task(_follow(stream, stored))
        try:
            yield stored
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _follow(stream: Any, stored: Stored) -> None:
    async for change in stream:
        stored.take(change["fullDocument"])
