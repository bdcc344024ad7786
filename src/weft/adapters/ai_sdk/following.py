"""Follows one generation from a place to its end, or to where it waits for somebody: no gap, no repeat.

The store says what was, the thread's feed what happens; whatever else differs in the end is told as a difference.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Final

from weft.adapters.ai_sdk.answers import UNDER_WAY, Answer, answer_of
from weft.adapters.ai_sdk.endings import INTERRUPTED, ending
from weft.adapters.ai_sdk.frames import Frame, Frames
from weft.adapters.ai_sdk.mending import mend
from weft.adapters.ai_sdk.places import Place
from weft.adapters.ai_sdk.told import Told
from weft.agents.access.seen import Services
from weft.errors import ErrorCode, InputError
from weft.subscriptions.reader import Reader
from weft.threads.cursors import Cursor
from weft.threads.events import (
    GenerationChanged,
    LiveEvent,
    ResyncRequired,
    StreamAdvanced,
    StreamStarted,
    ThreadDeleted,
)
from weft.threads.generations import Generation
from weft.threads.streams import Chunk, Delta, Stream, StreamState

Batch = list[Frame]

_HELD: Final = frozenset({"start", "finish", "error", "abort"})
"""Chunks that are told once a message, here and not where a stream has them: an answer may have several streams."""
_DELTAS: Final = 200


class Following:
    """One client's way through one generation. `told` is what it has already."""

    def __init__(
        self, weft: Services, generation: Generation, told: Told | None = None, *, nothing_new: bool = False
    ) -> None:
        self._weft = weft
        self.generation_id = generation.id
        self._thread_id = generation.thread_id
        self._frames = Frames(told or Told())
        self._begun = False
        self._stream: Stream | None = None
        self._end = 0
        self._finish: Chunk | None = None
        self._over = False
        self._nothing_new = nothing_new

    @staticmethod
    async def after(weft: Services, thread_id: str, place: Place) -> "Following":
        """Goes on from a place.

        Raises:
            InputError: the thread has no such stream, or none any more, or nobody generates into it.
        """
        stream = await weft.streams.get(place.stream_id)
        generation_id = None if stream is None or stream.thread_id != thread_id else stream.generation_id
        generation = None if generation_id is None else await weft.generations.get(generation_id)
        if stream is None or generation is None:
            message = "the place is not known any more; read the messages again"
            raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("after",))
        if place.position > stream.end:
            raise InputError("the place is past the end of its stream", path=("after",))
        following = Following(weft, generation, Told((await answer_of(weft, generation)).before(stream)))
        await following._take_up(stream, place)
        return following

    async def _take_up(self, stream: Stream, place: Place) -> None:
        self._begun, self._stream = True, stream
        while self._end < place.position:
            deltas = await self._weft.streams.read(stream, self._end, _DELTAS)
            known = [delta for delta in deltas if delta.end <= place.position]
            for delta in known:
                self._apply(delta)
            if not known:
                raise InputError("the place is not known any more; read the messages again", path=("after",))
        self._frames.at(place)

    async def settled(self) -> bool:
        """Whether nothing more will come by itself."""
        generation = await self._weft.generations.get(self.generation_id)
        return generation is None or generation.status not in UNDER_WAY

    def _is_over(self) -> bool:
        return self._over

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """What is to be sent, a few frames at once. Raises InputError when the thread is deleted meanwhile."""
        while not self._is_over():
            async with _Reading(self._weft, self._thread_id, self._stream, self._end) as reader:
                async for batch in self._read(reader):
                    yield batch

    async def _read(self, reader: Reader) -> AsyncGenerator[Batch, None]:
        async for batch in self._look():
            yield batch
        if self._is_over():
            return
        async for item in reader:
            if isinstance(item.event, ResyncRequired):
                return
            async for batch in self._hear(item.event):
                yield batch
            if self._is_over():
                return

    async def _hear(self, event: LiveEvent) -> AsyncGenerator[Batch, None]:
        match event:
            case StreamAdvanced() if self._stream is not None and event.delta.stream_id == self._stream.id:
                if event.delta.start == self._end:
                    yield self._apply(event.delta)
                elif event.delta.end > self._end:
                    async for batch in self._stored():
                        yield batch
            case StreamStarted() if self._is_next(event.live.stream):
                yield await self._switch(event.live.stream)
            case GenerationChanged() if event.generation.id == self.generation_id:
                async for batch in self._look():
                    yield batch
            case ThreadDeleted():
                raise InputError("the thread was deleted", reason=ErrorCode.NOT_FOUND, path=("id",))
            case _:
                return

    def _is_next(self, stream: Stream) -> bool:
        known = self._stream
        return stream.generation_id == self.generation_id and (known is None or stream.start_seq > known.start_seq)

    async def _look(self) -> AsyncGenerator[Batch, None]:
        """What is stored by now."""
        generation = await self._weft.generations.get(self.generation_id)
        if generation is None:
            whole = await self._weft.threads.get(self._thread_id) is None
            message = "the thread was deleted" if whole else "the answer was deleted"
            raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("id",))
        if not self._begun:
            yield await self._begin(generation)
        settled = generation.status not in UNDER_WAY
        async for batch in self._stored():
            yield batch
        stream = None if generation.stream_id is None else await self._weft.streams.get(generation.stream_id)
        if stream is not None and self._is_next(stream):
            yield await self._switch(stream)
            async for batch in self._stored():
                yield batch
        if settled:
            yield await self._close(generation)

    async def _begin(self, generation: Generation) -> Batch:
        self._begun = True
        answer = await answer_of(self._weft, generation)
        message = answer.message
        start: Chunk = {"type": "start"} if message is None else {"type": "start", "messageId": message.id}
        return self._frames.bare([start])

    async def _stored(self) -> AsyncGenerator[Batch, None]:
        """Deltas of the stream from here on, up to its end if it has one."""
        while self._stream is not None:
            stream = await self._weft.streams.get(self._stream.id)
            if stream is None:
                return
            deltas = await self._weft.streams.read(stream, self._end, _DELTAS)
            if not deltas:
                return
            yield [frame for delta in deltas for frame in self._apply(delta)]

    def _apply(self, delta: Delta) -> Batch:
        """The frames of a delta that begins where we are."""
        self._frames.begin(delta.stream_id, delta.start)
        frames = [frame for chunk in delta.parts for frame in self._frames.told(self._kept(chunk))]
        self._end = delta.end
        return self._frames.complete(frames, delta.end)

    def _kept(self, chunk: Chunk) -> Chunk | None:
        kind = chunk.get("type")
        if kind == "finish":
            self._finish = chunk
        if kind not in _HELD:
            return chunk
        said = chunk.get("messageMetadata")
        return None if said is None else {"type": "message-metadata", "messageMetadata": said}

    async def _switch(self, stream: Stream) -> Batch:
        """Goes over to the next stream: an attempt that was lost is taken back as far as it is written anew."""
        generation = await self._weft.generations.get(self.generation_id)
        answer = Answer(None, []) if generation is None else await answer_of(self._weft, generation)
        frames = self._frames.further(mend(self._frames.client, answer.before(stream)))
        self._stream, self._end, self._finish = stream, 0, None
        self._frames.begin(stream.id, 0)
        return frames

    async def _close(self, generation: Generation) -> Batch:
        self._over = True
        answer = await answer_of(self._weft, generation)
        missing = [] if answer.message is None else mend(self._frames.client, answer.message.parts)
        last = INTERRUPTED if self._nothing_new else ending(generation, self._finish, answer.message)
        return self._frames.further([*missing, *last])


class _Reading:
    """A reader of the thread from now on, which takes all live streams for known: they are read from the store."""

    def __init__(self, weft: Services, thread_id: str, stream: Stream | None, end: int) -> None:
        self._weft = weft
        self._thread_id = thread_id
        self._known = {} if stream is None else {stream.start_seq: end}
        self._reader: Reader | None = None

    async def __aenter__(self) -> Reader:
        thread = await self._weft.threads.require(self._thread_id, "id")
        live: Sequence[Stream] = await self._weft.streams.page(thread.id, 0, [StreamState.STREAMING])
        ends = {stream.start_seq: stream.end for stream in _of(live, thread.seq)}
        known = {seq: end for seq, end in self._known.items() if seq in ends}
        cursor = Cursor(thread.id, thread.seq, ends | known)
        self._reader = await self._weft.feeds.thread(thread.id, cursor.encode())
        return self._reader

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            await self._reader.aclose()


def _of(streams: Iterable[Stream], seq: int) -> list[Stream]:
    return [stream for stream in streams if stream.start_seq <= seq]
