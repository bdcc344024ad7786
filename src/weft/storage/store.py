"""The front door of this room: the collections, and changes as transactions that are retried until they are through."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import TypeVar
from weakref import WeakValueDictionary

import pymongo
from bson.codec_options import CodecOptions
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import DuplicateKeyError

from weft.errors import UnavailableError, not_found
from weft.storage.changes import Change
from weft.storage.collections import Collections
from weft.storage.expected import Expected
from weft.storage.failures import translated
from weft.storage.timed_sessions import TimedSessions
from weft.storage.types import Database, Doc, Session
from weft.threads.api_keys import ApiKey
from weft.threads.cancellation import to_its_end
from weft.threads.clock import utc_now
from weft.threads.events import EventKind, StoredEvent
from weft.threads.threads import Thread

T = TypeVar("T")

_DEADLINE_SECONDS = 10.0
_PATIENCE_SECONDS = 60.0
_MOST_AT_ONCE = 16
"""Transactions of a process that are open together: with more, each takes so long that they run into their deadline."""

_CODEC: CodecOptions[Doc] = CodecOptions(tz_aware=True, tzinfo=UTC)
"""Times in Python's own UTC: the driver's takes longer to read, and to write again."""
_JOURNALED = WriteConcern("majority", j=True)
"""Only such writes show in a change stream at once; see performance.md."""


class Store(Collections):
    """Everything Weft keeps in one database, with the options Weft needs, whatever those of the client are."""

    def __init__(self, database: Database) -> None:
        database = database.with_options(_CODEC, ReadPreference.PRIMARY, _JOURNALED)
        super().__init__(database)
        self.database = database
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._sessions = TimedSessions(database.client)

    async def change(
        self, thread_id: str, work: Callable[[Change], Awaitable[T]], expected: Expected | None = None
    ) -> T:
        """Runs `work` in a transaction of its own; it may run more than once and must only write through its Change.

        With what is `expected` of it, a change that turns out so takes one round trip less.

        Raises:
            InputError: there is no such thread, or `work` says no; then nothing is stored.
            UnavailableError: not through within 10 s.
        """
        queue = self._queues.setdefault(thread_id, asyncio.Lock())
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                await queue.acquire()
        except TimeoutError:
            raise UnavailableError("too many changes are waiting for this thread; try again") from None
        try:
            return await self._in_transaction(lambda session: self._attempt(session, thread_id, work, expected))
        finally:
            queue.release()

    async def _attempt(
        self, session: Session, thread_id: str, work: Callable[[Change], Awaitable[T]], expected: Expected | None
    ) -> T:
        change = await self._begin(session, thread_id, expected)
        result = await work(change)
        await change.write()
        if change.tells:
            self.own_writes.written_in(session)
        return result

    async def _begin(self, session: Session, thread_id: str, expected: Expected | None) -> Change:
        now = utc_now()
        if expected is None:
            doc = await self.threads.read(session, thread_id)
        else:
            doc = await self.threads.take(session, thread_id, expected, now)
        if doc is None:
            raise not_found("thread", thread_id, "input", "threadId")
        return Change(self, session, doc, now, None if expected is None else expected.fields(doc, now))

    async def insert_thread(self, thread: Thread, client_id: str | None) -> Thread:
        """Stores a new thread with its first event; with a `client_id` that was used before, returns that thread."""

        try:
            await self._in_transaction(lambda session: self.add_thread(session, thread, client_id))
        except DuplicateKeyError:
            known = (
                None
                if client_id is None
                else await self.threads.by_client_id(thread.user_id, thread.made_by, client_id)
            )
            if known is None:
                raise
            return known
        return thread

    async def add_thread(self, session: Session, thread: Thread, client_id: str | None = None) -> None:
        """Stores a new thread with its first event, in the transaction of `session`.

        The event is of now: the thread may have waited long for its turn, and lists go on by the times of events.
        """
        await self.threads.insert(session, thread, client_id)
        event = StoredEvent(thread.id, 1, EventKind.THREAD_CHANGED, {}, thread.user_id, utc_now())
        await self.events.insert(session, [event])

    async def issue_key(self, key: ApiKey) -> ApiKey | None:
        """Stores a key and takes its name from the one that holds it, which is returned as it was."""

        async def work(session: Session) -> ApiKey | None:
            former = None if key.name is None else await self.api_keys.named(key.name, session)
            if former is not None:
                await self.api_keys.revoke(session, former.id, key.created_at)
            await self.api_keys.insert(session, key)
            return former

        for _ in range(_MOST_AT_ONCE):
            try:
                return await self._in_transaction(work)
            except DuplicateKeyError:  # another was given the name just now: that one is taken it from
                continue
        raise UnavailableError("the name of the key is being given to others all the time; try again")

    async def revoke_key(self, key_id: str) -> bool:
        """False when it was revoked before, or is not there."""
        return await self._in_transaction(lambda session: self.api_keys.revoke(session, key_id, utc_now()))

    async def together(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Runs `work`, which belongs to no thread that is still there, in a transaction; it may run more than once."""
        return await self._in_transaction(work)

    async def _in_transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        await self._place()
        try:
            return await to_its_end(self._through(work))
        finally:
            self._places.release()

    async def _through(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Broken off halfway, its abort could overtake what it aborts, and the thread stay locked for a minute."""
        with translated():
            async with self._sessions.opened(_DEADLINE_SECONDS) as session:
                result = await session.with_transaction(
                    work, write_concern=_JOURNALED, read_preference=ReadPreference.PRIMARY
                )
                self.own_writes.committed(session)
                return result

    async def _place(self) -> None:
        """Waits until fewer than the most transactions are open."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise UnavailableError("too many changes are under way; try again") from None

    async def ping(self) -> None:
        """Raises UnavailableError when MongoDB does not answer within 2 s."""
        with translated(), pymongo.timeout(2):
            await self.database.command("ping")
