"""Deletions as a caller asks for them. What everybody sees changes at once, in the transaction that stores the job for
the rest; a call does as much of that as fits into a second, and leaves what is large to the workers.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from weft.agents.deletion.removing import remove_rows
from weft.agents.deletion.work import DeletionWork, Lease, Progress
from weft.agents.limits import check_id
from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.clock import utc_now
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.erasures import Erasure
from weft.threads.placement import check_order
from weft.threads.positions import Position

MOST_MESSAGES: Final = 1000
CALL_SECONDS: Final = 1.0
_LEASE: Final = timedelta(seconds=3)


class Deletions:
    """What `weft.threads` and `weft.messages` delete with. `freed` is called when a call leaves a job to workers."""

    def __init__(
        self, store: Store, freed: Callable[[], None] = lambda: None, *, call_seconds: float = CALL_SECONDS
    ) -> None:
        self._store = store
        self._work = DeletionWork(store)
        self._freed = freed
        self._call_seconds = call_seconds

    async def thread(self, thread_id: str) -> bool:
        """True when nothing of the thread is left; also for one that is not there."""
        check_id(thread_id, ids.THREAD, "input", "threadId")
        lease = self._lease()
        try:
            job = await self._work.bury(thread_id, lease)
        except InputError as error:
            if error.reason is not ErrorCode.NOT_FOUND:
                raise
            return not await self._store.deletions.under_way(thread_id=thread_id)
        assert job is not None
        return (await self._do(job, lease)).done

    async def user(self, user_id: str) -> Erasure:
        """The receipt; it is finished when nothing is left of the threads that the user owns now, and of their keys.

        Keys are good for nothing from the start: whoever has one makes nothing new.
        """
        now, lease = utc_now(), self._lease()
        await self._store.api_keys.revoke_of_user(user_id, now, now)
        erasure = Erasure(ids.new_id(ids.ERASURE), user_id, now, None, {})
        await self._store.erasures.insert(erasure)
        kind = DeletionKind.USER
        job = Deletion(ids.new_id(ids.DELETION), kind, now, user_id=user_id, erasure_id=erasure.id)
        await self._store.deletions.insert(None, job, lease.id, lease.length)
        await self._do(job, lease)
        return await self._store.erasures.get(erasure.id) or erasure

    async def of_user_under_way(self, user_id: str) -> bool:
        """Whether something that was a user's is still being removed."""
        return await self._store.deletions.under_way(user_id=user_id)

    async def messages(self, message_ids: Sequence[str]) -> list[str]:
        """The ids really deleted. One change a thread."""
        if len(message_ids) > MOST_MESSAGES:
            message = f"there are {len(message_ids)} ids; give at most {MOST_MESSAGES} at once"
            raise InputError(message, reason=ErrorCode.TOO_LARGE, path=("input", "messageIds"))
        for index, message_id in enumerate(message_ids):
            check_id(message_id, ids.MESSAGE, "input", "messageIds", str(index))
        deleted: set[str] = set()
        for thread_id, chosen in (await self._store.removals.threads_of(message_ids)).items():
            deleted |= await self._of_thread(thread_id, chosen)
        return [id_ for id_ in dict.fromkeys(message_ids) if id_ in deleted]

    async def _of_thread(self, thread_id: str, message_ids: Sequence[str]) -> set[str]:
        async def work(change: Change) -> set[str]:
            rows = await self._store.removals.rows(change.session, message_ids)
            await remove_rows(self._store, change, rows)
            return {row.id for row in rows}

        try:
            return await self._store.change(thread_id, work)
        except InputError as error:
            if error.reason is ErrorCode.NOT_FOUND:
                return set()
            raise

    async def range(self, thread_id: str, start: Position, end: Position) -> Progress:
        """Deletes from `start` up to, but not including, `end`."""
        for name, position in (("start", start), ("end", end)):
            check_order(position.order, "input", f"{name}Order")
            check_order(position.step_order, "input", f"{name}StepOrder")
        if end < start:
            raise InputError("the range ends before it starts", path=("input", "endOrder"))
        lease = self._lease()
        last, job = await self._store.change(
            thread_id, lambda change: self._work.begin_range(change, start, end, lease)
        )
        if job is None:
            return Progress(True, last)
        progress = await self._do(job, lease)
        return Progress(progress.done, progress.last or last)

    def _lease(self) -> Lease:
        until = asyncio.get_running_loop().time() + self._call_seconds
        return Lease(ids.new_id("lea"), _LEASE, until)

    async def _do(self, job: Deletion, lease: Lease) -> Progress:
        """What has been begun is durable: a store that fails from here on only means that it is not done yet."""
        try:
            progress = await self._work.do(job, lease)
        except UnavailableError:
            progress = Progress(False)
        if not progress.done:
            self._freed()
        return progress
