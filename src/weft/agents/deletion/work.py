"""Doing a deletion, in bounded batches under its lease. Each batch may be done again, by whoever takes the job over."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from weft.agents.deletion.removing import SETTLE, remove_rows
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.deletions import NOW
from weft.storage.removals import Removed
from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads import ids
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.positions import Position

_BATCH: Final = 1000
_ROWS: Final = 500
_THREADS: Final = 50


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on a job, how long each batch may take, and when, on the loop's clock, to leave the rest to others."""

    id: str
    length: timedelta
    until: float | None = None

    @property
    def over(self) -> bool:
        return self.until is not None and asyncio.get_running_loop().time() >= self.until


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether nothing is left, and the place of the last row deleted in a range."""

    done: bool
    last: Position | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """How much a batch removed; a job is through when that is nothing."""

    removed: int
    last: Position | None = None


class DeletionWork:
    """The steps of every kind of deletion."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def do(self, job: Deletion, lease: Lease) -> Progress:
        """Works until the job is through, its time is over, or somebody else has it."""
        last: Position | None = None
        while (batch := await self._batch(job, lease)).removed:
            last = batch.last or last
            if not await self._store.deletions.renew(job.id, lease.id, lease.length, batch.removed):
                return Progress(False, last)
            if lease.over:
                await self._store.deletions.release(job.id, lease.id)
                return Progress(False, last)
        if job.kind is DeletionKind.THREAD and job.stream_ids and not job.settling:
            await self._store.deletions.release(job.id, lease.id, SETTLE, settling=True)
        else:
            await self._store.deletions.finish(None, job.id, lease.id)
            if job.erasure_id is not None:
                await self._store.erasures.finish(job.erasure_id)
        return Progress(True, last)

    async def bury(
        self,
        thread_id: str,
        lease: Lease | None = None,
        owner: str | None = None,
        erasure_id: str | None = None,
        idle_since: datetime | None = None,
    ) -> Deletion | None:
        """Deletes a thread for everybody to see, and stores the job that removes what is left of it.

        Without a lease the job is free. None when the thread is not, or not any more, `owner`'s, or has been
        active after `idle_since`.

        Raises:
            InputError: there is no such thread.
        """

        async def work(change: Change) -> Deletion | None:
            thread = change.thread
            if owner is not None and thread.user_id != owner:
                return None
            if idle_since is not None and (thread.last_message_at or thread.created_at) > idle_since:
                return None
            job = Deletion(
                id=ids.new_id(ids.DELETION),
                kind=DeletionKind.THREAD,
                created_at=change.now,
                thread_id=thread_id,
                user_id=change.thread.user_id,
                stream_ids=await self._store.removals.live_streams(change.session, thread_id),
                tombstone=change.delete_thread(),
                erasure_id=erasure_id,
            )
            if erasure_id is not None:
                await self._store.erasures.count(change.session, erasure_id, {"threads": 1})
            held, due = (None, NOW) if lease is None else (lease.id, lease.length)
            await self._store.deletions.insert(change.session, job, held, due)
            return job

        return await self._store.change(thread_id, work)

    async def begin_range(
        self, change: Change, start: Position, end: Position, lease: Lease
    ) -> tuple[Position | None, Deletion | None]:
        """Deletes the first rows of a range; the last one's place, and the job for the others if there are any.

        The job ends where the thread ended now: turns that are yet to come are not in the range.
        """
        rows = await self._store.removals.range(change.session, change.thread.id, start, end, _ROWS + 1)
        more, rows = len(rows) > _ROWS, rows[:_ROWS]
        await remove_rows(self._store, change, rows)
        last = rows[-1].position if rows else None
        if not more or last is None:
            return last, None
        job = Deletion(
            id=ids.new_id(ids.DELETION),
            kind=DeletionKind.RANGE,
            created_at=change.now,
            thread_id=change.thread.id,
            start=last,
            end=min(end, Position(change.thread.last_order + 1, 0)),
        )
        await self._store.deletions.insert(change.session, job, lease.id, lease.length)
        return last, job

    async def _batch(self, job: Deletion, lease: Lease) -> _Batch:
        match job.kind:
            case DeletionKind.THREAD:
                return _Batch(await self._of_thread(job))
            case DeletionKind.REMAINS:
                removals = self._store.removals
                removed = await removals.of_streams(job.stream_ids, _BATCH)
                return _Batch(sum((removed or await removals.of_generations(job.generation_ids, _BATCH)).values()))
            case DeletionKind.RANGE:
                return await self._of_range(job)
            case DeletionKind.USER:
                return _Batch(await self._of_user(job, lease))

    async def _of_thread(self, job: Deletion) -> int:
        if job.erasure_id is None:
            return sum((await self._remove(job, None)).values())
        erasure_id = job.erasure_id

        async def counted(session: Session) -> int:
            removed = await self._remove(job, session)
            await self._store.erasures.count(session, erasure_id, removed)
            return sum(removed.values())

        return await self._store.together(counted)

    async def _remove(self, job: Deletion, session: Session | None) -> Removed:
        assert job.thread_id is not None
        removed = await self._store.removals.of_thread(job.thread_id, job.tombstone, _BATCH, session)
        if not removed and job.settling:
            removed = await self._store.removals.of_streams(job.stream_ids, _BATCH, session)
        return removed

    async def _of_range(self, job: Deletion) -> _Batch:
        assert job.thread_id is not None

        async def work(change: Change) -> _Batch:
            rows = await self._store.removals.range(change.session, change.thread.id, job.start, job.end, _ROWS)
            await remove_rows(self._store, change, rows)
            return _Batch(len(rows), rows[-1].position if rows else None)

        try:
            return await self._store.change(job.thread_id, work)
        except InputError as error:
            if error.reason is ErrorCode.NOT_FOUND:
                return _Batch(0)
            raise

    async def _of_user(self, job: Deletion, lease: Lease) -> int:
        """API keys, then threads that the user had when asked. A call does these one by one; a worker leaves them to
        all workers."""
        assert job.user_id is not None
        if keys := await self._keys_of_user(job, job.user_id):
            return keys
        owned = await self._store.threads.of_user(job.user_id, job.created_at, _THREADS)
        for thread_id in owned:
            await self._of_owner(thread_id, job.user_id, job.erasure_id, lease)
            if lease.over:
                break
        return len(owned)

    async def _keys_of_user(self, job: Deletion, user_id: str) -> int:
        async def counted(session: Session) -> int:
            removed = await self._store.api_keys.remove_of_user(session, user_id, job.created_at)
            if job.erasure_id is not None:
                await self._store.erasures.count(session, job.erasure_id, {"apiKeys": removed})
            return removed

        return await self._store.together(counted)

    async def _of_owner(self, thread_id: str, owner: str, erasure_id: str | None, lease: Lease) -> None:
        own = None if lease.until is None else Lease(ids.new_id("lea"), lease.length, lease.until)
        try:
            job = await self.bury(thread_id, own, owner, erasure_id)
        except InputError as error:
            if error.reason is not ErrorCode.NOT_FOUND:
                raise
            return
        if job is not None and own is not None:
            await self.do(job, own)
