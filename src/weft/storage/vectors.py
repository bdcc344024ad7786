"""The vectors that are stored in `searchEntries`, as those who manage them by hand see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pymongo import ASCENDING, UpdateOne

from weft.storage.failures import translated
from weft.storage.types import Database, Doc
from weft.storage.vector_docs import numbers, settled, vector_fields
from weft.threads.embeddings import StoredVector, VectorPage
from weft.threads.vectors import Space


@dataclass(frozen=True, slots=True)
class Entry:
    """What of a message can be found: its text, whose it is, and the keys of the spaces that it has vectors in."""

    message_id: str
    thread_id: str
    agent_name: str | None
    text: str
    spaces: frozenset[str]


class Vectors:
    """Vectors in `searchEntries`."""

    def __init__(self, database: Database) -> None:
        self._entries = database["searchEntries"]

    async def page(self, space: Space, thread_id: str | None, after: str | None, limit: int) -> VectorPage:
        """Vectors of a space, or of a thread in it, by message id."""
        match: Doc = {"spaces": space.key}
        if thread_id is not None:
            match["threadId"] = thread_id
        if after is not None:
            match["_id"] = {"$gt": after}
        field = f"vectors.{space.key}"
        with translated():
            found = self._entries.find(match, projection={"threadId": 1, field: 1})
            docs = await found.sort("_id", ASCENDING).limit(limit + 1).to_list()
        vectors = [StoredVector(doc["_id"], doc["threadId"], numbers(doc["vectors"][space.key])) for doc in docs]
        return VectorPage(vectors[:limit], vectors[limit - 1].message_id if len(vectors) > limit else None)

    async def ids(self, space_key: str, after: str | None, limit: int) -> list[str]:
        """Messages with a vector in a space, by id."""
        match: Doc = {"spaces": space_key} | ({} if after is None else {"_id": {"$gt": after}})
        with translated():
            docs = await self._entries.find(match, projection=["_id"]).sort("_id", ASCENDING).limit(limit).to_list()
        return [doc["_id"] for doc in docs]

    async def entries(self, message_ids: Sequence[str]) -> dict[str, Entry]:
        """Those of these messages that can be found."""
        fields = ["threadId", "agentName", "text", "spaces"]
        with translated():
            docs = await self._entries.find({"_id": {"$in": list(message_ids)}}, projection=fields).to_list()
        return {
            doc["_id"]: Entry(
                doc["_id"], doc["threadId"], doc.get("agentName"), doc["text"], frozenset(doc.get("spaces", ()))
            )
            for doc in docs
        }

    async def of_message(self, message_id: str, space: Space) -> Sequence[float] | None:
        field = f"vectors.{space.key}"
        with translated():
            doc = await self._entries.find_one({"_id": message_id, "spaces": space.key}, projection={field: 1})
        return None if doc is None else numbers(doc["vectors"][space.key])

    async def set_made(self, entries: Mapping[str, Entry], vectors: Mapping[str, Sequence[float]], model: str) -> None:
        """Stores vectors that were made of these texts, where the messages still say that."""
        updates = [
            UpdateOne(
                {"_id": id_, "text": entries[id_].text},
                [{"$set": vector_fields(Space(model, len(vector)), vector)}, *settled(model)],
            )
            for id_, vector in vectors.items()
        ]
        if updates:
            with translated():
                await self._entries.bulk_write(updates, ordered=False)

    async def count(self, space: Space) -> int:
        with translated():
            return await self._entries.count_documents({"spaces": space.key})

    async def remove(self, message_ids: Sequence[str], spaces: Sequence[Space]) -> int:
        """Of how many messages a vector in one of these spaces was removed."""
        keys = [space.key for space in spaces]
        change: Doc = {"$unset": {f"vectors.{key}": "" for key in keys}, "$pullAll": {"spaces": keys}}
        chosen: Doc = {"_id": {"$in": list(message_ids)}, "spaces": {"$in": keys}}
        with translated():
            return (await self._entries.update_many(chosen, change)).modified_count if keys else 0

    async def remove_some(self, space: Space, thread_id: str | None, limit: int) -> int:
        """Removes some vectors of a space, or of a thread in it; returns how many, 0 when none is left."""
        match: Doc = {"spaces": space.key} | ({} if thread_id is None else {"threadId": thread_id})
        with translated():
            docs = await self._entries.find(match, projection=["_id"]).limit(limit).to_list()
        return await self.remove([doc["_id"] for doc in docs], [space])
