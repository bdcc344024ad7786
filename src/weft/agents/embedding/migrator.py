"""Works on migrations between embedding models: asks for new vectors page by page, and removes old ones.

The vectors themselves are made by embedders, as those of new messages are, which go first. A job is leased; one whose
process died goes on from its cursor.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from weft.agents.embedding.models import Models
from weft.agents.looping import repeat, woken
from weft.agents.undoing import taken
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.embeddings import Migration, MigrationState

_LOG = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=10)
PAGE: Final = 500
MOST_WAITING: Final = 2000
"""No more is asked for while so many vectors are still to be made."""
_LOOK_AGAIN: Final = timedelta(milliseconds=500)
_SWEEP_SECONDS: Final = 30.0
_SHORTEST_REST: Final = 0.05
_END: Final = "end"
"""In place of a space in the cursor: all pages were asked for, messages up to the cursor's are waited for."""


class _LostError(Exception):
    """Somebody else has the job now, or it was switched or cancelled."""


class Migrator:
    """Run it with `run` in a task of its own; cancelling that hands its job over. `asked`: called after each page."""

    def __init__(self, store: Store, models: Models, asked: Callable[[], None], *, lease: timedelta = LEASE) -> None:
        self._store = store
        self._models = models
        self._asked = asked
        self._lease = lease
        self._wake = asyncio.Event()
        self._held: tuple[str, str] | None = None

    def wake(self) -> None:
        """Looks for jobs now."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled; then gives its lease back, so that others go on at once."""
        try:
            await self._store.embedding_migrations.release_orphans()
            await repeat(self._all, self._rest, log=_LOG, failing="migrations cannot reach the store", wake=self._wake)
        finally:
            await self._let_go(timedelta(0))

    async def _all(self) -> None:
        while await self._one():
            pass

    async def _one(self) -> bool:
        """False when there is no job to be done now."""
        lease_id = ids.new_id("lea")
        migrations = self._store.embedding_migrations
        job = await taken(migrations.take(lease_id, self._lease), lambda got: _released(self._store, got, lease_id))
        if job is None:
            return False
        self._held = (job.id, lease_id)
        try:
            done = await self._do(job, lease_id)
        except _LostError:
            self._held = None
            return True
        await self._let_go(timedelta(0) if done else _LOOK_AGAIN)
        return done

    async def _let_go(self, due: timedelta) -> None:
        held, self._held = self._held, None
        if held is not None:
            await self._store.embedding_migrations.release(*held, due)

    async def _do(self, job: Migration, lease_id: str) -> bool:
        """False when it must be waited for."""
        match job.state:
            case MigrationState.RUNNING:
                return await self._ask(job, lease_id)
            case MigrationState.DELETING:
                await self._remove(job, lease_id)
            case MigrationState.CANCELLED:
                await self._withdraw(job, lease_id, job.to_model)
                await self._finish(job, lease_id, MigrationState.CANCELLED)
            case _:
                await self._finish(job, lease_id, job.state)
        return True

    async def _ask(self, job: Migration, lease_id: str) -> bool:
        """Asks for the new model's vectors; what waits for the old one's gets both."""
        queue = self._store.embedding_queue
        if job.cursor is None:
            while await queue.ask_beside(job.to_model, job.from_model, PAGE):
                await self._advance(job, lease_id, None)
        cursor = job.cursor
        keys = sorted(space.key for space in await self._store.search_spaces.of_model(job.from_model))
        new_keys = [space.key for space in await self._store.search_spaces.of_model(job.to_model)]
        while cursor is None or cursor[0] != _END:
            if await queue.waiting(job.to_model) > MOST_WAITING:
                return False
            key, page = await self._page(keys, cursor)
            if page:
                await queue.ask(page, job.to_model, new_keys)
                self._asked()
            cursor = (key, page[-1]) if page else (_END, ids.new_id(ids.MESSAGE))
            await self._advance(job, lease_id, cursor, asked=len(page))
        if await queue.waits_before(job.to_model, cursor[1]):
            return False
        await self._finish(job, lease_id, MigrationState.READY)
        return True

    async def _page(self, keys: list[str], cursor: tuple[str, str] | None) -> tuple[str, list[str]]:
        """The messages of a space that come next, and its key; none when there are no more."""
        for key in keys:
            if cursor is None or key >= cursor[0]:
                after = cursor[1] if cursor is not None and key == cursor[0] else None
                if page := await self._store.vectors.ids(key, after, PAGE):
                    return key, page
        return _END, []

    async def _remove(self, job: Migration, lease_id: str) -> None:
        """Nothing of the old model is asked for any more, and nothing is left of it."""
        await self._withdraw(job, lease_id, job.from_model)
        for space in await self._store.search_spaces.of_model(job.from_model):
            while removed := await self._store.vectors.remove_some(space, None, PAGE):
                await self._advance(job, lease_id, None, removed=removed)
        await self._finish(job, lease_id, MigrationState.DONE)

    async def _withdraw(self, job: Migration, lease_id: str, model: str) -> None:
        """Unless some agent has that model still."""
        if model in self._models.at_save:
            return
        while await self._store.embedding_queue.withdraw(model, PAGE):
            await self._advance(job, lease_id, None)

    async def _advance(
        self, job: Migration, lease_id: str, cursor: tuple[str, str] | None, *, asked: int = 0, removed: int = 0
    ) -> None:
        migrations = self._store.embedding_migrations
        if not await migrations.advance(job, lease_id, self._lease, cursor=cursor, asked=asked, removed=removed):
            raise _LostError

    async def _finish(self, job: Migration, lease_id: str, state: MigrationState) -> None:
        if not await self._store.embedding_migrations.move(job, state, None, lease_id):
            raise _LostError

    async def _rest(self) -> None:
        """Until woken, or until a job may be free."""
        left = await self._store.embedding_migrations.next_due()
        seconds = _SWEEP_SECONDS if left is None else left / timedelta(seconds=1)
        await woken(self._wake, min(_SWEEP_SECONDS, max(_SHORTEST_REST, seconds)))


async def _released(store: Store, job: Migration | None, lease_id: str) -> None:
    if job is not None:
        await store.embedding_migrations.release(job.id, lease_id, timedelta(0))
