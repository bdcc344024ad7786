"""Deletions under way. One is free when its `dueAt` has come; whoever takes it moves that on, and so leases it.

Times are measured by MongoDB's clock, so that workers on machines with different clocks agree.
"""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel, ReturnDocument

from weft.storage.failures import translated
from weft.storage.owners import is_gone, this_process
from weft.storage.types import Database, Doc, Session
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.positions import Position

_DUE: Final[Doc] = {"$expr": {"$lte": ["$dueAt", "$$NOW"]}}
NOW: Final = timedelta(0)


class Deletions:
    """The `deletions` collection. `removed` counts what a job has removed so far."""

    INDEXES = (
        IndexModel([("dueAt", ASCENDING)]),
        IndexModel([("threadId", ASCENDING)]),
        IndexModel([("userId", ASCENDING)]),
        IndexModel([("leaseId", ASCENDING)]),
        IndexModel([("erasureId", ASCENDING)], partialFilterExpression={"erasureId": {"$exists": True}}),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["deletions"]

    async def insert(self, session: Session | None, job: Deletion, lease_id: str | None, due: timedelta) -> None:
        """Stores a job that is free after `due`; until then it belongs to the holder of `lease_id`."""
        doc = {"$literal": deletion_doc(job) | {"leaseId": lease_id, "leaseOwner": this_process(), "removed": 0}}
        change = [{"$replaceWith": {"$mergeObjects": [doc, {"dueAt": _from_now(due)}]}}]
        with translated():
            await self.collection.update_one({"_id": job.id}, change, upsert=True, session=session)

    async def take(self, lease_id: str, length: timedelta) -> Deletion | None:
        """Leases the job that has been free longest."""
        lease = {"leaseId": lease_id, "leaseOwner": this_process(), "dueAt": _from_now(length)}
        with translated():
            doc = await self.collection.find_one_and_update(
                _DUE, [{"$set": lease}], sort=[("dueAt", ASCENDING)], return_document=ReturnDocument.AFTER
            )
        return None if doc is None else deletion_of(doc)

    async def renew(self, deletion_id: str, lease_id: str, length: timedelta, removed: int) -> bool:
        """Extends a lease and notes progress; False when it is not held any more."""
        change = [{"$set": {"dueAt": _from_now(length), "removed": {"$add": ["$removed", removed]}}}]
        with translated():
            result = await self.collection.update_one({"_id": deletion_id, "leaseId": lease_id}, change)
        return result.matched_count == 1

    async def release(
        self, deletion_id: str, lease_id: str, due: timedelta = NOW, *, settling: bool | None = None
    ) -> None:
        """Gives a job back, free after `due`."""
        settled = {} if settling is None else {"settling": settling}
        change = [{"$set": {"dueAt": _from_now(due), "leaseId": None, **settled}}]
        with translated():
            await self.collection.update_one({"_id": deletion_id, "leaseId": lease_id}, change)

    async def release_orphans(self) -> int:
        """Frees the jobs of this machine's processes that are gone; returns how many."""
        with translated():
            docs = await self.collection.find({"leaseId": {"$gt": ""}}, projection=["leaseId", "leaseOwner"]).to_list()
        orphans = [doc for doc in docs if is_gone(doc["leaseOwner"])]
        for doc in orphans:
            await self.release(doc["_id"], doc["leaseId"])
        return len(orphans)

    async def finish(self, session: Session | None, deletion_id: str, lease_id: str) -> bool:
        """Takes a job off the list; False when the lease is not held any more."""
        with translated():
            result = await self.collection.delete_one({"_id": deletion_id, "leaseId": lease_id}, session=session)
        return result.deleted_count == 1

    async def under_way(self, *, thread_id: str | None = None, user_id: str | None = None) -> bool:
        """Whether something of a thread, or of a user, is still being deleted."""
        match: Doc = {"userId": user_id} if thread_id is None else {"threadId": thread_id}
        with translated():
            doc = await self.collection.find_one(match | {"settling": False}, projection={"_id": 1})
        return doc is not None

    async def next_due(self) -> timedelta | None:
        """How long until the first job is free, by MongoDB's clock; None when there is none."""
        left = {"$project": {"left": {"$subtract": ["$dueAt", "$$NOW"]}}}
        with translated():
            cursor = await self.collection.aggregate([{"$sort": {"dueAt": 1}}, {"$limit": 1}, left])
            docs = await cursor.to_list()
        return timedelta(milliseconds=docs[0]["left"]) if docs else None


def _from_now(length: timedelta) -> Doc:
    return {"$add": ["$$NOW", int(length / timedelta(milliseconds=1))]}


def deletion_doc(job: Deletion) -> Doc:
    return {
        "_id": job.id,
        "kind": job.kind.value,
        "threadId": job.thread_id,
        "userId": job.user_id,
        "createdAt": job.created_at,
        "tombstone": job.tombstone,
        "streamIds": list(job.stream_ids),
        "generationIds": list(job.generation_ids),
        "start": [job.start.order, job.start.step_order],
        "end": [job.end.order, job.end.step_order],
        "settling": job.settling,
        **({} if job.erasure_id is None else {"erasureId": job.erasure_id}),
    }


def deletion_of(doc: Doc) -> Deletion:
    return Deletion(
        id=doc["_id"],
        kind=DeletionKind(doc["kind"]),
        created_at=doc["createdAt"],
        thread_id=doc["threadId"],
        user_id=doc["userId"],
        tombstone=doc["tombstone"],
        stream_ids=doc["streamIds"],
        generation_ids=doc["generationIds"],
        start=Position(*doc["start"]),
        end=Position(*doc["end"]),
        settling=doc["settling"],
        erasure_id=doc.get("erasureId"),
    )
