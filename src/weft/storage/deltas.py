"""Deltas, one insert each. Writers that wait while an insert is in flight go out together in the next one."""

import asyncio
from datetime import timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.retention import LOG_RETENTION
from weft.storage.types import Database, Doc, Session
from weft.threads.clock import utc_now
from weft.threads.streams import Delta

_READ_BYTES = 4 * 1024 * 1024
_BATCH = 1000


class Deltas:
    """The `deltas` collection."""

    INDEXES = (
        IndexModel([("streamId", ASCENDING), ("start", ASCENDING)], unique=True),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(LOG_RETENTION / timedelta(seconds=1))),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["deltas"]
        self._waiting: list[tuple[Delta, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def append(self, delta: Delta) -> None:
        """Stores one delta durably. Each stream has one writer, which waits for this before it appends again."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delta, done))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush(), name="weft-deltas")
        await done

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._insert(batch)
        finally:
            self._flusher = None

    async def _insert(self, batch: list[tuple[Delta, "asyncio.Future[None]"]]) -> None:
        """The waiting writers get the outcome, whichever it is."""
        try:
            with translated():
                await self.collection.insert_many([delta_doc(delta) for delta, _ in batch], ordered=False)
        except BaseException as error:
            failure = error if isinstance(error, Exception) else ConnectionAbortedError("the writer was stopped")
            for _, done in batch:
                if not done.done():
                    done.set_exception(failure)
            if not isinstance(error, Exception):
                raise
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def read(self, stream_id: str, start: int, end: int | None = None, limit: int = _BATCH) -> list[Delta]:
        """Deltas that start at `start` or later (and before `end`), in order: up to `limit`, or about 4 MiB of them."""
        bounds: Doc = {"$gte": start} if end is None else {"$gte": start, "$lt": end}
        deltas: list[Delta] = []
        size = 0
        with translated():
            query = self.collection.find({"streamId": stream_id, "start": bounds}).sort([("start", ASCENDING)])
            async with query.limit(limit) as docs:
                async for doc in docs:
                    deltas.append(delta_of(doc))
                    size += sum(len(part.get("delta", "")) + 64 for part in doc["parts"])
                    if size > _READ_BYTES:
                        break
        return deltas

    async def read_all(self, stream_id: str, start: int, end: int | None = None) -> list[Delta]:
        """Like `read`, to the end."""
        deltas: list[Delta] = []
        while more := await self.read(stream_id, deltas[-1].end if deltas else start, end):
            deltas += more
        return deltas

    async def end(self, stream_id: str, session: Session | None = None) -> int:
        """The count of a stream's parts stored so far."""
        with translated():
            last = await self.collection.find_one(
                {"streamId": stream_id}, sort=[("start", DESCENDING)], projection={"end": 1}, session=session
            )
        return 0 if last is None else int(last["end"])


def delta_doc(delta: Delta) -> Doc:
    return {
        "streamId": delta.stream_id,
        "threadId": delta.thread_id,
        "start": delta.start,
        "end": delta.end,
        "parts": list(delta.parts),
        "at": utc_now(),
    }


def delta_of(doc: Doc) -> Delta:
    return Delta(doc["streamId"], doc["threadId"], doc["start"], doc["end"], doc["parts"])
