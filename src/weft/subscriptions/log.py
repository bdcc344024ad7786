"""What the live room needs from the store. The store is the truth; this room only shortens the way to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from weft.threads.cursors import Listed
from weft.threads.events import Change, LiveEvent, StoredEvent
from weft.threads.streams import Delta, Stream
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream


class Log(Protocol):
    """Reads of a thread's log and of what its events point at."""

    async def thread(self, thread_id: str) -> Thread | None: ...

    async def was_deleted(self, thread_id: str) -> bool:
        """Whether a thread is gone that was there not long ago."""
        ...

    async def events(self, thread_id: str, after: int, up_to: int) -> list[StoredEvent]:
        """Events `(after, up_to]`; those past their retention are missing."""
        ...

    async def streams_alive_after(self, thread_id: str, seq: int) -> list[Stream]:
        """Streams that had not ended at event `seq`, by start; `end` is set for live ones too."""
        ...

    async def deltas(self, stream_id: str, start: int, end: int) -> list[Delta]:
        """The first deltas of `[start, end)`: at least one if there is any, as many as one read should bring."""
        ...

    async def began(self, stream: Stream) -> LiveStream:
        """A stream without any of its parts, with what its message says before them."""
        ...

    async def live_events(self, events: Sequence[StoredEvent]) -> list[LiveEvent | None]:
        """For each event what a viewer is told, with values as they are now; None when they are gone."""
        ...

    async def threads(self, thread_ids: Sequence[str]) -> Mapping[str, Thread]:
        """Those of them that exist, by id."""
        ...

    async def threads_told_of(self, listed: Listed, since: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Of which threads a list was told at `since` or later, and when, each time, in that order; no limit is 0."""
        ...


class ChangeFeed(Protocol):
    """Every change of every thread in commit order, from the moment it is opened, across failovers."""

    def follow(self) -> AsyncIterator[Change]:
        """Raises HistoryLost when changes were missed for good; following again starts from now."""
        ...

    async def opened(self) -> None:
        """Returns once changes committed from now on will be seen."""
        ...
