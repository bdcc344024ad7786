"""From a reader's cursor to the topic's moment, out of the store: every event once, every stream's parts end to end.

Parts of a stream that ended before the moment may be gone: the events bring its saved message. Those of a stream that
goes on may not; a reader that misses some of them must read again.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final

from weft.subscriptions.log import Log
from weft.subscriptions.thread_topic import Moment, Progress
from weft.threads.cursors import Cursor
from weft.threads.events import Item, ResyncRequired, StreamStarted
from weft.threads.streams import Stream, StreamState, join, unbroken

MOST_EVENTS: Final = 2000
TOO_OLD: Final = "the cursor is too old; read the thread again and subscribe with its cursor"


async def from_the_start(log: Log, target: Moment) -> AsyncIterator[Item]:
    """The live streams from their beginning."""
    moment = Moment(target.thread_id, target.seq, [])
    for progress in target.live.values():
        async for item in _from_its_start(log, moment, progress.stream, target):
            yield item


async def from_cursor(log: Log, after: Cursor, target: Moment) -> AsyncIterator[Item]:
    """What happened after the cursor, up to the target; only a ResyncRequired when that is not kept any more."""
    if target.seq - after.seq > MOST_EVENTS:
        yield resync(after, TOO_OLD)
        return
    streams = await log.streams_alive_after(after.thread_id, after.seq)
    events = await log.events(after.thread_id, after.seq, target.seq)
    if len(events) != max(0, target.seq - after.seq):
        yield resync(after, TOO_OLD)
        return
    streams = sorted([*streams, *_gone(after, target, streams)], key=lambda stream: stream.start_seq)
    stored = {stream.id: stream for stream in streams}
    known = [Progress(stream, after.ends[stream.start_seq]) for stream in streams if stream.start_seq in after.ends]
    moment = Moment(after.thread_id, after.seq, known)
    for stream in streams:
        if stream.start_seq in after.ends:
            async for item in _deltas(log, moment, stream, target):
                yield item
        elif stream.start_seq <= after.seq:
            async for item in _from_its_start(log, moment, stream, target):
                yield item
    for event, live in zip(events, await log.live_events(events), strict=True):
        told = moment.after_event(event.seq, live)
        if told is not None:
            yield told
        if isinstance(live, StreamStarted) and (started := stored.get(live.live.stream.id)) is not None:
            async for advanced in _deltas(log, moment, started, target):
                yield advanced


async def _from_its_start(log: Log, moment: Moment, stream: Stream, target: Moment) -> AsyncIterator[Item]:
    """A stream that started before the moment, for a reader that does not know it."""
    moment.live[stream.id] = Progress(stream, 0)
    started = replace(stream, state=StreamState.STREAMING, abort_reason=None, end=0, end_seq=None, ended_at=None)
    yield Item(StreamStarted(await log.began(started)), moment.cursor().encode(), moment.seq)
    async for item in _deltas(log, moment, stream, target):
        yield item


def resync(cursor: Cursor, reason: str) -> Item:
    return Item(ResyncRequired(reason), cursor.encode(), cursor.seq)


def _gone(after: Cursor, target: Moment, there: Sequence[Stream]) -> list[Stream]:
    """Streams that are gone from the store, but not for the topic, which lags: the reader may have read all of them."""
    known = {stream.id for stream in there}
    live = [progress.stream for progress in target.live.values() if progress.stream.id not in known]
    return [stream for stream in live if after.seq <= target.seq or stream.start_seq in after.ends]


def _end_at(stream: Stream, target: Moment) -> int:
    """How many of a stream's parts belong before the target."""
    progress = target.live.get(stream.id)
    if progress is not None:
        return progress.end
    return stream.end if stream.end_seq is not None and stream.end_seq <= target.seq else 0


async def _deltas(log: Log, moment: Moment, stream: Stream, target: Moment) -> AsyncIterator[Item]:
    """The stream's parts from where the moment is up to the target, few joined deltas instead of many small ones."""
    end = _end_at(stream, target)
    while (start := moment.live[stream.id].end) < end:
        deltas = unbroken(await log.deltas(stream.id, start, end), start)
        if deltas:
            yield moment.after_delta(join(deltas))
            continue
        if stream.id in target.live:
            yield resync(moment.cursor(), TOO_OLD)
        return
