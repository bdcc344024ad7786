"""Ways from one embedding model to another: one document each, which is the job, its progress and, once switched, the
rule that the new model stands for the old. A job is free when its `dueAt` has come; whoever takes it moves that on.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel, ReturnDocument

from weft.storage.failures import translated
from weft.storage.owners import is_gone, this_process
from weft.storage.types import Database, Doc
from weft.threads.clock import utc_now
from weft.threads.embeddings import Migration, MigrationState, migration_id

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_DUE: Final[Doc] = {"$expr": {"$lte": ["$dueAt", "$$NOW"]}}


class EmbeddingMigrations:
    """The `embeddingMigrations` collection."""

    INDEXES = (
        IndexModel([("dueAt", ASCENDING)]),
        IndexModel([("leaseId", ASCENDING)]),
        IndexModel([("from", ASCENDING)]),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["embeddingMigrations"]

    async def begin(self, from_model: str, to_model: str, total: int, due: timedelta) -> Migration:
        """The way from one model to another, begun now if it was never begun, or had been cancelled."""
        now = utc_now()
        new = {
            "_id": migration_id(from_model, to_model),
            "from": from_model,
            "to": to_model,
            "state": MigrationState.RUNNING.value,
            "total": total,
            "asked": 0,
            "removed": 0,
            "cursor": None,
            "beganAt": now,
            "changedAt": now,
            "leaseId": None,
            "leaseOwner": "",
        }
        begun: Doc = {"$mergeObjects": [{"$literal": new}, {"dueAt": _from_now(due)}]}
        cancelled = MigrationState.CANCELLED.value
        free: Doc = {"$eq": [{"$ifNull": ["$state", cancelled]}, cancelled]}
        with translated():
            doc = await self.collection.find_one_and_update(
                {"_id": new["_id"]},
                [{"$replaceWith": {"$cond": [free, begun, "$$ROOT"]}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        assert doc is not None
        return migration_of(doc)

    async def all(self) -> list[Migration]:
        """The oldest first."""
        with translated():
            docs = await self.collection.find({}).sort("_id", ASCENDING).to_list()
        return sorted(map(migration_of, docs), key=lambda found: (found.began_at, found.id))

    async def get(self, from_model: str, to_model: str) -> Migration | None:
        with translated():
            doc = await self.collection.find_one({"_id": migration_id(from_model, to_model)})
        return None if doc is None else migration_of(doc)

    async def move(
        self, migration: Migration, state: MigrationState, due: timedelta | None, lease_id: str | None = None
    ) -> bool:
        """To another state; the job is free after `due`, None: there is nothing to do. False when it has moved on.

        `lease_id`: only while that lease is held.
        """
        held = {} if lease_id is None else {"leaseId": lease_id}
        match = {"_id": migration.id, "state": migration.state.value, **held}
        fields = {"state": state.value, "changedAt": utc_now(), "cursor": None, "leaseId": None}
        change = [{"$set": {**fields, "dueAt": NEVER if due is None else _from_now(due)}}]
        with translated():
            return (await self.collection.update_one(match, change)).matched_count == 1

    async def forget_ways_from(self, model: str) -> None:
        """Nothing stands for this model any more."""
        with translated():
            await self.collection.delete_many({"from": model})

    async def take(self, lease_id: str, length: timedelta) -> Migration | None:
        """Leases the job that has been free longest."""
        lease = {"leaseId": lease_id, "leaseOwner": this_process(), "dueAt": _from_now(length)}
        with translated():
            doc = await self.collection.find_one_and_update(
                _DUE, [{"$set": lease}], sort=[("dueAt", ASCENDING)], return_document=ReturnDocument.AFTER
            )
        return None if doc is None else migration_of(doc)

    async def advance(
        self,
        migration: Migration,
        lease_id: str,
        length: timedelta,
        *,
        cursor: tuple[str, str] | None,
        asked: int = 0,
        removed: int = 0,
    ) -> bool:
        """Notes progress, and extends the lease; False when it is not held any more."""
        place = None if cursor is None else list(cursor)
        counted: Doc = {"asked": {"$add": ["$asked", asked]}, "removed": {"$add": ["$removed", removed]}}
        fields: Doc = {"cursor": {"$literal": place}, "changedAt": utc_now(), "dueAt": _from_now(length), **counted}
        match = {"_id": migration.id, "leaseId": lease_id, "state": migration.state.value}
        with translated():
            return (await self.collection.update_one(match, [{"$set": fields}])).matched_count == 1

    async def release(self, migration_id_: str, lease_id: str, due: timedelta) -> None:
        """Gives a job back, free after `due`."""
        change = [{"$set": {"dueAt": _from_now(due), "leaseId": None}}]
        with translated():
            await self.collection.update_one({"_id": migration_id_, "leaseId": lease_id}, change)

    async def release_orphans(self) -> int:
        """Frees the jobs of this machine's processes that are gone; returns how many."""
        with translated():
            docs = await self.collection.find({"leaseId": {"$gt": ""}}, projection=["leaseId", "leaseOwner"]).to_list()
        orphans = [doc for doc in docs if is_gone(doc["leaseOwner"])]
        for doc in orphans:
            await self.release(doc["_id"], doc["leaseId"], timedelta(0))
        return len(orphans)

    async def next_due(self) -> timedelta | None:
        """How long until the first job is free, by MongoDB's clock; None when there is none."""
        left = {"$project": {"left": {"$subtract": ["$dueAt", "$$NOW"]}}}
        first: list[Doc] = [{"$match": {"dueAt": {"$lt": NEVER}}}, {"$sort": {"dueAt": 1}}, {"$limit": 1}]
        with translated():
            cursor = await self.collection.aggregate([*first, left])
            docs = await cursor.to_list()
        return timedelta(milliseconds=docs[0]["left"]) if docs else None


def _from_now(length: timedelta) -> Doc:
    return {"$add": ["$$NOW", int(length / timedelta(milliseconds=1))]}


def migration_of(doc: Doc) -> Migration:
    cursor = doc["cursor"]
    return Migration(
        from_model=doc["from"],
        to_model=doc["to"],
        state=MigrationState(doc["state"]),
        total=doc["total"],
        asked=doc["asked"],
        removed=doc["removed"],
        cursor=None if cursor is None else (cursor[0], cursor[1]),
        began_at=doc["beganAt"],
        changed_at=doc["changedAt"],
    )
