"""What the change feed tells of entries: which have changed, and up to what time all of them are known.

Vectors in memory are trusted only while the feed is open; after a gap nothing of them is.
"""

import asyncio
from typing import Final

from bson.timestamp import Timestamp

from weft.storage.change_feed import MongoChangeFeed
from weft.storage.types import Doc

MOST_CHANGED: Final = 50_000
"""Changes that wait to be read; with more of them it is quicker to load everything again."""
_CHANGES: Final[Doc] = {"operationType": {"$in": ["insert", "update", "replace", "delete"]}}


class EntryNews:
    """Written by the change feed, once it `follow`s one; read by the memory of vectors."""

    def __init__(self) -> None:
        self.gaps = 0
        """How often changes were missed."""
        self.changed: set[str] = set()
        self.arrived = asyncio.Event()
        self._feed: MongoChangeFeed | None = None

    @property
    def open(self) -> bool:
        """Whether changes are told now."""
        return self._feed is not None and self._feed.healthy

    def follow(self, feed: MongoChangeFeed) -> None:
        """To be called before the feed itself is followed."""
        self._feed = feed
        feed.listen("searchEntries", _CHANGES, self.heard, self.missed)

    async def opened(self) -> None:
        """Returns when the feed that it follows is open."""
        if self._feed is not None:
            await self._feed.opened()

    async def reached(self, time: Timestamp, patience: float) -> bool:
        """Whether all changes up to a time have been heard, within so many seconds."""
        return self._feed is not None and await self._feed.reached(time, patience)

    def heard(self, entry_id: str) -> None:
        """An entry was written or deleted."""
        if len(self.changed) >= MOST_CHANGED:
            self.missed()
        self.changed.add(entry_id)
        self.arrived.set()

    def missed(self) -> None:
        """Some changes will never be heard of."""
        self.gaps += 1
        self.changed.clear()
        self.arrived.set()
