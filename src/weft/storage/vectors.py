"""Vectors of messages: one a message, as BSON float32. One that is hidden from its user's search has no `userId`."""

from collections.abc import Sequence

from bson.binary import Binary, BinaryVectorDtype
from pymongo import ASCENDING, IndexModel

from weft.storage.types import Database, Session
from weft.threads.messages import Message
from weft.threads.vectors import Embeddings


class Vectors:
    """The `vectors` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("model", ASCENDING)]),
        IndexModel([("userId", ASCENDING), ("model", ASCENDING)]),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["vectors"]

    async def insert(self, session: Session, rows: Sequence[Message], embeddings: Embeddings) -> None:
        """Stores the vectors of the rows that have one; `rows` and `embeddings.vectors` go side by side."""
        docs = [
            {
                "_id": row.id,
                "threadId": row.thread_id,
                "userId": None if row.hidden_from_user_search else row.user_id,
                "model": embeddings.model,
                "dimension": len(vector),
                "vector": _binary(vector),
            }
            for row, vector in zip(rows, embeddings.vectors, strict=True)
            if vector is not None
        ]
        if docs:
            await self.collection.insert_many(docs, session=session)

    async def remove(self, session: Session, message_ids: Sequence[str]) -> None:
        await self.collection.delete_many({"_id": {"$in": list(message_ids)}}, session=session)


def _binary(vector: Sequence[float]) -> Binary:
    # PyMongo's own annotation names numpy, which need not be installed.
    return Binary.from_vector(list(vector), BinaryVectorDtype.FLOAT32)  # pyright: ignore[reportUnknownMemberType]
