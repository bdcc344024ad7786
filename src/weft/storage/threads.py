"""Thread documents. `seq` and `lastOrder` only grow, inside the transaction that uses the new numbers.

`titleWords` follows every write of `title`.
"""

from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.expected import Expected
from weft.storage.failures import translated
from weft.storage.paging import Key, decode_cursor, encode_cursor, keyset_page
from weft.storage.references import restored, storable
from weft.storage.turn_pages import TurnPage
from weft.storage.types import Database, Doc, Session
from weft.storage.ui_pages import read_from, with_first_page
from weft.threads.paging import Edge, Page, PageRequest
from weft.threads.positions import MessagePosition
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus
from weft.threads.titles import title_words
from weft.threads.usage import NO_USAGE, Usage

_SORT_FIELD = {ThreadOrder.CREATED: "createdAt", ThreadOrder.LAST_MESSAGE: "activeAt"}


def _listed_by(*fields: str) -> list[tuple[str, int]]:
    return [(field, ASCENDING) for field in fields[:-1]] + [(fields[-1], DESCENDING), ("_id", DESCENDING)]


def _titled_by(*fields: str) -> list[tuple[str, int]]:
    """Lists of threads that have a word in their title; the status is read off the index."""
    return [*_listed_by(*fields), ("status", ASCENDING)]


class Threads:
    """The `threads` collection. `activeAt` is the time of the last message, or of creation when there is none."""

    INDEXES = (
        *(IndexModel(_listed_by(field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("status", field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("userId", field)) for field in _SORT_FIELD.values()),
        *(IndexModel(_listed_by("userId", "status", field)) for field in _SORT_FIELD.values()),
        *(
            IndexModel(_titled_by(*narrowing, field), partialFilterExpression={"titleWords": {"$exists": True}})
            for narrowing in (["titleWords"], ["userId", "titleWords"])
            for field in _SORT_FIELD.values()
        ),
        IndexModel([("entriesMoving", ASCENDING)], partialFilterExpression={"entriesMoving": True}),
        *(
            IndexModel(_listed_by("madeBy", field), partialFilterExpression={"madeBy": {"$exists": True}})
            for field in _SORT_FIELD.values()
        ),
        IndexModel(
            [("userId", ASCENDING), ("madeBy", ASCENDING), ("clientId", ASCENDING)],
            unique=True,
            partialFilterExpression={"clientId": {"$exists": True}},
        ),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["threads"]
        self._messages = read_from(database["messages"])
        self._pages = read_from(self.collection)

    async def get(self, thread_id: str) -> Thread | None:
        with translated():
            doc = await self.collection.find_one({"_id": thread_id})
        return None if doc is None else thread_of(doc)

    async def get_with_page(self, thread_id: str, request: PageRequest) -> tuple[Thread, TurnPage] | None:
        """A thread and its newest or oldest UI messages, in one round trip; `request` has no cursors."""
        with translated():
            doc, page = await with_first_page(self._pages, self._messages, thread_id, request)
        return None if doc is None else (thread_of(doc), page)

    async def many(self, thread_ids: Sequence[str]) -> dict[str, Thread]:
        """The threads that exist, by id."""
        with translated():
            docs = await self.collection.find({"_id": {"$in": list(thread_ids)}}).to_list()
        return {doc["_id"]: thread_of(doc) for doc in docs}

    async def by_client_id(self, user_id: str | None, made_by: str | None, client_id: str) -> Thread | None:
        """The thread that this user, or this API key, called so."""
        mine = {"userId": user_id, "madeBy": made_by, "clientId": client_id}
        with translated():
            doc = await self.collection.find_one(mine)
        return None if doc is None else thread_of(doc)

    async def page(self, narrowed: ThreadFilter, order: ThreadOrder, request: PageRequest) -> Page[Thread]:
        """Newest first."""
        match: Doc = {}
        if narrowed.anonymous or narrowed.user_id is not None:
            match["userId"] = narrowed.user_id
        if narrowed.made_by is not None:
            match["madeBy"] = narrowed.made_by
        if narrowed.status is not None:
            match["status"] = narrowed.status.value
        if words := title_words(narrowed.title):
            match["titleWords"] = {"$all": words}
        keys = (Key(_SORT_FIELD[order], ascending=False, kind=datetime), Key("_id", ascending=False))
        return await keyset_page(self.collection, match, keys, request, thread_of)

    async def owners(self, request: PageRequest) -> Page[str]:
        """Users that own threads, each once, ascending. Reads one index entry a user, however many threads they own."""
        after = "" if request.after is None else str(decode_cursor(request.after, [str], "after")[0])
        users: list[str] = []
        while len(users) <= request.limit:
            user_id = await self._owner({"$gt": users[-1] if users else after})
            if user_id is None:
                break
            users.append(user_id)
        edges = [Edge(encode_cursor([user_id]), user_id) for user_id in users[: request.limit]]
        earlier = bool(after) and await self._owner({"$gt": "", "$lte": after}) is not None
        return Page(edges, has_next=len(users) > request.limit, has_previous=earlier)

    async def _owner(self, bounds: Doc) -> str | None:
        """The first owner within bounds, off the index alone."""
        with translated():
            doc = await self.collection.find_one(
                {"userId": bounds}, sort=[("userId", ASCENDING)], projection={"_id": 0, "userId": 1}
            )
        return None if doc is None else str(doc["userId"])

    async def read(self, session: Session, thread_id: str) -> Doc | None:
        return await self.collection.find_one({"_id": thread_id}, session=session)

    async def take(self, session: Session, thread_id: str, expected: Expected, now: datetime) -> Doc | None:
        """Reads a thread as it was, and leaves it as it is expected to become."""
        return await self.collection.find_one_and_update({"_id": thread_id}, expected.update(now), session=session)

    async def insert(self, session: Session, thread: Thread, client_id: str | None) -> None:
        doc = storable(thread_doc(thread))
        if client_id is not None:
            doc["clientId"] = client_id
        await self.collection.insert_one(doc, session=session)

    async def write(self, session: Session, thread_id: str, fields: Doc) -> None:
        fields = storable(fields)
        change: Doc = {"$set": fields}
        if "title" in fields:
            words = title_words(fields["title"])
            change = {"$set": fields | {"titleWords": words}} if words else change | {"$unset": {"titleWords": ""}}
        await self.collection.update_one({"_id": thread_id}, change, session=session)

    async def delete(self, session: Session, thread_id: str) -> None:
        await self.collection.delete_one({"_id": thread_id}, session=session)

    async def of_user(self, user_id: str, created_until: datetime, limit: int) -> list[str]:
        """Ids of threads a user owns that were created by then."""
        match = {"userId": user_id, "createdAt": {"$lte": created_until}}
        way = [("createdAt", DESCENDING), ("_id", DESCENDING)]
        with translated():
            docs = await self.collection.find(match, projection=["_id"]).sort(way).limit(limit).to_list()
        return [doc["_id"] for doc in docs]

    async def idle_since(self, until: datetime, limit: int) -> list[str]:
        """Ids of threads without a message since then, the longest idle first."""
        with translated():
            query = self.collection.find({"activeAt": {"$lte": until}}, projection=["_id"])
            docs = await query.sort([("activeAt", ASCENDING), ("_id", ASCENDING)]).limit(limit).to_list()
        return [doc["_id"] for doc in docs]

    async def moving(self, limit: int) -> list[tuple[str, str | None]]:
        """Threads whose entries have not all followed them to another user, with that user."""
        with translated():
            query = self.collection.find({"entriesMoving": True}, projection=["userId"])
            docs = await query.limit(limit).to_list()
        return [(doc["_id"], doc["userId"]) for doc in docs]

    async def moved(self, thread_id: str, user_id: str | None) -> bool:
        """Notes that all entries have followed; False when the thread has gone on to somebody else."""
        done: Doc = {"_id": thread_id, "userId": user_id, "entriesMoving": True}
        with translated():
            result = await self.collection.update_one(done, {"$unset": {"entriesMoving": ""}})
        return result.matched_count == 1

    async def note_branch(self, session: Session, thread_id: str) -> None:
        """Makes a change that copies a thread, and one that deletes it, exclude each other."""
        await self.collection.update_one({"_id": thread_id}, {"$inc": {"branches": 1}}, session=session)


def thread_doc(thread: Thread) -> Doc:
    words, origin = title_words(thread.title), thread.branched_from
    return {
        "_id": thread.id,
        "userId": thread.user_id,
        "title": thread.title,
        **({"titleWords": words} if words else {}),
        "summary": thread.summary,
        "status": thread.status.value,
        "metadata": thread.metadata,
        "createdAt": thread.created_at,
        "updatedAt": thread.updated_at,
        "lastMessageAt": thread.last_message_at,
        "activeAt": thread.last_message_at or thread.created_at,
        "seq": thread.seq,
        "lastOrder": thread.last_order,
        **({} if thread.made_by is None else {"madeBy": thread.made_by}),
        **({} if origin is None else {"branchedFrom": _origin_doc(origin)}),
    }


def _origin_doc(origin: MessagePosition) -> Doc:
    return {"threadId": origin.thread_id, "order": origin.order, "stepOrder": origin.step_order}


def _origin_of(doc: Doc | None) -> MessagePosition | None:
    return None if doc is None else MessagePosition(doc["threadId"], doc["order"], doc["stepOrder"])


def thread_of(doc: Doc) -> Thread:
    doc = restored(doc)
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
        branched_from=_origin_of(doc.get("branchedFrom")),
        usage=Usage(**doc["usage"]) if "usage" in doc else NO_USAGE,
        made_by=doc.get("madeBy"),
    )
