"""Where those who start answers for one viewer at the same moment meet, so that each counts the other's.

A transaction that counts would not see what another one is about to commit. Both write one document, and so one of them
conflicts and counts again. Viewers share a few documents: there is nothing to clean up, and nothing about anybody.
"""

from typing import Final

from pymongo import ASCENDING, IndexModel

from weft.storage.types import Database, Session

_DIGITS: Final = 3


class GenerationPlaces:
    """The `generationPlaces` collection."""

    INDEXES = (IndexModel([("_id", ASCENDING)], name="_id_"),)

    def __init__(self, database: Database) -> None:
        self.collection = database["generationPlaces"]

    async def meet(self, session: Session, holder: str) -> None:
        """From here on, nobody else counts for this holder until the transaction is through."""
        await self.collection.update_one(
            {"_id": holder[:_DIGITS]}, {"$inc": {"times": 1}}, upsert=True, session=session
        )
