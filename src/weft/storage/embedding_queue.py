"""Vectors that are to be made: entries of `searchEntries` with an `embedAt`, by the models in `embedWith`.

Whoever takes entries moves their `embedAt` on, and so leases them; an entry whose text changes loses its lease, so that
no vector of another text is ever stored. Times are measured by MongoDB's clock.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, UpdateOne

from weft.storage.failures import translated
from weft.storage.owners import is_gone, this_process
from weft.storage.types import Database, Doc
from weft.storage.vector_docs import AT_ONCE, LEASE_FIELDS, settled, vector_fields
from weft.threads.embeddings import LONGEST_TEXT, Pending, Waiting, embeddable
from weft.threads.vectors import Space

AFTER_NEW: Final = datetime(1970, 1, 2, tzinfo=UTC)
"""When an old message is due that gets a vector more: after the new messages, which are due at `AT_ONCE`."""
_DUE: Final[Doc] = {"$expr": {"$lte": ["$embedAt", "$$NOW"]}}


class EmbeddingQueue:
    """What is asked for in `searchEntries`."""

    def __init__(self, database: Database) -> None:
        self._entries = database["searchEntries"]

    async def claim(self, model: str, lease_id: str, length: timedelta, limit: int) -> list[Waiting]:
        """Leases entries that are due, those first that are due for longest."""
        wanted: Doc = {"embedWith": model, **_DUE}
        lease = {"embedLease": lease_id, "embedOwner": this_process(), "embedAt": _from_now(length)}
        with translated():
            found = self._entries.find(wanted, projection=["_id"]).sort("embedAt", ASCENDING).limit(limit)
            ids = [doc["_id"] for doc in await found.to_list()]
            if not ids:
                return []
            await self._entries.update_many({"_id": {"$in": ids}, **wanted}, [{"$set": lease}])
            begun = {"$substrCP": [{"$ltrim": {"input": "$text"}}, 0, 2 * LONGEST_TEXT]}
            projection: Doc = {"threadId": 1, "agentName": 1, "embedAttempts": 1, "text": begun}
            docs = await self._entries.find(_held(ids, lease_id), projection=projection).to_list()
        return [
            Waiting(doc["_id"], doc["threadId"], doc.get("agentName"), embeddable(doc["text"]), doc["embedAttempts"])
            for doc in docs
        ]

    async def claim_one(self, message_id: str, model: str, lease_id: str, length: timedelta) -> bool:
        """Leases the entry of a message whose vector is about to be made anyway; False when it is not due."""
        lease = {"embedLease": lease_id, "embedOwner": this_process(), "embedAt": _from_now(length)}
        with translated():
            match: Doc = {"_id": message_id, "embedWith": model, **_DUE}
            return (await self._entries.update_one(match, [{"$set": lease}])).modified_count == 1

    async def renew(self, ids: Sequence[str], lease_id: str, length: timedelta) -> None:
        with translated():
            await self._entries.update_many(_held(ids, lease_id), [{"$set": {"embedAt": _from_now(length)}}])

    async def store(self, vectors: Mapping[str, Sequence[float]], space: Space, lease_id: str) -> None:
        """Stores vectors of entries that are still leased; their requests are done."""
        updates = [
            UpdateOne(_held([id_], lease_id), [{"$set": vector_fields(space, vector)}, *settled(space.model)])
            for id_, vector in vectors.items()
        ]
        if updates:
            with translated():
                await self._entries.bulk_write(updates, ordered=False)

    async def postpone(self, ids: Sequence[str], lease_id: str, after: timedelta) -> None:
        """Gives entries back that have failed once more; they are due again after so long."""
        attempts = {"$add": [{"$ifNull": ["$embedAttempts", 0]}, 1]}
        change: list[Doc] = [{"$set": {"embedAt": _from_now(after), "embedAttempts": attempts}}, _LET_GO]
        with translated():
            await self._entries.update_many(_held(ids, lease_id), change)

    async def give_up(self, ids: Sequence[str], model: str, lease_id: str, code: str) -> None:
        """Asks for these no longer; `code` says why."""
        told = {"$literal": [{"model": model, "code": code}]}
        failed: Doc = {"embedFailed": {"$concatArrays": [{"$ifNull": ["$embedFailed", []]}, told]}}
        with translated():
            await self._entries.update_many(_held(ids, lease_id), [{"$set": failed}, *settled(model)])

    async def release(self, ids: Sequence[str], lease_id: str) -> None:
        """Gives entries back as they were."""
        change: list[Doc] = [{"$set": {"embedAt": AT_ONCE}}, _LET_GO]
        with translated():
            await self._entries.update_many(_held(ids, lease_id), change)

    async def release_orphans(self) -> int:
        """Frees the entries of this machine's processes that are gone; returns how many."""
        with translated():
            held: Doc = {"embedLease": {"$gt": ""}}
            docs = await self._entries.find(held, projection=["embedLease", "embedOwner"]).to_list()
            orphans: dict[str, list[str]] = {}
            for doc in docs:
                if is_gone(doc["embedOwner"]):
                    orphans.setdefault(doc["embedLease"], []).append(doc["_id"])
        for lease_id, ids in orphans.items():
            await self.release(ids, lease_id)
        return sum(map(len, orphans.values()))

    async def next_due(self, model: str) -> timedelta | None:
        """How long until the first entry is due, by MongoDB's clock; None when there is none."""
        left = {"$project": {"left": {"$subtract": ["$embedAt", "$$NOW"]}}}
        with translated():
            cursor = await self._entries.aggregate(
                [{"$match": {"embedWith": model}}, {"$sort": {"embedAt": 1}}, {"$limit": 1}, left]
            )
            docs = await cursor.to_list()
        return timedelta(milliseconds=docs[0]["left"]) if docs else None

    async def hasten(self, model: str) -> None:
        """What has failed and waits is due at once: the model answers again."""
        waits: Doc = {"embedWith": model, "embedAt": {"$gt": AFTER_NEW}, "embedLease": {"$exists": False}}
        with translated():
            await self._entries.update_many(waits, {"$set": {"embedAt": AFTER_NEW}})

    async def ask(self, ids: Sequence[str], model: str, space_keys: Sequence[str]) -> int:
        """Asks for vectors of those of these entries that have none in these spaces; returns of how many."""
        chosen: Doc = {"_id": {"$in": list(ids)}, "spaces": {"$nin": list(space_keys)}, "embedWith": {"$ne": model}}
        with translated():
            return (await self._entries.update_many(chosen, _asked(model))).modified_count

    async def ask_beside(self, model: str, other: str, limit: int) -> int:
        """Asks for vectors of some entries that wait for those of another model; 0 when all do that already."""
        chosen: Doc = {"$and": [{"embedWith": other}, {"embedWith": {"$ne": model}}]}
        with translated():
            docs = await self._entries.find(chosen, projection=["_id"]).limit(limit).to_list()
            ids = [doc["_id"] for doc in docs]
            await self._entries.update_many({"_id": {"$in": ids}, "embedWith": other}, _asked(model))
        return len(ids)

    async def withdraw(self, model: str, limit: int) -> int:
        """Asks for some of the model's vectors no longer; returns of how many, 0 when none was asked for."""
        with translated():
            docs = await self._entries.find({"embedWith": model}, projection=["_id"]).limit(limit).to_list()
            ids = [doc["_id"] for doc in docs]
            await self._entries.update_many({"_id": {"$in": ids}, "embedWith": model}, settled(model))
        return len(ids)

    async def ask_again(self, model: str, limit: int) -> int:
        """Asks for some of the vectors that were given up; returns of how many."""
        with translated():
            docs = await self._entries.find({"embedFailed.model": model}, projection=["_id"]).limit(limit).to_list()
            ids = [doc["_id"] for doc in docs]
            kept: Doc = {"$filter": {"input": "$embedFailed", "cond": {"$ne": ["$$this.model", {"$literal": model}]}}}
            left: Doc = {"$cond": [{"$eq": [kept, []]}, "$$REMOVE", kept]}
            change: list[Doc] = [{"$set": {"embedFailed": left}}, *_asked(model)]
            await self._entries.update_many({"_id": {"$in": ids}, "embedFailed.model": model}, change)
        return len(ids)

    async def waiting(self, model: str) -> int:
        """Of how many entries a vector is asked for."""
        with translated():
            return await self._entries.count_documents({"embedWith": model})

    async def waits_before(self, model: str, message_id: str) -> bool:
        """Whether a vector is asked for of a message that is older than this one."""
        match: Doc = {"embedWith": model, "_id": {"$lt": message_id}}
        with translated():
            return await self._entries.find_one(match, projection=["_id"]) is not None

    async def pending(self) -> dict[str, Pending]:
        """What is asked for and what was given up, by model."""
        with translated():
            asked = await self._counted({"embedWith": {"$gt": ""}}, "$embedWith", "$embedWith")
            failed = await self._counted({"embedFailed.model": {"$gt": ""}}, "$embedFailed", "$embedFailed.model")
        none: Doc = {"count": 0}
        return {
            model: Pending(
                asked.get(model, none)["count"],
                failed.get(model, none)["count"],
                sorted(filter(None, failed.get(model, {}).get("codes", []))),
            )
            for model in sorted({*asked, *failed})
        }

    async def _counted(self, match: Doc, unwound: str, by: str) -> dict[str, Any]:
        group = {"_id": by, "count": {"$sum": 1}, "codes": {"$addToSet": "$embedFailed.code"}}
        fields = {"$project": {"_id": 0, "embedWith": 1, "embedFailed": 1}}
        stages: list[Doc] = [{"$match": match}, fields, {"$unwind": unwound}, {"$group": group}]
        cursor = await self._entries.aggregate(stages)
        return {doc["_id"]: doc for doc in await cursor.to_list()}


_LET_GO: Final[Doc] = {"$unset": list(LEASE_FIELDS)}


def _held(ids: Sequence[str], lease_id: str) -> Doc:
    return {"_id": {"$in": list(ids)}, "embedLease": lease_id}


def _asked(model: str) -> list[Doc]:
    """The change that asks for a vector: due after the new messages, unless the entry is asked for already."""
    models: Doc = {"$setUnion": [{"$ifNull": ["$embedWith", []]}, [{"$literal": model}]]}
    due = {"$ifNull": ["$embedAt", AFTER_NEW]}
    return [{"$set": {"embedWith": models, "embedAt": due, "embedAttempts": {"$ifNull": ["$embedAttempts", 0]}}}]


def _from_now(length: timedelta) -> Doc:
    return {"$add": ["$$NOW", int(length / timedelta(milliseconds=1))]}
