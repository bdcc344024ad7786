"""Deltas, one insert each. Writers that wait while an insert is in flight go out together in the next one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError, DocumentTooLarge

from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage.failures import translated
from weft.storage.references import restored, storable
from weft.storage.retention import LOG_RETENTION
from weft.storage.types import Database, Doc, Session
from weft.threads.clock import utc_now
from weft.threads.streams import Delta

_READ_BYTES = 4 * 1024 * 1024
_MOST_BYTES = 16 * 1024 * 1024 - 1024
_BATCH = 1000
_DUPLICATE = 11000

_Waiting = tuple[RawBSONDocument, "asyncio.Future[None]"]


class Deltas:
    """The `deltas` collection."""

    INDEXES = (
        IndexModel([("streamId", ASCENDING), ("start", ASCENDING)], unique=True),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(LOG_RETENTION / timedelta(seconds=1))),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["deltas"]
        encoded = self.collection.codec_options.with_options(document_class=RawBSONDocument)
        self._encodings = self.collection.with_options(codec_options=encoded)
        self._waiting: list[_Waiting] = []
        self._flusher: asyncio.Task[None] | None = None

    async def append(self, delta: Delta) -> None:
        """Stores one delta durably. Each stream has one writer, which waits for this before it appends again.

        Raises:
            InputError: MongoDB cannot hold it, or the stream has a delta there already (CONFLICT).
            UnavailableError: it is not known to be stored.
        """
        doc = self._encoded(delta)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((doc, done))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush(), name="weft-deltas")
        await done

    def _encoded(self, delta: Delta) -> RawBSONDocument:
        """As bytes, so that one that cannot be written fails here, and not those that would have gone out with it."""
        with translated():
            data = bson.encode(delta_doc(delta), codec_options=self.collection.codec_options)
            if len(data) > _MOST_BYTES:
                raise DocumentTooLarge(f"{len(data)} bytes")
            return RawBSONDocument(data)

    async def _flush(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._insert(batch)
        finally:
            self._flusher = None
            for _, done in (*batch, *self._waiting):
                done.cancel()

    async def _insert(self, batch: Sequence[_Waiting]) -> None:
        """Each writer gets the outcome of its own delta."""
        refused: dict[int, Exception] = {}
        try:
            with translated():
                await self.collection.insert_many([doc for doc, _ in batch], ordered=False)
        except BulkWriteError as error:
            refused = {each["index"]: _refusal(each["code"]) for each in error.details["writeErrors"]}
        except Exception as error:
            refused = dict.fromkeys(range(len(batch)), error)
        for index, (_, done) in enumerate(batch):
            if done.done():
                continue
            if (failure := refused.get(index)) is not None:
                done.set_exception(failure)
            else:
                done.set_result(None)

    async def read(self, stream_id: str, start: int, end: int | None = None, limit: int = _BATCH) -> list[Delta]:
        """Deltas that start at `start` or later (and before `end`), in order: up to `limit`, or about 4 MiB of them."""
        bounds: Doc = {"$gte": start} if end is None else {"$gte": start, "$lt": end}
        deltas: list[Delta] = []
        size = 0
        with translated():
            query = self._encodings.find({"streamId": stream_id, "start": bounds}).sort([("start", ASCENDING)])
            async with query.limit(limit) as docs:
                async for doc in docs:
                    deltas.append(delta_of(self._decoded(doc)))
                    size += len(doc.raw)
                    if size > _READ_BYTES:
                        break
        return deltas

    def _decoded(self, doc: RawBSONDocument) -> Doc:
        return bson.decode(doc.raw, self.collection.codec_options)  # pyright: ignore[reportUnknownMemberType]

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


def _refusal(code: int) -> Exception:
    if code == _DUPLICATE:
        return InputError("the stream has a delta at this place already", reason=ErrorCode.CONFLICT)
    return UnavailableError(f"MongoDB refused to store a delta (code {code}); try again")


def delta_doc(delta: Delta) -> Doc:
    doc = {
        "streamId": delta.stream_id,
        "threadId": delta.thread_id,
        "start": delta.start,
        "end": delta.end,
        "parts": list(delta.parts),
        "at": utc_now(),
    }
    return storable(doc)


def delta_of(doc: Doc) -> Delta:
    doc = restored(doc)
    return Delta(doc["streamId"], doc["threadId"], doc["start"], doc["end"], doc["parts"])
