"""The live tail of a list of threads: a user's, nobody's, or everybody's.

Its cursor is a time. A change may commit a little after the time it carries, so a reader that comes back is told again
of what changed shortly before its cursor: at least once, never lost; each event replaces the thread it speaks of.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from weft.subscriptions.changing_topic import ChangingTopic
from weft.subscriptions.log import Log
from weft.threads.cursors import EVERYONE, Everyone, ListCursor, Listed
from weft.threads.events import (
    Change,
    EventKind,
    Item,
    LiveEvent,
    ResyncRequired,
    StoredEvent,
    ThreadChanged,
    ThreadDeleted,
)

LIST_KINDS: Final = (EventKind.THREAD_CHANGED, EventKind.THREAD_DELETED)
COMMIT_LAG: Final = timedelta(seconds=15)
OLDEST: Final = timedelta(hours=23)
MOST_THREADS: Final = 1000


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
        told = await self._log.live_events(events)
        self.append(self._item(event.at, live) for event, live in zip(events, told, strict=True) if live is not None)

    def _item(self, at: datetime, event: LiveEvent) -> Item:
        self._at_ms = max(self._at_ms, int(at.timestamp() * 1000))
        if isinstance(event, ThreadChanged) and self.listed not in (EVERYONE, event.thread.user_id):
            event = ThreadDeleted(event.thread.id)
        return Item(event, ListCursor(self.listed, self._at_ms).encode())


async def list_replay(log: Log, after: ListCursor, now: datetime) -> AsyncIterator[Item]:
    """Threads that changed or went since the cursor, in order of change. Everybody's are not known by their change."""
    if isinstance(after.listed, Everyone):
        yield Item(ResyncRequired("the list of everybody's threads is read again after a cut"), after.encode())
        return
    since = datetime.fromtimestamp(after.at_ms / 1000, UTC) - COMMIT_LAG
    changed = await log.threads_changed(after.listed, since, MOST_THREADS + 1)
    if now - since > OLDEST or len(changed) > MOST_THREADS:
        yield Item(ResyncRequired("the cursor is too old; read the list again"), after.encode())
        return
    at = after
    for thread in changed:
        at = ListCursor(after.listed, max(at.at_ms, int(thread.updated_at.timestamp() * 1000)))
        yield Item(ThreadChanged(thread), at.encode())
    for thread_id in await log.threads_gone(after.listed, since, 10 * MOST_THREADS):
        yield Item(ThreadDeleted(thread_id), at.encode())
