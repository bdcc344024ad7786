"""What is known of the database as a whole: the version of its documents and indexes, and who is changing them now.

The lease is measured by MongoDB's clock, so that processes on machines with different clocks agree.
"""

from dataclasses import dataclass
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from weft.storage.failures import translated
from weft.storage.owners import is_gone, this_process
from weft.storage.types import Database, Doc

_SCHEMA: Doc = {"_id": "schema"}
_FREE: Doc = {"$expr": {"$lte": ["$leaseUntil", "$$NOW"]}}


@dataclass(frozen=True, slots=True)
class SchemaState:
    """`lease_owner` holds the lease, or held it last."""

    version: int
    lease_id: str | None
    lease_owner: str | None


class Meta:
    """The `meta` collection."""

    def __init__(self, database: Database) -> None:
        self.collection = database["meta"]

    async def schema(self) -> SchemaState | None:
        """None in a database that no process with schema versions has started on."""
        with translated():
            doc = await self.collection.find_one(_SCHEMA)
        return None if doc is None else SchemaState(doc["schemaVersion"], doc["leaseId"], doc["leaseOwner"])

    async def begin(self, version: int) -> None:
        """Notes the first version, unless another process has."""
        with translated():
            try:
                first = {"schemaVersion": version, "leaseId": None, "leaseOwner": None, "leaseUntil": "$$NOW"}
                change = [{"$replaceWith": {"$mergeObjects": [first, "$$ROOT"]}}]
                await self.collection.update_one(_SCHEMA, change, upsert=True)
            except DuplicateKeyError:
                pass

    async def take(self, lease_id: str, length: timedelta) -> bool:
        """Takes the lease if it is free."""
        lease = {"leaseId": lease_id, "leaseOwner": this_process(), "leaseUntil": _from_now(length)}
        with translated():
            result = await self.collection.update_one(_SCHEMA | _FREE, [{"$set": lease}])
        return result.matched_count == 1

    async def renew(self, lease_id: str, length: timedelta) -> bool:
        """Extends the lease; False when it is not held any more."""
        change = [{"$set": {"leaseUntil": _from_now(length)}}]
        with translated():
            return (await self.collection.update_one(_SCHEMA | {"leaseId": lease_id}, change)).matched_count == 1

    async def reach(self, lease_id: str, version: int) -> bool:
        """Notes the version that the holder of the lease has come to; False when it is not held any more."""
        change = {"$set": {"schemaVersion": version}}
        with translated():
            return (await self.collection.update_one(_SCHEMA | {"leaseId": lease_id}, change)).matched_count == 1

    async def release(self, lease_id: str) -> None:
        """Frees the lease at once."""
        change = [{"$set": {"leaseId": None, "leaseUntil": "$$NOW"}}]
        with translated():
            await self.collection.update_one(_SCHEMA | {"leaseId": lease_id}, change)

    async def release_orphan(self) -> None:
        """Frees the lease of a process of this machine that is gone."""
        state = await self.schema()
        if state is not None and state.lease_id is not None and state.lease_owner and is_gone(state.lease_owner):
            await self.release(state.lease_id)


def _from_now(length: timedelta) -> Doc:
    return {"$add": ["$$NOW", int(length / timedelta(milliseconds=1))]}
