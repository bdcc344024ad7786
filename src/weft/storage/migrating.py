"""A database is brought to the version of the code before anything else is done with it, by one process at a time.

Each step is noted when it is done: a process that is killed leaves one step at most to be done again, so every step
can be repeated. Whoever starts meanwhile waits.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from weft.errors import ConfigError, UnavailableError
from weft.storage.meta import SchemaState
from weft.storage.store import Store
from weft.threads import ids

_LOG = logging.getLogger(__name__)

Step = Callable[[Store], Awaitable[None]]
"""Changes documents or indexes from one version to the next. It may be stopped anywhere, and is then run again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts without being renewed, how often waiters look, and for how long."""

    lease: timedelta = timedelta(seconds=15)
    look: timedelta = timedelta(milliseconds=200)
    patience: timedelta = timedelta(minutes=10)


_PACE: Final = Pace()


async def migrate(store: Store, steps: Sequence[Step], pace: Pace = _PACE) -> None:
    """Returns when the database has the version of the code, which is the number of steps.

    Raises:
        ConfigError: the database is of newer code. UnavailableError: MongoDB does not answer, or another process has
        been at it for longer than waiters have patience.
    """
    deadline = time.monotonic() + pace.patience.total_seconds()
    while (await _state(store, len(steps))).version < len(steps):
        if await _taken(store, steps, pace):
            return
        if time.monotonic() > deadline:
            raise UnavailableError("another process is still migrating the database; start again later")
        await asyncio.sleep(pace.look.total_seconds())


async def _state(store: Store, newest: int) -> SchemaState:
    state = await store.meta.schema()
    if state is None:
        await store.meta.begin(0 if await _used(store) else newest)
        state = await store.meta.schema()
    if state is None:
        raise UnavailableError("the version of the database cannot be noted; see its `meta` collection")
    if state.version > newest:
        raise ConfigError(
            f"the database {store.database.name} is of schema version {state.version}, this Weft knows {newest}: "
            "it was used by a newer Weft. Run that one, or restore a backup from before"
        )
    return state


async def _used(store: Store) -> bool:
    return bool(await store.database.list_collection_names(filter={"name": "threads"}))


async def _taken(store: Store, steps: Sequence[Step], pace: Pace) -> bool:
    """False when another process has the lease, or took it over."""
    await store.meta.release_orphan()
    lease_id = ids.new_id("lea")
    if not await store.meta.take(lease_id, pace.lease):
        return False
    work = asyncio.create_task(_work(store, steps, lease_id), name="weft-migrations")
    renewing = asyncio.create_task(_renew(store, lease_id, pace, work), name="weft-migrations-lease")
    try:
        await asyncio.wait([work])
        return not work.cancelled() and await work
    finally:
        for task in (work, renewing):
            task.cancel()
        await asyncio.gather(work, renewing, return_exceptions=True)
        with suppress(UnavailableError):
            await store.meta.release(lease_id)


async def _work(store: Store, steps: Sequence[Step], lease_id: str) -> bool:
    """False when the lease is not held any more."""
    done = (await _state(store, len(steps))).version
    for number, step in enumerate(steps[done:], done + 1):
        _LOG.info("the database is migrated", extra={"step": step.__name__, "version": number})
        await step(store)
        if not await store.meta.reach(lease_id, number):
            return False
    return True


async def _renew(store: Store, lease_id: str, pace: Pace, work: "asyncio.Task[bool]") -> None:
    """Keeps the lease, and stops the work when it is lost."""
    while True:
        await asyncio.sleep(pace.lease.total_seconds() / 3)
        try:
            if not await store.meta.renew(lease_id, pace.lease):
                work.cancel()
                return
        except UnavailableError as error:
            _LOG.warning("the lease of the migration could not be renewed", extra={"reason": error.message})
