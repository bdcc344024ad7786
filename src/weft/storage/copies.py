"""Copies a thread's complete rows and what finds them as they were at one moment, in batches."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import bson
from pymongo import ASCENDING
from pymongo.errors import OperationFailure

from weft.errors import UnavailableError
from weft.storage.failures import translated
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.store import Store
from weft.storage.types import Doc, Session
from weft.storage.vector_docs import AT_ONCE, LEASE_FIELDS
from weft.threads import ids
from weft.threads.messages import MessageStatus
from weft.threads.positions import Position

_BATCH: Final = 500
_BATCH_BYTES: Final = 4 * 1024 * 1024
_OF_THE_ORIGINAL: Final = ("clientId", "batchId", "receipt", "generationId")
_NO_SNAPSHOT: Final = (239, 246)


@dataclass(frozen=True, slots=True)
class History:
    """The place and the time of the last row that was copied; None when there was none.

    `user_id`: whose thread it was at that moment, and so whose searches find the copies.
    """

    last: Position | None = None
    last_at: datetime | None = None
    user_id: str | None = None


async def copy_history(
    store: Store, thread_id: str, target_id: str, last: Position | None, hold: Callable[[int], Awaitable[None]]
) -> History:
    """Copies rows up to and including `last`, or all, to another thread. `hold` is called after each batch.

    Raises:
        UnavailableError: MongoDB cannot read one moment for so long.
    """
    history, batch, size = History(), list[Doc](), 0
    try:
        with translated():
            async with store.database.client.start_session(snapshot=True) as session:
                origin = await store.threads.collection.find_one({"_id": thread_id}, {"userId": 1}, session=session)
                user_id = None if origin is None else origin["userId"]
                history = History(user_id=user_id)
                rows = store.messages.collection.find(_complete(thread_id, last), session=session)
                async for doc in rows.sort([("order", ASCENDING), ("stepOrder", ASCENDING)]):
                    batch.append(doc)
                    size += len(bson.encode(doc))
                    history = History(Position(doc["order"], doc["stepOrder"]), doc["updatedAt"], user_id)
                    if len(batch) >= _BATCH or size >= _BATCH_BYTES:
                        await _insert(store, session, batch, target_id)
                        await hold(len(batch))
                        batch, size = [], 0
                if batch:
                    await _insert(store, session, batch, target_id)
    except OperationFailure as error:
        if error.code in _NO_SNAPSHOT:
            raise UnavailableError("MongoDB cannot read the thread as it was any more; try again") from error
        raise
    return history


def _complete(thread_id: str, last: Position | None) -> Doc:
    match: Doc = {"threadId": thread_id, "status": {"$ne": MessageStatus.PENDING.value}}
    if last is not None:
        match["order"] = {"$lte": last.order}
        match["$or"] = [{"order": {"$lt": last.order}}, {"stepOrder": {"$lte": last.step_order}}]
    return match


async def _insert(store: Store, session: Session, rows: list[Doc], target_id: str) -> None:
    """The rows under new ids, and then what finds them under the same."""
    new_ids = {doc["_id"]: ids.new_id(ids.MESSAGE) for doc in rows}
    copies = [
        {name: value for name, value in doc.items() if name not in _OF_THE_ORIGINAL}
        | {"_id": new_ids[doc["_id"]], "threadId": target_id}
        for doc in rows
    ]
    await store.messages.collection.insert_many(copies)
    found = store.search_entries.collection.find({"_id": {"$in": list(new_ids)}}, session=session)
    entries = [_entry(doc, new_ids[doc["_id"]], target_id) for doc in await found.to_list()]
    if entries:
        await store.search_entries.collection.insert_many(entries)


def _entry(doc: Doc, new_id: str, target_id: str) -> Doc:
    """What finds the copy. Vectors that the original still waits for are the copy's to wait for, by nobody's lease."""
    kept = {name: value for name, value in doc.items() if name not in LEASE_FIELDS}
    waiting: Doc = {"embedAt": AT_ONCE, "embedAttempts": 0} if "embedWith" in doc else {}
    place = {"_id": new_id, "threadId": target_id, "pocket": pocket_of(doc.get("userId"), target_id)}
    return kept | waiting | place
