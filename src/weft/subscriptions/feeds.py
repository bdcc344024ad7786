"""All live topics of this process, fed by its one change stream. Topics exist while somebody reads them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TypeVar

from weft.errors import InputError, UnavailableError
from weft.subscriptions.changing_topic import ChangingTopic
from weft.subscriptions.list_topic import LIST_KINDS, ListTopic, list_replay
from weft.subscriptions.log import ChangeFeed, Log
from weft.subscriptions.reader import Reader, Seen
from weft.subscriptions.replay import from_cursor, from_the_start
from weft.subscriptions.thread_topic import Moment, Progress, ThreadTopic
from weft.subscriptions.topic import Topic
from weft.threads.cancellation import heed_cancellation
from weft.threads.clock import Clock, utc_now
from weft.threads.cursors import EVERYONE, Cursor, ListCursor, Listed
from weft.threads.events import Change, HistoryLost, Item, StoredEvent, ThreadDeleted
from weft.threads.streams import Delta

K = TypeVar("K")
T = TypeVar("T", bound=ChangingTopic)

_LOG = logging.getLogger(__name__)
_OPEN_SECONDS = 10.0


class Feeds:
    """Start it with `run` in a task of its own; `listen` hears every event of the database, for workers."""

    def __init__(self, log: Log, feed: ChangeFeed, now: Clock = utc_now) -> None:
        self._log = log
        self._feed = feed
        self._now = now
        self._threads: dict[str, ThreadTopic] = {}
        self._lists: dict[Listed, ListTopic] = {}
        self._listeners: list[Callable[[StoredEvent], None]] = []
        self._on_lost: list[Callable[[], None]] = []

    @property
    def topics(self) -> int:
        """How many threads and lists are being followed."""
        return len(self._threads) + len(self._lists)

    async def run(self) -> None:
        """Follows the feed until cancelled."""
        while True:
            try:
                async for change in self._feed.follow():
                    self._dispatch(change)
            except HistoryLost:
                _LOG.error("the change stream lost its history; all readers must read again")
                self._lost()
            heed_cancellation()

    def listen(self, listener: Callable[[StoredEvent], None], on_lost: Callable[[], None]) -> None:
        """`listener` gets every event at once, and must not wait; `on_lost` is called when some were missed."""
        self._listeners.append(listener)
        self._on_lost.append(on_lost)

    async def thread(self, thread_id: str, after: str | None) -> Reader:
        """A reader of a thread. With a cursor of one that was deleted since, it is told just that.

        Raises:
            InputError: there is no such thread, or `after` is not a cursor of it.
        """
        cursor = None if after is None else Cursor.decode(after, thread_id)
        try:
            topic, release = await self._open(self._threads, thread_id, lambda: ThreadTopic(thread_id, self._log))
        except InputError:
            if cursor is not None and await self._log.was_deleted(thread_id):
                return _reader_of_gone(cursor)
            raise
        try:
            seen = Seen() if cursor is None else await self._seen(cursor)
        except BaseException:
            release()
            raise
        target = Moment(thread_id, topic.moment.seq, [Progress(p.stream, p.end) for p in topic.moment.live.values()])
        missed = from_the_start(self._log, target) if cursor is None else from_cursor(self._log, cursor, target)
        return Reader(topic, topic.head, after or target.cursor().encode(), missed, seen, release)

    async def thread_list(self, user_id: str | None, after: str | None, *, everyone: bool = False) -> Reader:
        """A reader of a user's threads, of those of nobody, or of all. Raises InputError for a bad cursor."""
        listed = EVERYONE if everyone else user_id
        cursor = None if after is None else ListCursor.decode(after, listed)
        topic, release = await self._open(self._lists, listed, lambda: ListTopic(listed, self._log))
        missed = _nothing() if cursor is None else list_replay(self._log, cursor, self._now())
        start = cursor or ListCursor(listed, int(self._now().timestamp() * 1000))
        return Reader(topic, topic.head, start.encode(), missed, Seen(), release)

    def close(self) -> None:
        """Ends every topic: readers are told to read again, elsewhere."""
        for topic in (*self._threads.values(), *self._lists.values()):
            topic.end("the server is stopping")
            topic.close()

    async def _seen(self, cursor: Cursor) -> Seen:
        thread = await self._log.thread(cursor.thread_id)
        if thread is not None and cursor.seq > thread.seq:
            raise _from_the_future()
        streams = await self._log.streams_alive_after(cursor.thread_id, cursor.seq)
        if any(0 < stream.end < cursor.ends.get(stream.start_seq, 0) for stream in streams if stream.end_seq is None):
            raise _from_the_future()
        return Seen(cursor.seq, {stream.start_seq: 0 for stream in streams} | dict(cursor.ends))

    async def _open(self, topics: dict[K, T], key: K, make: Callable[[], T]) -> tuple[T, Callable[[], None]]:
        """The topic, registered before it reads its state, so that no change falls in between."""
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await self._feed.opened()
        except TimeoutError:
            raise UnavailableError("live updates are interrupted: MongoDB does not answer") from None
        topic = topics.get(key)
        if topic is None or topic.ended is not None:
            topic = topics[key] = make()
        topic.readers += 1
        release = partial(_release, topics, key, topic)
        try:
            await asyncio.shield(topic.loaded)
        except BaseException:
            release()
            raise
        return topic, release

    def _dispatch(self, change: Change) -> None:
        topic = self._threads.get(change.thread_id)
        if topic is not None:
            topic.offer(change)
        if isinstance(change, Delta):
            return
        if change.kind in LIST_KINDS:
            for listed in (change.user_id, EVERYONE):
                if (topic_of_list := self._lists.get(listed)) is not None:
                    topic_of_list.offer(change)
        for listener in self._listeners:
            listener(change)

    def _lost(self) -> None:
        for topic in (*self._threads.values(), *self._lists.values()):
            topic.end("the server missed changes; read again")
        for told in self._on_lost:
            told()


def _release(topics: dict[K, T], key: K, topic: T) -> None:
    """One reader less; the topic goes with its last one."""
    topic.readers -= 1
    if topic.readers == 0:
        topic.close()
        if topics.get(key) is topic:
            del topics[key]


def _from_the_future() -> InputError:
    return InputError("the cursor is from the future of this thread", path=("after",))


def _reader_of_gone(cursor: Cursor) -> Reader:
    """A reader of a thread that was deleted after the cursor."""
    told = Item(ThreadDeleted(cursor.thread_id), cursor.encode())
    return Reader(Topic(), 0, told.cursor, _only(told), Seen(), lambda: None)


async def _only(item: Item) -> AsyncIterator[Item]:
    yield item


async def _nothing() -> AsyncIterator[Item]:
    return
    yield
