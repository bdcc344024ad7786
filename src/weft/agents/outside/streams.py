"""Streams of writers that are not Weft's own: begun, written to and ended by calls, each safe to repeat.

An append names where it starts, so of two the same one is stored once; every append is a heartbeat. One that is said to
be stored is in what the stream ends with, whoever ends it meanwhile.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypedDict, Unpack

from weft.agents.limits import MAX_CLIENT_ID, MAX_TEXT, SIZES, Sizes, check_id, check_json, check_text
from weft.agents.outside.endings import STREAM_PATH, check_streaming, pending_row, read_written, store_written
from weft.agents.outside.places import free_place, new_stream, row_at
from weft.agents.outside.writer import OutsideWriter
from weft.agents.saving import SaveOptions, Saving
from weft.agents.stream_writer import THROTTLE_SECONDS
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.chunk_checks import check_chunk
from weft.threads.drafts import Draft
from weft.threads.messages import Message, MessageRole
from weft.threads.streams import Chunk, Delta, Stream, StreamState, compress

MAX_PARTS: Final = 1000
MAX_PARTS_BYTES: Final = 1024 * 1024
STREAM_TIMEOUT: Final = timedelta(minutes=10)
"""How long a stream lives that nobody appends to."""


class Place(TypedDict, total=False):
    """Where a stream begins, and who writes it."""

    order: int | None
    step_order: int | None
    agent_name: str | None
    model: str | None
    provider: str | None


class OutsideStreams:
    """Part of `weft.streams`."""

    def __init__(self, store: Store, timeout: timedelta = STREAM_TIMEOUT, sizes: Sizes = SIZES) -> None:
        self._store = store
        self._sizes = sizes
        self.timeout = timeout

    async def create(
        self,
        thread_id: str,
        *,
        order: int | None = None,
        step_order: int | None = None,
        agent_name: str | None = None,
        model: str | None = None,
        provider: str | None = None,
    ) -> Stream:
        """Begins a stream, and a pending row that it writes: in a new turn, or in that of `order`, at its next free
        step or at `step_order`, where a pending row of an assistant may stand already.

        Raises:
            InputError: there is no such thread, the place is taken, or something is being written in the turn.
        """
        names = {"agentName": agent_name, "model": model, "provider": provider}
        for name, value in names.items():
            check_text(value, MAX_TEXT, "input", name)

        async def work(change: Change) -> Stream:
            place = await free_place(self._store, change, order, step_order)
            row = await row_at(self._store, change, place, agent_name, model, provider)
            stream = await change.start_stream(await new_stream(self._store, change, row))
            await self._store.streams.beat(stream.id, change.session)
            change.message_activity()
            return stream

        return await self._store.change(thread_id, work)

    def writing(
        self, thread_id: str, *, throttle_seconds: float = THROTTLE_SECONDS, **place: Unpack[Place]
    ) -> OutsideWriter:
        """A writer in Python, used as an async context manager; `place` is what `create` takes.

        `throttle_seconds`: how long parts wait at most for others to go with.
        """
        return OutsideWriter(self._store, self, partial(self.create, thread_id, **place), throttle_seconds)

    async def append(self, stream_id: str, start: int, parts: Sequence[Any]) -> Stream:
        """Adds AI SDK `UIMessageChunk` values; `start` is how many parts the stream has. Without parts: a heartbeat.

        Repeating an append changes nothing. Returns the stream with its new `end`.

        Raises:
            InputError: no such stream, or it has ended; `start` is not its end (CONFLICT, and the message says where
                that is); a part is no chunk; more than 1,000 parts or 1 MiB of them (TOO_LARGE).
        """
        chunks = _checked(start, parts)
        stream, end = await asyncio.gather(self._require(stream_id), self._store.deltas.end(stream_id))
        end = stream.end if stream.ended_at is not None else end
        known = start < end and await self._has(stream_id, start, chunks)
        if known and stream.ended_at is not None:
            return stream
        check_streaming(stream)
        if not known and start != end:
            raise _elsewhere(start, end)
        stored = known or not chunks or await self._write(stream, start, chunks)
        if stored and await self._store.streams.touch(stream_id):
            return replace(stream, end=end if known else end + len(chunks))
        return await self.append(stream_id, start, parts)

    async def _write(self, stream: Stream, start: int, chunks: Sequence[Chunk]) -> bool:
        """False when another append came first."""
        try:
            await self._store.deltas.append(
                Delta(stream.id, stream.thread_id, start, start + len(chunks), compress(chunks))
            )
        except InputError as error:
            if error.reason is ErrorCode.CONFLICT:
                return False
            raise InputError(error.message, reason=error.reason, path=("input", "parts")) from None
        return True

    async def _has(self, stream_id: str, start: int, chunks: Sequence[Chunk]) -> bool:
        """Whether these very parts are stored there."""
        stored = await self._store.deltas.read(stream_id, start, start + 1, 1)
        return bool(stored) and stored[0].end == start + len(chunks) and stored[0].parts == compress(chunks)

    async def finish(self, stream_id: str, messages: Sequence[Draft] | None = None) -> Stream:
        """Ends a stream and stores, in the same transaction, its messages: the first in the pending row's place, the
        others after it. Without `messages` they are what was streamed, a row a step; a streamed `error` fails the row.

        Repeating it changes nothing.

        Raises:
            InputError: no such stream, or it was aborted; the first message is not an assistant's.
        """
        _check_messages(messages, self._sizes)
        found = await self._require(stream_id)

        async def work(change: Change) -> Stream:
            stream = await self._store.streams.held(change.session, stream_id)
            if stream is None:
                raise not_found("stream", stream_id, *STREAM_PATH)
            if stream.state is StreamState.FINISHED:
                return stream
            check_streaming(stream)
            end = await self._store_messages(change, stream, messages)
            await change.end_stream(stream, StreamState.FINISHED, end)
            return await self._store.streams.get(stream_id, change.session) or stream

        if found.state is StreamState.FINISHED:
            return found
        try:
            return await self._store.change(found.thread_id, work)
        except InputError as error:
            if error.path == ("input", "threadId"):
                raise not_found("stream", stream_id, *STREAM_PATH) from None
            raise

    async def _store_messages(self, change: Change, stream: Stream, messages: Sequence[Draft] | None) -> int:
        """Returns the end of the stream."""
        if messages is not None:
            await self._save(change, stream, messages)
            return await self._store.deltas.end(stream.id)
        written = await read_written(self._store, stream)
        self._sizes.check_metadata(written.metadata, *STREAM_PATH, "messageMetadata")
        row = await pending_row(self._store, change, stream)
        if row is not None:
            await store_written(change, row, written, written.error)
        return written.end

    async def _save(self, change: Change, stream: Stream, messages: Sequence[Draft]) -> None:
        drafts = [_of_stream(message, stream) for message in messages]
        options = SaveOptions(agent_name=stream.agent_name, pending_message_id=stream.message_id)
        rows: list[Message] = await Saving(self._store, drafts, options, stream_id=stream.id).work(change)
        if rows[0].id != stream.message_id:
            message = f"clientId {rows[0].client_id!r} was used for another message of this thread"
            raise InputError(message, reason=ErrorCode.CONFLICT, path=("input", "messages", "0", "clientId"))

    async def _require(self, stream_id: str) -> Stream:
        """The stream, which no agent of this server writes."""
        check_id(stream_id, ids.STREAM, *STREAM_PATH)
        stream = await self._store.streams.get(stream_id)
        if stream is None:
            raise not_found("stream", stream_id, *STREAM_PATH)
        if stream.generation_id is not None:
            message = f"stream {stream_id} is written by an agent of this server, and ends with its answer"
            raise InputError(message, reason=ErrorCode.CONFLICT, path=STREAM_PATH)
        return stream


def _checked(start: int, parts: Sequence[Any]) -> list[Chunk]:
    if start < 0:
        raise InputError(f"start is {start}; it counts the stream's parts, from 0", path=("input", "start"))
    where = ("input", "parts")
    if len(parts) > MAX_PARTS:
        message = f"there are {len(parts)} parts; append at most {MAX_PARTS:,} at once"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=where)
    check_json(list(parts), MAX_PARTS_BYTES, *where)
    return [check_chunk(part, (*where, str(index))) for index, part in enumerate(parts)]


def _elsewhere(start: int, end: int) -> InputError:
    wrong = "there would be a gap" if start > end else "there is something else already"
    message = f"the stream ends at {end}, not at {start}: {wrong}; append at {end}"
    return InputError(message, reason=ErrorCode.CONFLICT, path=("input", "start"))


def _check_messages(messages: Sequence[Draft] | None, sizes: Sizes) -> None:
    for index, message in enumerate(messages or ()):
        where = ("input", "messages", str(index))
        check_text(message.client_id, MAX_CLIENT_ID, *where, "clientId")
        sizes.check_metadata(message.metadata.custom, *where, "metadata", "custom")
    if messages and messages[0].role is not MessageRole.ASSISTANT:
        role = messages[0].role.value
        wrong = f"the first message takes the place of the stream's, so its role is assistant, not {role}"
        raise InputError(wrong, path=("input", "messages", "0", "role"))


def _of_stream(message: Draft, stream: Stream) -> Draft:
    """A message of an assistant is of the stream's model, unless it says of which it is."""
    said = message.metadata
    if message.role is not MessageRole.ASSISTANT or said.model is not None or said.provider is not None:
        return message
    return replace(message, metadata=replace(said, model=stream.model, provider=stream.provider))
