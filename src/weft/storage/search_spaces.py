"""Which vector spaces there are: the key of one does not tell its model, so each is noted before its first vector.

A space is noted outside the transaction that writes its vectors: one that nothing is in does no harm, one that is not
noted would never get an index.
"""

from collections.abc import Callable

from pymongo import ASCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.types import Database
from weft.threads.clock import utc_now
from weft.threads.vectors import Space


class SearchSpaces:
    """The `searchSpaces` collection: `_id` is the key of the space."""

    INDEXES = (IndexModel([("model", ASCENDING), ("dimension", ASCENDING)]),)

    def __init__(self, database: Database) -> None:
        self.collection = database["searchSpaces"]
        self._noted: set[Space] = set()
        self._listeners: list[Callable[[Space], None]] = []

    def listen(self, listener: Callable[[Space], None]) -> None:
        """Calls it with every space that this process is the first to note."""
        self._listeners.append(listener)

    async def note(self, space: Space) -> None:
        """Notes that there is such a space; the second time it costs nothing."""
        if space in self._noted:
            return
        fields = {"model": space.model, "dimension": space.dimension, "createdAt": utc_now()}
        with translated():
            result = await self.collection.update_one({"_id": space.key}, {"$setOnInsert": fields}, upsert=True)
        self._noted.add(space)
        if result.upserted_id is not None:
            for listener in self._listeners:
                listener(space)

    async def all(self) -> list[Space]:
        """In one order at all times."""
        with translated():
            docs = await self.collection.find({}).sort("_id", ASCENDING).to_list()
        return [Space(doc["model"], doc["dimension"]) for doc in docs]

    async def of_model(self, model: str) -> list[Space]:
        """Those of one model, the smallest first: more than one when its dimension was changed."""
        with translated():
            docs = await self.collection.find({"model": model}).sort("dimension", ASCENDING).to_list()
        return [Space(doc["model"], doc["dimension"]) for doc in docs]

    async def forget(self, space: Space) -> None:
        """For a space that nothing is in any more; whoever stores a vector in it later must note it again."""
        with translated():
            await self.collection.delete_one({"_id": space.key})
        self._noted.discard(space)
