"""Events: numbered without a hole within their thread, written in the transaction of the change they tell of."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.retention import LOG_RETENTION
from weft.storage.types import Database, Doc, Session
from weft.threads.events import EventKind, StoredEvent


class Events:
    """The `events` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("seq", ASCENDING)], unique=True),
        IndexModel([("userId", ASCENDING), ("kind", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(LOG_RETENTION / timedelta(seconds=1))),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["events"]

    async def between(self, thread_id: str, after: int, up_to: int) -> list[StoredEvent]:
        """Events numbered `(after, up_to]`, in order; those past their retention are missing."""
        match = {"threadId": thread_id, "seq": {"$gt": after, "$lte": up_to}}
        with translated():
            docs = await self.collection.find(match).sort([("seq", ASCENDING)]).to_list()
        return [event_of(doc) for doc in docs]

    async def tombstone(self, thread_id: str) -> StoredEvent | None:
        """The event that tells that a thread was deleted, while it is kept."""
        with translated():
            doc = await self.collection.find_one({"threadId": thread_id}, sort=[("seq", DESCENDING)])
        return None if doc is None or doc["kind"] != EventKind.THREAD_DELETED.value else event_of(doc)

    async def threads_told_of(self, user_id: str | None, since: datetime, limit: int) -> list[str]:
        """Threads that a user was told at `since` or later have changed or gone."""
        kinds = [EventKind.THREAD_CHANGED.value, EventKind.THREAD_DELETED.value]
        match = {"userId": user_id, "kind": {"$in": kinds}, "at": {"$gte": since}}
        with translated():
            docs = await self.collection.find(match, projection={"threadId": 1}).limit(limit).to_list()
        return sorted({doc["threadId"] for doc in docs})

    async def insert(self, session: Session, events: Sequence[StoredEvent]) -> None:
        await self.collection.insert_many([event_doc(event) for event in events], session=session)


def event_doc(event: StoredEvent) -> Doc:
    return {
        "threadId": event.thread_id,
        "seq": event.seq,
        "kind": event.kind.value,
        "refs": dict(event.refs),
        "userId": event.user_id,
        "at": event.at,
    }


def event_of(doc: Doc) -> StoredEvent:
    return StoredEvent(doc["threadId"], doc["seq"], EventKind(doc["kind"]), doc["refs"], doc["userId"], doc["at"])
