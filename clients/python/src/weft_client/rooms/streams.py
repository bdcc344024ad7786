"""Live messages of writers that are no agents of the server: this program, a workflow, a person."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from weft_client.api.append_to_stream import AppendToStreamAppendToStream
from weft_client.api.client import Api
from weft_client.api.enums import StreamState
from weft_client.api.fragments import Stream
from weft_client.api.input_types import (
    AbortStreamsInput,
    AppendToStreamInput,
    CreateStreamInput,
    FinishStreamInput,
    MessageInput,
)
from weft_client.backoff import Backoff
from weft_client.errors import ProtocolError, UnavailableError
from weft_client.given import lean
from weft_client.rooms.threads import missing

_TRIES: Final = 6
"""Of an append or an end: the server tells a repeated one from a new one."""


class StreamWriter:
    """Writes parts, AI SDK `UIMessageChunk` values, at the end of one stream. Not for several tasks at once."""

    def __init__(self, api: Api, stream: Stream) -> None:
        self._api = api
        self._end = stream.end
        self._texts = 0
        self.stream_id = stream.id

    async def add(self, *parts: Mapping[str, Any]) -> None:
        """Shown at once to everybody who follows. Without parts it only says that the writer lives.

        Raises:
            ConflictError: the stream has ended, or another writes to it.
            UnavailableError: the server could not be reached for some seconds.
        """
        input = AppendToStreamInput(stream_id=self.stream_id, start=self._end, parts=[dict(part) for part in parts])
        stream = _there((await self._repeated(input)).stream)
        self._end = stream.end

    async def _repeated(self, input: AppendToStreamInput) -> AppendToStreamAppendToStream:
        backoff = Backoff()
        while True:
            try:
                return await self._api.append_to_stream(input)
            except UnavailableError:
                if backoff.attempts == _TRIES:
                    raise
                await asyncio.sleep(backoff.next())

    async def text(self, text: str) -> None:
        """A text part of its own."""
        id_ = f"text-{self._texts}"
        self._texts += 1
        await self.add(
            {"type": "text-start", "id": id_},
            {"type": "text-delta", "id": id_, "delta": text},
            {"type": "text-end", "id": id_},
        )

    async def finish(self, messages: Sequence[MessageInput] | None = None) -> Stream:
        """Stores what was streamed, or `messages` in its place. Repeating it changes nothing."""
        rows = None if messages is None else [lean(message) for message in messages]
        input = lean(FinishStreamInput(stream_id=self.stream_id, messages=rows))
        return _there((await self._api.finish_stream(input)).stream)


class Streams:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def of_thread(
        self, thread_id: str, *, states: Sequence[StreamState] = (StreamState.STREAMING,)
    ) -> list[Stream]:
        """Those being written, in the order of their turns; or those in other states."""
        thread = await self._api.list_streams(thread_id, states=[*states])
        if thread is None:
            raise missing(thread_id)
        return [*thread.streams]

    async def create(self, input: CreateStreamInput) -> StreamWriter:
        """Begins a stream, with the pending message that it writes."""
        stream = _there((await self._api.create_stream(lean(input))).stream)
        return StreamWriter(self._api, stream)

    @asynccontextmanager
    async def writing(self, thread_id: str, **fields: Any) -> AsyncGenerator[StreamWriter, None]:
        """A stream that ends with the block. Left by an exception it is aborted, and what was written stays.

        `fields`: the other ones of CreateStreamInput, as `agent_name="workflow"`.
        """
        writer = await self.create(CreateStreamInput(thread_id=thread_id, **fields))
        try:
            yield writer
        except BaseException as error:
            reason = str(error) or type(error).__name__
            await asyncio.shield(self.abort(thread_id, stream_id=writer.stream_id, reason=reason))
            raise
        await writer.finish()

    async def abort(
        self,
        thread_id: str,
        *,
        stream_id: str | None = None,
        order: int | None = None,
        reason: str | None = None,
    ) -> list[str]:
        """Stops one stream, those of one turn, or all of a thread; the ids of those that were stopped."""
        input = AbortStreamsInput(thread_id=thread_id, stream_id=stream_id, order=order, reason=reason)
        return (await self._api.abort_streams(lean(input))).aborted_ids


def _there(stream: Stream | None) -> Stream:
    if stream is None:
        raise ProtocolError("The server sent neither a stream nor an error")
    return stream
