"""Search on a MongoDB without search indexes: its text index, and vectors compared in this process."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pymongo import IndexModel

from weft.errors import InputError
from weft.storage.failures import translated
from weft.storage.types import Database, Doc
from weft.threads.search import Reach, TextHit, VectorHit
from weft.threads.vectors import Space

TEXT_INDEX = IndexModel(
    [("text", "text"), ("threadId", 1), ("userId", 1)], name="text", language_override="noLanguageField"
)


class EmbeddedSearch:
    """One for a database."""

    name = "embedded"

    def __init__(self, database: Database) -> None:
        self._entries = database["searchEntries"]

    async def prepare(self, spaces: Sequence[Space]) -> None:
        with translated():
            await self._entries.create_indexes([TEXT_INDEX])

    async def text(self, query: str, reach: Reach, limit: int) -> Sequence[TextHit]:
        words = query.replace('"', " ").replace("-", " ")
        if not words.strip():
            return []
        match: Doc = {"$text": {"$search": words}, **_reached(reach)}
        score = {"score": {"$meta": "textScore"}}
        with translated():
            cursor = self._entries.find(match, projection={"_id": 1, **score}).sort(
                [("score", {"$meta": "textScore"}), ("_id", 1)]
            )
            docs = await cursor.limit(limit).to_list()
        return [TextHit(doc["_id"], doc["score"]) for doc in docs]

    async def vector(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> Sequence[VectorHit]:
        if len(vector) != space.dimension:
            raise InputError(f"the vector has {len(vector)} numbers; those of {space.model} have {space.dimension}")
        field = f"vectors.{space.key}"
        with translated():
            docs = await self._entries.find({"spaces": space.key, **_reached(reach)}, projection={field: 1}).to_list()
        if not docs:
            return []
        table = np.stack([np.frombuffer(doc["vectors"][space.key], "<f4", offset=2) for doc in docs])
        wanted = np.asarray(vector, np.float32)
        cosines = table @ wanted / (np.linalg.norm(table, axis=1) * np.linalg.norm(wanted))
        found = sorted(
            zip((doc["_id"] for doc in docs), cosines.tolist(), strict=True), key=lambda hit: (-hit[1], hit[0])
        )
        return [VectorHit(message_id, cosine) for message_id, cosine in found[:limit]]

    async def both(
        self, query: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        return await self.text(query, reach, limit), await self.vector(vector, space, reach, limit)


def _reached(reach: Reach) -> dict[str, Any]:
    match: Doc = {}
    if reach.thread_id is not None:
        match["threadId"] = reach.thread_id
    if reach.user_id is not None:
        match["userId"] = reach.user_id
    if reach.before is not None:
        match["$or"] = [{"threadId": {"$ne": reach.before.thread_id}}, {"order": {"$lt": reach.before.order}}]
    return match
