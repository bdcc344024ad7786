"""Threads that nobody has written to for as long as the operator keeps them are deleted, with everything in them."""

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import Final

from weft.agents.deletion.work import DeletionWork
from weft.agents.looping import repeat
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.clock import utc_now

_LOG = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
_BATCH: Final = 100


class Retention:
    """Run it with `run` in a task of its own. Several processes may: a thread is deleted once."""

    def __init__(self, store: Store, kept: timedelta, *, every: timedelta = EVERY) -> None:
        """`kept`: since its last message, or its creation. `every`: how often is looked."""
        self._store = store
        self._work = DeletionWork(store)
        self._kept = kept
        self._every = every

    async def run(self) -> None:
        """Looks now, and then again and again until cancelled."""
        rest = partial(asyncio.sleep, self._every / timedelta(seconds=1))
        await repeat(self._look, rest, log=_LOG, failing="retention cannot reach the store")

    async def _look(self) -> None:
        if deleted := await self.sweep():
            _LOG.info("threads past their retention were deleted", extra={"threads": deleted})

    async def sweep(self) -> int:
        """Deletes what is past its time now; returns how many threads. Workers remove what was in them."""
        until, deleted, before = utc_now() - self._kept, 0, -1
        while deleted > before:
            before = deleted
            for thread_id in await self._store.threads.idle_since(until, _BATCH):
                deleted += await self._delete(thread_id)
        return deleted

    async def _delete(self, thread_id: str) -> bool:
        """False when another process was first. A thread that was written to meanwhile is no longer found idle."""
        try:
            return await self._work.bury(thread_id, idle_since=utc_now() - self._kept) is not None
        except InputError as error:
            if error.reason is ErrorCode.NOT_FOUND:
                return False
            raise
