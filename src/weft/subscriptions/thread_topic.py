"""The live tail of one thread: events in the order of their numbers, deltas end to end within their stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from weft.errors import not_found
from weft.subscriptions.changing_topic import ChangingTopic
from weft.subscriptions.log import Log
from weft.threads.cursors import Cursor
from weft.threads.events import (
    Change,
    Item,
    LiveEvent,
    StoredEvent,
    StreamAdvanced,
    StreamEnded,
    StreamStarted,
    ThreadDeleted,
)
from weft.threads.streams import Delta, Stream

GAP: Final = "the server missed changes of this thread; read it again"


@dataclass(slots=True)
class Progress:
    """A live stream and the count of its parts so far."""

    stream: Stream
    end: int


class Moment:
    """A place in a thread's log, moved on event by event and delta by delta; equal for all readers that reach it."""

    def __init__(self, thread_id: str, seq: int, live: Sequence[Progress]) -> None:
        self.thread_id = thread_id
        self.seq = seq
        self.live = {progress.stream.id: progress for progress in live}

    def cursor(self) -> Cursor:
        ends = {progress.stream.start_seq: progress.end for progress in self.live.values()}
        return Cursor(self.thread_id, self.seq, ends)

    def after_event(self, seq: int, event: LiveEvent | None) -> Item | None:
        """Moves past an event; None when there is nothing to tell of it."""
        self.seq = seq
        if isinstance(event, StreamStarted):
            self.live[event.live.stream.id] = Progress(event.live.stream, 0)
        elif isinstance(event, StreamEnded):
            self.live.pop(event.stream_id, None)
        return None if event is None else Item(event, self.cursor().encode(), seq)

    def after_delta(self, delta: Delta) -> Item:
        progress = self.live[delta.stream_id]
        progress.end = delta.end
        return Item(StreamAdvanced(delta), self.cursor().encode(), self.seq, progress.stream.start_seq)


class ThreadTopic(ChangingTopic):
    """`moment` is the place after the last item of the ring."""

    def __init__(self, thread_id: str, log: Log) -> None:
        self.moment = Moment(thread_id, 0, [])
        self._log = log
        super().__init__()

    async def load(self) -> None:
        thread_id = self.moment.thread_id
        thread = await self._log.thread(thread_id)
        if thread is None:
            raise not_found("thread", thread_id, "threadId")
        streams = await self._log.streams_alive_after(thread_id, thread.seq)
        live = [Progress(stream, stream.end) for stream in streams if stream.start_seq <= thread.seq]
        self.moment = Moment(thread_id, thread.seq, live)

    def apply_at_once(self, change: Change) -> bool:
        if not isinstance(change, Delta):
            return False
        self.append(self._advance(change))
        return True

    async def apply(self, changes: Sequence[Change]) -> None:
        events = [change for change in changes if isinstance(change, StoredEvent) and change.seq > self.moment.seq]
        live = dict(zip((event.seq for event in events), await self._log.live_events(events), strict=True))
        self.append(self._walk(changes, live))

    def _walk(self, changes: Sequence[Change], live: dict[int, LiveEvent | None]) -> Iterator[Item]:
        for change in changes:
            if isinstance(change, Delta):
                yield from self._advance(change)
            elif change.seq == self.moment.seq + 1:
                item = self.moment.after_event(change.seq, live[change.seq])
                if item is not None:
                    yield item
                if isinstance(live[change.seq], ThreadDeleted):
                    self.end("the thread was deleted")
            elif change.seq > self.moment.seq:
                self.end(GAP)
                return

    def _advance(self, delta: Delta) -> Iterator[Item]:
        """Deltas of streams that have ended, and those known already, change nothing."""
        progress = self.moment.live.get(delta.stream_id)
        if progress is None or delta.end <= progress.end:
            return
        if delta.start != progress.end:
            self.end(GAP)
            return
        yield self.moment.after_delta(delta)
