"""What has changed in the database since the first version, in order: the last one's number is the schema version.

A step is added at the end and never changed afterwards. It works on what it finds, also half done, and drops only what
Weft itself once made: indexes that others have added stay.
"""

import logging
from functools import partial
from typing import Final

from pymongo import ASCENDING, IndexModel
from pymongo.errors import OperationFailure

from weft.storage.failures import translated
from weft.storage.message_docs import message_of
from weft.storage.migrating import Step
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.search.embedded.words import set_apart
from weft.storage.search_entries import can_be_found
from weft.storage.store import Store
from weft.storage.types import Collection, Doc, Session
from weft.storage.vector_docs import numbers
from weft.threads.messages import MessageStatus
from weft.threads.titles import title_words
from weft.threads.vectors import Embeddings

_LOG = logging.getLogger(__name__)
_BATCH: Final = 100
_INDEX_NOT_FOUND: Final = 27
_NAMESPACE_NOT_FOUND: Final = 26


async def client_ids_of_keys(store: Store) -> None:
    """Client ids of threads became those of a user and a key: the wider index, and then no narrower one."""
    threads = store.threads.collection
    wider = IndexModel(
        [("userId", ASCENDING), ("madeBy", ASCENDING), ("clientId", ASCENDING)],
        unique=True,
        partialFilterExpression={"clientId": {"$exists": True}},
    )
    with translated():
        await threads.create_indexes([wider])
        await _drop_index(threads, "userId_1_clientId_1")


async def words_of_titles(store: Store) -> None:
    """Threads that had a title before titles could be searched get its words."""
    match: Doc = {"title": {"$gt": ""}, "titleWords": {"$exists": False}}
    threads = store.threads.collection
    with translated():
        async for doc in threads.find(match, projection=["title"]):
            if words := title_words(doc["title"]):
                same = {"_id": doc["_id"], "title": doc["title"]}
                await threads.update_one(same, {"$set": {"titleWords": words}})


async def entries_of_messages(store: Store) -> None:
    """Vectors had a collection of their own, and messages no entries to be found by: they get them, and it goes."""
    with translated():
        if not await store.database.list_collection_names(filter={"name": "vectors"}):
            return
        after, moved = "", 0
        while ids := await _next_messages(store, after):
            moved += await store.together(partial(_give_entries, store, ids))
            after = ids[-1]
        left = await store.database["vectors"].estimated_document_count() - moved
        await store.database["vectors"].drop()
    _LOG.info("vectors were moved to searchEntries", extra={"moved": moved, "dropped": max(0, left)})


async def pockets_of_entries(store: Store) -> None:
    """Entries that were made before Weft searched by itself get what it finds them by."""
    entries = store.search_entries.collection
    fields = ["userId", "threadId", "text"]
    with translated():
        async for doc in entries.find({"pocket": {"$exists": False}}, projection=fields):
            user_id, text = doc.get("userId"), doc.get("text")
            found: Doc = {"pocket": pocket_of(user_id, doc["threadId"])}
            if text is not None and (apart := set_apart(text)) is not None:
                found["apart"] = apart
            same = {"_id": doc["_id"], "userId": user_id, "text": text, "pocket": {"$exists": False}}
            await entries.update_one(same, {"$set": found})


MIGRATIONS: Final[tuple[Step, ...]] = (
    client_ids_of_keys,
    words_of_titles,
    entries_of_messages,
    pockets_of_entries,
)


async def _drop_index(collection: Collection, name: str) -> None:
    try:
        await collection.drop_index(name)
    except OperationFailure as error:
        if error.code not in (_INDEX_NOT_FOUND, _NAMESPACE_NOT_FOUND):
            raise


async def _next_messages(store: Store, after: str) -> list[str]:
    match: Doc = {"_id": {"$gt": after}}
    docs = await store.messages.collection.find(match, projection=["_id"]).sort("_id").limit(_BATCH).to_list()
    return [doc["_id"] for doc in docs]


async def _give_entries(store: Store, ids: list[str], session: Session) -> int:
    """Makes the entries of those of these messages that can be found; returns how many got a vector."""
    chosen: Doc = {"_id": {"$in": ids}}
    complete = chosen | {"status": MessageStatus.SUCCESS.value}
    docs = await store.messages.collection.find(complete, session=session).to_list()
    rows = [row for row in map(message_of, docs) if can_be_found(row)]
    vectors = {doc["_id"]: doc async for doc in store.database["vectors"].find(chosen, session=session)}
    in_threads: Doc = {"_id": {"$in": list({row.thread_id for row in rows})}}
    threads = store.threads.collection.find(in_threads, projection=["userId"], session=session)
    owners = {doc["_id"]: doc["userId"] async for doc in threads}
    for row in rows:
        old = vectors.get(row.id)
        given = None if old is None else Embeddings(old["model"], [numbers(old["vector"])])
        await store.search_entries.replace(session, row, owners.get(row.thread_id), given=given, embed=False)
    return sum(row.id in vectors for row in rows)
