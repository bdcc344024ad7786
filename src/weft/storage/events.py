"""Events: numbered without a hole within their thread, written in the transaction of the change they tell of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.retention import LOG_RETENTION
from weft.storage.types import Database, Doc, Session
from weft.threads.cursors import Everyone, Listed
from weft.threads.events import EventKind, StoredEvent

_OF_LISTS: Final = [EventKind.THREAD_CHANGED.value, EventKind.THREAD_DELETED.value]


class Events:
    """The `events` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("seq", ASCENDING)], unique=True),
        IndexModel([("userId", ASCENDING), ("kind", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(LOG_RETENTION / timedelta(seconds=1))),
        IndexModel(
            [("at", ASCENDING), ("kind", ASCENDING), ("threadId", ASCENDING)],
            partialFilterExpression={"kind": {"$in": _OF_LISTS}},
        ),
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

    async def threads_told_of(self, listed: Listed, since: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Threads of which a list was told at `since` or later that they changed or went, and when, in that order.

        A thread is named as often as it was told of; no limit is 0.
        """
        match: Doc = {"kind": {"$in": _OF_LISTS}, "at": {"$gte": since}}
        if not isinstance(listed, Everyone):
            match["userId"] = listed
        shown = {"_id": 0, "threadId": 1, "at": 1}
        with translated():
            docs = await self.collection.find(match, projection=shown).sort([("at", ASCENDING)]).limit(limit).to_list()
        return [(doc["threadId"], doc["at"]) for doc in docs]

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
