"""Stream documents: at most one live stream a turn. A live stream's `end` is that of its last delta.

`heartbeatAt`, by MongoDB's clock, is there while a stream is live that no lease covers.
"""

from collections.abc import Collection as SizedCollection
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.write_concern import WriteConcern

from weft.storage.failures import translated
from weft.storage.retention import LOG_RETENTION
from weft.storage.types import Database, Doc, Session
from weft.threads.streams import Stream, StreamState

_LIVE = 2**53
"""`endSeq` of a live stream: greater than any event's number, so that one range finds all alive after a moment."""

_LIST_LIMIT = 100
_NEWEST_FIRST: Final = [("order", DESCENDING), ("stepOrder", DESCENDING)]
_TOUCH_SECONDS: Final = 10.0
_WRITE: Final[Doc] = {"$inc": {"touches": 1}}
"""An update that changes nothing would not wait for a transaction."""

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Streams:
    """The `streams` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("endSeq", ASCENDING)]),
        IndexModel(
            [("threadId", ASCENDING), ("state", ASCENDING), ("order", DESCENDING), ("stepOrder", DESCENDING)],
        ),
        IndexModel(
            [("threadId", ASCENDING), ("order", ASCENDING)],
            unique=True,
            partialFilterExpression={"state": StreamState.STREAMING.value},
        ),
        IndexModel([("endedAt", ASCENDING)], expireAfterSeconds=int(LOG_RETENTION / timedelta(seconds=1))),
        IndexModel([("heartbeatAt", ASCENDING)], partialFilterExpression={"heartbeatAt": {"$exists": True}}),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["streams"]
        self._quickly = self.collection.with_options(write_concern=WriteConcern(1))

    async def get(self, stream_id: str, session: Session | None = None) -> Stream | None:
        """The stream as stored: `end` of a live one is 0, see `Deltas.end`."""
        with translated():
            doc = await self.collection.find_one({"_id": stream_id}, session=session)
        return None if doc is None else stream_of(doc)

    async def live_of_turn(self, session: Session, thread_id: str, order: int) -> Stream | None:
        """The one stream that is being written in a turn."""
        match = {"threadId": thread_id, "order": order, "state": StreamState.STREAMING.value}
        doc = await self.collection.find_one(match, session=session)
        return None if doc is None else stream_of(doc)

    async def live(self, thread_id: str, order: int | None = None) -> list[Stream]:
        """All that are being written in a thread, or in a turn of it; the newest position first."""
        match: Doc = {"threadId": thread_id, "state": StreamState.STREAMING.value}
        if order is not None:
            match["order"] = order
        with translated():
            docs = await self.collection.find(match).sort(_NEWEST_FIRST).to_list()
        return [stream_of(doc) for doc in docs]

    async def alive_after(self, thread_id: str, seq: int) -> list[Stream]:
        """Streams that had not ended when event `seq` happened, started before it or since, in order of their start."""
        with translated():
            docs = await self.collection.find({"threadId": thread_id, "endSeq": {"$gt": seq}}).to_list()
        return sorted(map(stream_of, docs), key=lambda stream: stream.start_seq)

    async def page(self, thread_id: str, start_order: int, states: SizedCollection[StreamState]) -> list[Stream]:
        """Up to 100 streams, newest position first."""
        match: Doc = {"threadId": thread_id, "state": {"$in": [state.value for state in states]}}
        match["order"] = {"$gte": start_order}
        with translated():
            query = self.collection.find(match).sort(_NEWEST_FIRST)
            return [stream_of(doc) for doc in await query.limit(_LIST_LIMIT).to_list()]

    async def insert(self, session: Session, stream: Stream) -> None:
        await self.collection.insert_one(stream_doc(stream), session=session)

    async def end(self, session: Session, stream: Stream) -> bool:
        """Stores the end of a live stream; False when it had ended already."""
        fields = stream_doc(stream)
        del fields["_id"]
        match = {"_id": stream.id, "state": StreamState.STREAMING.value}
        update = {"$set": fields, "$unset": {"heartbeatAt": ""}}
        result = await self.collection.update_one(match, update, session=session)
        return result.modified_count == 1

    async def beat(self, stream_id: str, session: Session | None = None) -> None:
        """Notes that the writer of a live stream lives. Only streams that have a heartbeat can be `silent`."""
        match = {"_id": stream_id, "state": StreamState.STREAMING.value}
        with translated():
            await self.collection.update_one(match, [{"$set": {"heartbeatAt": "$$NOW"}}], session=session)

    async def touch(self, stream_id: str) -> bool:
        """Whether a stream is live still, once whoever `held` it is through. It counts as a heartbeat."""
        match = {"_id": stream_id, "state": StreamState.STREAMING.value}
        update = {"$currentDate": {"heartbeatAt": True}, **_WRITE}
        with translated(), pymongo.timeout(_TOUCH_SECONDS):
            result = await self._quickly.update_one(match, update)
        return result.matched_count == 1

    async def held(self, session: Session, stream_id: str) -> Stream | None:
        """As `get`, and nobody else's `touch` ends before the transaction does.

        Deltas that are read after this are all those whose writers have touched it, or will be told that it has ended.
        """
        doc = await self.collection.find_one_and_update({"_id": stream_id}, _WRITE, session=session)
        return None if doc is None else stream_of(doc)

    async def silent(self, length: timedelta, limit: int) -> list[Stream]:
        """Live streams whose last heartbeat is so long ago, the longest first."""
        with translated():
            query = self.collection.find(_ago("heartbeatAt", length)).sort([("heartbeatAt", ASCENDING)])
            return [stream_of(doc) for doc in await query.limit(limit).to_list()]

    async def is_silent(self, session: Session, stream_id: str, length: timedelta) -> bool:
        """Whether it still is, in a transaction that ends it."""
        match = {"_id": stream_id} | _ago("heartbeatAt", length)
        return await self.collection.find_one(match, projection=["_id"], session=session) is not None

    async def ended(self, length: timedelta, limit: int) -> list[str]:
        """Ids of streams that ended so long ago, the oldest first."""
        with translated():
            query = self.collection.find(_ago("endedAt", length), projection=["_id"]).sort([("endedAt", ASCENDING)])
            return [doc["_id"] for doc in await query.limit(limit).to_list()]

    async def forget(self, stream_ids: Sequence[str]) -> None:
        """Deletes streams. Their deltas lose what leads to them: see that a job deletes those."""
        with translated():
            await self.collection.delete_many({"_id": {"$in": list(stream_ids)}})


def _ago(field: str, length: timedelta) -> Doc:
    """That a time is so long ago, by MongoDB's clock."""
    then = {"$subtract": ["$$NOW", int(length / timedelta(milliseconds=1))]}
    return {field: {"$gt": _EVER}, "$expr": {"$lte": [f"${field}", then]}}


def stream_doc(stream: Stream) -> Doc:
    return {
        "_id": stream.id,
        "threadId": stream.thread_id,
        "order": stream.order,
        "stepOrder": stream.step_order,
        "state": stream.state.value,
        "abortReason": stream.abort_reason,
        "agentName": stream.agent_name,
        "model": stream.model,
        "provider": stream.provider,
        "userId": stream.user_id,
        "generationId": stream.generation_id,
        "startSeq": stream.start_seq,
        "endSeq": _LIVE if stream.end_seq is None else stream.end_seq,
        "end": stream.end,
        **({} if stream.message_step_order is None else {"messageStepOrder": stream.message_step_order}),
        "startedAt": stream.started_at,
        "endedAt": stream.ended_at,
    } | ({} if stream.message_id is None else {"messageId": stream.message_id})


def stream_of(doc: Doc) -> Stream:
    live = doc["endSeq"] == _LIVE
    return Stream(
        id=doc["_id"],
        thread_id=doc["threadId"],
        order=doc["order"],
        step_order=doc["stepOrder"],
        state=StreamState(doc["state"]),
        abort_reason=doc["abortReason"],
        agent_name=doc["agentName"],
        model=doc["model"],
        provider=doc["provider"],
        user_id=doc["userId"],
        generation_id=doc["generationId"],
        start_seq=doc["startSeq"],
        end_seq=None if live else doc["endSeq"],
        end=doc["end"],
        started_at=doc["startedAt"],
        ended_at=doc["endedAt"],
        message_step_order=doc.get("messageStepOrder"),
        message_id=doc.get("messageId"),
    )


def at_end(stream: Stream, end: int) -> Stream:
    """The stream as it was when it had `end` parts: live, whatever became of it since."""
    return replace(stream, state=StreamState.STREAMING, abort_reason=None, end_seq=None, ended_at=None, end=end)
