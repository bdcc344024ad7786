"""Finishes deletions that calls have left, or that were cut off by a crash. Woken by events, and when a lease ends."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from weft.agents.deletion.work import DeletionWork, Lease
from weft.agents.looping import repeat, woken
from weft.errors import UnavailableError
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.deletions import Deletion
from weft.threads.events import EventKind, StoredEvent

_LOG = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=10)
_AT_ONCE: Final = 4
_SWEEP_SECONDS: Final = 30.0
_SHORTEST_REST: Final = 0.05


class Deleter:
    """Run it with `run` in a task of its own; cancelling that hands its jobs over."""

    def __init__(self, store: Store, *, lease: timedelta = LEASE) -> None:
        self._store = store
        self._work = DeletionWork(store)
        self._lease = lease
        self._wake = asyncio.Event()
        self._jobs: dict[str, tuple[Deletion, asyncio.Task[None]]] = {}

    def hear(self, event: StoredEvent) -> None:
        """Takes an event of the feed: deletions that begin tell of themselves."""
        if event.kind in (EventKind.THREAD_DELETED, EventKind.MESSAGE_REMOVED):
            self._wake.set()

    def wake(self) -> None:
        """Looks for jobs now."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled; then gives its leases back, so that others go on at once."""
        try:
            await self._store.deletions.release_orphans()
            failing = "deletions cannot reach the store"
            await repeat(self._take_all, self._rest, log=_LOG, failing=failing, wake=self._wake)
        finally:
            await self._hand_over()

    async def _take_all(self) -> None:
        while len(self._jobs) < _AT_ONCE:
            lease = Lease(ids.new_id("lea"), self._lease)
            job = await self._store.deletions.take(lease.id, lease.length)
            if job is None:
                return
            task = asyncio.create_task(self._do(job, lease), name=f"weft-deletion-{job.id}")
            self._jobs[lease.id] = (job, task)

    async def _do(self, job: Deletion, lease: Lease) -> None:
        """One that fails keeps its lease to the end: trying again at once would fail again."""
        facts = {"deletion": job.id, "kind": job.kind.value, "thread_id": job.thread_id}
        try:
            await self._work.do(job, lease)
        except UnavailableError as error:
            _LOG.warning("a deletion waits for the store", extra={**facts, "error": error.message})
        except Exception:
            _LOG.exception("a deletion failed and will be tried again", extra=facts)
        finally:
            del self._jobs[lease.id]
            self._wake.set()

    async def _rest(self) -> None:
        """Until woken: by an event, or by a job that ends; or until another job may be free."""
        left = await self._store.deletions.next_due() if len(self._jobs) < _AT_ONCE else None
        seconds = _SWEEP_SECONDS if left is None else left / timedelta(seconds=1)
        await woken(self._wake, min(_SWEEP_SECONDS, max(_SHORTEST_REST, seconds)))

    async def _hand_over(self) -> None:
        held = dict(self._jobs)
        for _, task in held.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in held.values()), return_exceptions=True)
        releases = (self._store.deletions.release(job.id, lease_id) for lease_id, (job, _) in held.items())
        await asyncio.gather(*releases, return_exceptions=True)
