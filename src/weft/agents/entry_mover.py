"""A large thread that is another user's now: what finds its messages follows, batch by batch, until all of it has.

Until then the new user's searches do not find all of it, and nobody else's find any. Each batch may be done again.
"""

import asyncio
import logging
from functools import partial
from typing import Final

from weft.agents.looping import repeat, woken
from weft.storage.store import Store
from weft.threads.events import EventKind, StoredEvent

_LOG = logging.getLogger(__name__)

_SWEEP_SECONDS: Final = 30.0
_THREADS: Final = 20


class EntryMover:
    """Run it with `run` in a task of its own; several processes may."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = asyncio.Event()

    def hear(self, event: StoredEvent) -> None:
        """Takes an event of the feed: a thread that changed may be another user's."""
        if event.kind is EventKind.THREAD_CHANGED:
            self._wake.set()

    def wake(self) -> None:
        """Looks now."""
        self._wake.set()

    async def run(self) -> None:
        """Moves what is to be moved until cancelled."""
        rest = partial(woken, self._wake, _SWEEP_SECONDS)
        await repeat(self.move_all, rest, log=_LOG, failing="search entries cannot be moved", wake=self._wake)

    async def move_all(self) -> int:
        """Moves the entries of all threads that wait for it; returns of how many threads."""
        moved = 0
        while waiting := await self._store.threads.moving(_THREADS):
            for thread_id, user_id in waiting:
                while await self._store.search_entries.give_some(None, thread_id, user_id):
                    pass
                moved += await self._store.threads.moved(thread_id, user_id)
        return moved
