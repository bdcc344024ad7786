"""Ends streams whose writers have fallen silent, and clears away those that ended, with their deltas.

Several processes may do so at once. Streams of generations are never silent: their leases tell whether they live.
"""

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import Final

from weft.agents.deletion.work import DeletionWork, Lease
from weft.agents.looping import repeat
from weft.agents.outside.endings import TIMEOUT, abort_silent
from weft.errors import UnavailableError
from weft.storage.retention import STREAM_RETENTION
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.clock import utc_now
from weft.threads.deletions import Deletion, DeletionKind

_LOG = logging.getLogger(__name__)

_SWEEP_SECONDS: Final = 30.0
_BATCH: Final = 100
_LEASE: Final = timedelta(seconds=30)


class StreamSweeper:
    """Run it with `run` in a task of its own. `timeout`: how long a writer may be silent; `kept`: an ended stream."""

    def __init__(self, store: Store, timeout: timedelta, kept: timedelta = STREAM_RETENTION) -> None:
        self._store = store
        self._timeout = timeout
        self._kept = kept
        self._work = DeletionWork(store)

    async def run(self) -> None:
        """Sweeps until cancelled."""
        pause = min(_SWEEP_SECONDS, self._timeout / timedelta(seconds=2))
        await repeat(self._sweep, partial(asyncio.sleep, pause), log=_LOG, failing="streams cannot be swept")

    async def _sweep(self) -> None:
        await self.end_silent()
        await self.clear_ended()

    async def end_silent(self) -> int:
        """Aborts silent streams with "timeout", and fails their rows with it; returns how many."""
        ended = 0
        for stream in await self._store.streams.silent(self._timeout, _BATCH):
            facts = {"stream": stream.id, "thread_id": stream.thread_id}
            try:
                ended += await abort_silent(self._store, stream, self._timeout, TIMEOUT)
                _LOG.info("a stream's writer fell silent", extra=facts)
            except UnavailableError:
                raise
            except Exception:
                _LOG.exception("a silent stream could not be ended", extra=facts)
        return ended

    async def clear_ended(self) -> int:
        """Deletes ended streams, then their deltas; returns how many.

        A job remembers what is left if this process dies in between.
        """
        cleared = 0
        while stream_ids := await self._store.streams.ended(self._kept, _BATCH):
            lease = Lease(ids.new_id("lea"), _LEASE)
            job = Deletion(ids.new_id(ids.DELETION), DeletionKind.REMAINS, utc_now(), stream_ids=stream_ids)
            await self._store.deletions.insert(None, job, lease.id, lease.length)
            await self._store.streams.forget(stream_ids)
            await self._work.do(job, lease)
            cleared += len(stream_ids)
        return cleared
