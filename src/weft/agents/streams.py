"""Streams as a reader finds and stops them; those of other writers are written here too."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from weft.agents.generations import ABORTED, GenerationService
from weft.agents.limits import MAX_TEXT, SIZES, Sizes, check_text
from weft.agents.outside.endings import abort_alone
from weft.agents.outside.streams import STREAM_TIMEOUT, OutsideStreams
from weft.errors import not_found
from weft.storage.store import Store
from weft.storage.streams import at_end
from weft.threads.cursors import Cursor
from weft.threads.streams import Delta, Stream, StreamState, unbroken
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream


@dataclass(frozen=True, slots=True)
class Moment:
    """A thread's cursor and what its live streams had written at that very moment."""

    cursor: str
    live: list[LiveStream]


class StreamService(OutsideStreams):
    """`weft.streams`."""

    def __init__(
        self,
        store: Store,
        generations: GenerationService,
        timeout: timedelta = STREAM_TIMEOUT,
        sizes: Sizes = SIZES,
    ) -> None:
        super().__init__(store, timeout, sizes)
        self._generations = generations

    async def get(self, stream_id: str) -> Stream | None:
        stream = await self._store.streams.get(stream_id)
        return None if stream is None else await self._with_end(stream)

    async def page(self, thread_id: str, start_order: int, states: Collection[StreamState]) -> list[Stream]:
        """Up to 100 streams, newest position first."""
        streams = await self._store.streams.page(thread_id, start_order, states)
        return list(await asyncio.gather(*map(self._with_end, streams)))

    async def read(self, stream: Stream, after: int, limit: int) -> list[Delta]:
        """Deltas that start at `after` or later: up to `limit`, or about 4 MiB of them."""
        end = None if stream.state is StreamState.STREAMING else stream.end
        return await self._store.deltas.read(stream.id, after, end, limit)

    async def load(self, stream: Stream) -> LiveStream:
        """The stream with all it has written up to `stream.end`."""
        deltas = unbroken(await self._store.deltas.read_all(stream.id, 0, stream.end), 0)
        chunks = [part for delta in deltas for part in delta.parts]
        before = await self._store.messages.parts_before(stream)
        return LiveStream(replace(stream, end=deltas[-1].end if deltas else 0), chunks, before)

    async def moment(self, thread: Thread) -> Moment:
        """The streams that were live when `thread` was read, and the cursor that goes on from exactly there."""
        streams = await self._store.streams.alive_after(thread.id, thread.seq)
        known = [stream for stream in streams if stream.start_seq <= thread.seq]
        live = list(await asyncio.gather(*(self._as_live(stream) for stream in known)))
        ends = {one.stream.start_seq: one.stream.end for one in live}
        return Moment(Cursor(thread.id, thread.seq, ends).encode(), live)

    async def abort(
        self, thread_id: str, *, stream_id: str | None = None, order: int | None = None, reason: str | None = None
    ) -> list[str]:
        """Stops the live streams of a thread, or one of them, or those of a turn; returns the ids of those stopped.

        Raises:
            InputError: there is no such thread, or it has no such stream.
        """
        check_text(reason, MAX_TEXT, "input", "reason")
        if await self._store.threads.get(thread_id) is None:
            raise not_found("thread", thread_id, "input", "threadId")
        live = await self._store.streams.live(thread_id, order)
        if stream_id is not None:
            found = await self._store.streams.get(stream_id)
            if found is None or found.thread_id != thread_id:
                raise not_found("stream", stream_id, "input", "streamId")
            live = [stream for stream in live if stream.id == stream_id]
        return [stream.id for stream in live if await self._stop(stream, reason or ABORTED)]

    async def _stop(self, stream: Stream, reason: str) -> bool:
        if stream.generation_id is not None:
            await self._generations.abort(stream.generation_id, reason)
            ended = await self._store.streams.get(stream.id)
            return ended is not None and ended.state is StreamState.ABORTED
        return await abort_alone(self._store, stream, reason)

    async def _with_end(self, stream: Stream) -> Stream:
        if stream.state is not StreamState.STREAMING:
            return stream
        return replace(stream, end=await self._store.deltas.end(stream.id))

    async def _as_live(self, stream: Stream) -> LiveStream:
        """The stream as it is now, shown as live even when it ended since the thread was read."""
        upper = None if stream.state is StreamState.STREAMING else stream.end
        deltas = unbroken(await self._store.deltas.read_all(stream.id, 0, upper), 0)
        chunks = [part for delta in deltas for part in delta.parts]
        before = await self._store.messages.parts_before(stream)
        return LiveStream(at_end(stream, deltas[-1].end if deltas else 0), chunks, before)
