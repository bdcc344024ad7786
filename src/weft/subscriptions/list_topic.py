"""The live tail of a list of threads: a user's, nobody's, or everybody's.

Its cursor is a time. A change may commit a little after the time it carries, so a reader that comes back is told again
of what changed shortly before its cursor: at least once, never lost; each event replaces the thread it speaks of.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from weft.subscriptions.changing_topic import ChangingTopic
from weft.subscriptions.log import Log
from weft.threads.cursors import EVERYONE, ListCursor, Listed
from weft.threads.events import Change, EventKind, Item, ResyncRequired, StoredEvent, ThreadChanged, ThreadGone
from weft.threads.threads import Thread

LIST_KINDS: Final = (EventKind.THREAD_CHANGED, EventKind.THREAD_DELETED)
COMMIT_LAG: Final = timedelta(seconds=15)
OLDEST: Final = timedelta(hours=23)
FRESH: Final = timedelta(minutes=1)
"""Whoever read the list so short ago is told all they missed, however much: read again they would miss as much."""
MOST_THREADS: Final = 1000
_AT_ONCE: Final = 200


class ListTopic(ChangingTopic):
    def __init__(self, listed: Listed, log: Log) -> None:
        self.listed = listed
        self._log = log
        self._at_ms = 0
        super().__init__()

    async def load(self) -> None:
        """Starts from now: nothing to read."""

    def apply_at_once(self, change: Change) -> bool:
        return isinstance(change, StoredEvent) and change.kind not in LIST_KINDS

    async def apply(self, changes: Sequence[Change]) -> None:
        events = [change for change in changes if isinstance(change, StoredEvent)]
        found = await self._log.threads([event.thread_id for event in events])
        self.append(self._item(event, found.get(event.thread_id)) for event in events)

    def _item(self, event: StoredEvent, thread: Thread | None) -> Item:
        self._at_ms = max(self._at_ms, _milliseconds(event.at))
        return _item(ListCursor(self.listed, self._at_ms), event.thread_id, thread)


async def list_replay(log: Log, after: ListCursor, now: datetime) -> AsyncIterator[Item]:
    """Threads that changed or went since the cursor, as they are now, in the order of their last change."""
    missed = await _missed(log, after, now)
    if missed is None:
        yield Item(ResyncRequired("the cursor is too old; read the list again"), after.encode())
        return
    for start in range(0, len(missed), _AT_ONCE):
        some = missed[start : start + _AT_ONCE]
        found = await log.threads([thread_id for thread_id, _ in some])
        for thread_id, at in some:
            cursor = ListCursor(after.listed, max(after.at_ms, _milliseconds(at)))
            yield _item(cursor, thread_id, found.get(thread_id))


async def _missed(log: Log, after: ListCursor, now: datetime) -> Sequence[tuple[str, datetime]] | None:
    """Each thread once, with the time of its last change; None when that cannot be known, or is too much to tell."""
    seen = datetime.fromtimestamp(after.at_ms / 1000, UTC)
    since = seen - COMMIT_LAG
    if now - since > OLDEST:
        return None
    most = 0 if now - seen < FRESH else 10 * MOST_THREADS
    told = await log.threads_told_of(after.listed, since, most + 1 if most else 0)
    last: dict[str, datetime] = {}
    for thread_id, at in reversed(told):
        last.setdefault(thread_id, at)
    return None if most and (len(told) > most or len(last) > MOST_THREADS) else [*reversed(last.items())]


def _item(at: ListCursor, thread_id: str, thread: Thread | None) -> Item:
    """What the list is told of a thread that is so now; None: it is not there."""
    if thread is not None and at.listed in (EVERYONE, thread.user_id):
        return Item(ThreadChanged(thread), at.encode())
    return Item(ThreadGone(thread_id), at.encode())


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
