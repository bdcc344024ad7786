"""Thread documents. `seq` and `lastOrder` only grow, inside the transaction that uses the new numbers."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.paging import Key, keyset_page
from weft.storage.types import Database, Doc, Session
from weft.threads.paging import Page, PageRequest
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus

_SORT_FIELD = {ThreadOrder.CREATED: "createdAt", ThreadOrder.LAST_MESSAGE: "activeAt"}


def _listed_by(*fields: str) -> list[tuple[str, int]]:
    return [(field, ASCENDING) for field in fields[:-1]] + [(fields[-1], DESCENDING), ("_id", DESCENDING)]


class Threads:
    """The `threads` collection. `activeAt` is the time of the last message, or of creation when there is none."""

    INDEXES = (
        *(IndexModel(_listed_by(field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("status", field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("userId", field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("userId", "status", field)) for field in _SORT_FIELD.values()),
        IndexModel([("userId", ASCENDING), ("updatedAt", ASCENDING)]),
        IndexModel(
            [("userId", ASCENDING), ("clientId", ASCENDING)],
            unique=True,
            partialFilterExpression={"clientId": {"$exists": True}},
        ),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["threads"]

    async def get(self, thread_id: str) -> Thread | None:
        with translated():
            doc = await self.collection.find_one({"_id": thread_id})
        return None if doc is None else thread_of(doc)

    async def many(self, thread_ids: list[str]) -> dict[str, Thread]:
        """The threads that exist, by id."""
        with translated():
            docs = await self.collection.find({"_id": {"$in": thread_ids}}).to_list()
        return {doc["_id"]: thread_of(doc) for doc in docs}

    async def by_client_id(self, user_id: str | None, client_id: str) -> Thread | None:
        with translated():
            doc = await self.collection.find_one({"userId": user_id, "clientId": client_id})
        return None if doc is None else thread_of(doc)

    async def page(self, narrowed: ThreadFilter, order: ThreadOrder, request: PageRequest) -> Page[Thread]:
        """Newest first."""
        match: Doc = {}
        if narrowed.anonymous or narrowed.user_id is not None:
            match["userId"] = narrowed.user_id
        if narrowed.status is not None:
            match["status"] = narrowed.status.value
        keys = (Key(_SORT_FIELD[order], ascending=False, kind=datetime), Key("_id", ascending=False))
        return await keyset_page(self.collection, match, keys, request, thread_of)

    async def changed_since(self, user_id: str | None, since: Any, limit: int) -> list[Thread]:
        """A user's threads changed at `since` or later, in order of their change."""
        with translated():
            query = self.collection.find({"userId": user_id, "updatedAt": {"$gte": since}})
            docs = await query.sort([("updatedAt", ASCENDING)]).limit(limit).to_list()
        return [thread_of(doc) for doc in docs]

    async def read(self, session: Session, thread_id: str) -> Doc | None:
        return await self.collection.find_one({"_id": thread_id}, session=session)

    async def insert(self, session: Session, thread: Thread, client_id: str | None) -> None:
        doc = thread_doc(thread)
        if client_id is not None:
            doc["clientId"] = client_id
        await self.collection.insert_one(doc, session=session)

    async def write(self, session: Session, thread_id: str, fields: Doc) -> None:
        await self.collection.update_one({"_id": thread_id}, {"$set": fields}, session=session)


def thread_doc(thread: Thread) -> Doc:
    return {
        "_id": thread.id,
        "userId": thread.user_id,
        "title": thread.title,
        "summary": thread.summary,
        "status": thread.status.value,
        "metadata": thread.metadata,
        "createdAt": thread.created_at,
        "updatedAt": thread.updated_at,
        "lastMessageAt": thread.last_message_at,
        "activeAt": thread.last_message_at or thread.created_at,
        "seq": thread.seq,
        "lastOrder": thread.last_order,
    }


def thread_of(doc: Doc) -> Thread:
    return Thread(
        id=doc["_id"],
        user_id=doc["userId"],
        title=doc["title"],
        summary=doc["summary"],
        status=ThreadStatus(doc["status"]),
        metadata=doc["metadata"],
        created_at=doc["createdAt"],
        updated_at=doc["updatedAt"],
        last_message_at=doc["lastMessageAt"],
        seq=doc["seq"],
        last_order=doc["lastOrder"],
    )
