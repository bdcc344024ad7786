"""Receipts of erasures. What a batch removes is counted in the transaction that removes it."""

from collections.abc import Mapping

from pymongo import ASCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.types import Database, Doc, Session
from weft.threads.clock import utc_now
from weft.threads.erasures import Erasure


class Erasures:
    """The `erasures` collection. Its documents stay: they are the proof."""

    INDEXES = (IndexModel([("userId", ASCENDING), ("requestedAt", ASCENDING)]),)

    def __init__(self, database: Database) -> None:
        self.collection = database["erasures"]
        self._deletions = database["deletions"]

    async def insert(self, erasure: Erasure) -> None:
        with translated():
            await self.collection.insert_one(_doc(erasure))

    async def get(self, erasure_id: str) -> Erasure | None:
        with translated():
            doc = await self.collection.find_one({"_id": erasure_id})
        return None if doc is None else _of(doc)

    async def count(self, session: Session, erasure_id: str, removed: Mapping[str, int]) -> None:
        """Notes what goes in this transaction."""
        more = {f"counts.{name}": number for name, number in removed.items() if number}
        if more:
            await self.collection.update_one({"_id": erasure_id}, {"$inc": more}, session=session)

    async def finish(self, erasure_id: str) -> None:
        """Closes the receipt unless something of it is still to be removed."""
        with translated():
            if await self._deletions.find_one({"erasureId": erasure_id}, projection=["_id"]) is None:
                open_: Doc = {"_id": erasure_id, "finishedAt": None}
                await self.collection.update_one(open_, {"$set": {"finishedAt": utc_now()}})


def _doc(erasure: Erasure) -> Doc:
    return {
        "_id": erasure.id,
        "userId": erasure.user_id,
        "requestedAt": erasure.requested_at,
        "finishedAt": erasure.finished_at,
        "counts": dict(erasure.counts),
    }


def _of(doc: Doc) -> Erasure:
    return Erasure(doc["_id"], doc["userId"], doc["requestedAt"], doc["finishedAt"], doc["counts"])
