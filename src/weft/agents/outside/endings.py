"""Streams of writers that are not Weft's own: what they have written becomes rows, in the pending row's place."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from weft.agents.next_rows import next_row
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.message_docs import fitting
from weft.storage.store import Store
from weft.threads.chunks import ChunkReducer
from weft.threads.content import step_contents
from weft.threads.messages import (
    FinishReason,
    Message,
    MessageRole,
    MessageStatus,
    Part,
    is_tool_row,
    reasoning_of,
    text_of,
)
from weft.threads.streams import Chunk, Stream, StreamState

TIMEOUT: Final = "timeout"
STREAM_PATH: Final = ("input", "streamId")
_REASONS: Final = {reason.value: reason for reason in FinishReason}


@dataclass(frozen=True, slots=True)
class Written:
    """What a stream has written: contents of rows, the application's data, and how its writer said that it ended."""

    contents: Sequence[tuple[MessageRole, list[Part]]]
    end: int
    metadata: Any = None
    finish_reason: FinishReason | None = None
    error: str | None = None


async def read_written(store: Store, stream: Stream) -> Written:
    """All that is stored of a stream; it may grow."""
    deltas = await store.deltas.read_all(stream.id, 0)
    chunks = [part for delta in deltas for part in delta.parts]
    reducer = ChunkReducer(chunks)
    reason = _last(chunks, "finish", "finishReason")
    return Written(
        step_contents(reducer.closed_parts()),
        deltas[-1].end if deltas else 0,
        reducer.metadata,
        None if reason is None else _REASONS.get(reason, FinishReason.OTHER),
        _last(chunks, "error", "errorText"),
    )


def _last(chunks: Sequence[Chunk], kind: str, field: str) -> str | None:
    return next((chunk.get(field) for chunk in reversed(chunks) if chunk["type"] == kind), None)


async def store_written(change: Change, row: Message, written: Written, error: str | None) -> None:
    """Fills the pending row, and rows after it when there were steps. With an `error` the last row of the assistant
    fails; steps that were complete stay so.
    """
    contents = list(written.contents)
    if not contents or (error is not None and contents[-1][0] is MessageRole.TOOL):
        contents.append((MessageRole.ASSISTANT, []))
    speaking = max(index for index, (role, _) in enumerate(contents) if role is MessageRole.ASSISTANT)
    for index, (role, content) in enumerate(contents):
        at = row if index == 0 else await next_row(change, row, role, content)
        filled = _filled(replace(at, metadata=written.metadata if index == 0 else None), content, change)
        if index == speaking:
            reason = FinishReason.ABORTED if error is not None and written.error is None else written.finish_reason
            filled = _ended(filled, error, reason)
        if index == 0:
            await change.replace_message(filled)
        else:
            await change.insert_messages(filled)
    change.message_activity()


def _filled(row: Message, content: Sequence[Part], change: Change) -> Message:
    tool = is_tool_row(row.role, content)
    return replace(
        row,
        content=content,
        text=text_of(content, row.role),
        tool=tool,
        reasoning=reasoning_of(content),
        status=MessageStatus.SUCCESS,
        finish_reason=FinishReason.TOOL_CALLS if tool and row.role is MessageRole.ASSISTANT else None,
        sources=[part for part in content if part["type"] == "source"] or None,
        updated_at=change.now,
    )


def _ended(row: Message, error: str | None, reason: FinishReason | None) -> Message:
    if error is not None:
        return replace(row, status=MessageStatus.FAILED, error=error, finish_reason=reason or FinishReason.ERROR)
    return replace(row, finish_reason=reason or row.finish_reason or FinishReason.STOP)


async def pending_row(store: Store, change: Change, stream: Stream) -> Message | None:
    """The row that the stream writes, unless somebody else has ended it."""
    row = None if stream.message_id is None else await store.messages.get(stream.message_id, change.session)
    return row if row is not None and row.status is MessageStatus.PENDING else None


async def abort_outside(store: Store, change: Change, stream: Stream, reason: str, *, keep: bool = True) -> bool:
    """Ends a stream that no generation writes; its pending row fails with what was written, unless told not to `keep`.

    False, and nothing changed, when it had ended already.
    """
    current = await store.streams.held(change.session, stream.id)
    if current is None or current.state is not StreamState.STREAMING:
        return False
    written = await read_written(store, current)
    row = await pending_row(store, change, current)
    if row is not None:
        contents = [(role, list(fitting(content))) for role, content in written.contents]
        kept = replace(written, contents=contents, error=None) if keep else Written([], written.end)
        await store_written(change, row, kept, reason)
    return await change.end_stream(current, StreamState.ABORTED, written.end, reason)


async def abort_alone(
    store: Store, stream: Stream, reason: str, *, still: Callable[[Change], Awaitable[bool]] | None = None
) -> bool:
    """`abort_outside` in a change of its own, if `still` holds in it. What no row can hold stays out of the row."""

    async def work(change: Change, *, keep: bool = True) -> bool:
        if still is not None and not await still(change):
            return False
        return await abort_outside(store, change, stream, reason, keep=keep)

    try:
        return await store.change(stream.thread_id, work)
    except InputError as error:
        if error.reason is ErrorCode.NOT_FOUND:
            return False
        return await store.change(stream.thread_id, lambda change: work(change, keep=False))


async def abort_silent(store: Store, stream: Stream, timeout: timedelta, reason: str) -> bool:
    """Aborts a stream unless its writer has shown itself within `timeout`."""
    return await abort_alone(
        store, stream, reason, still=lambda change: store.streams.is_silent(change.session, stream.id, timeout)
    )


async def make_way(store: Store, change: Change, order: int, reason: str) -> None:
    """Ends what somebody else is writing into a turn, so that a stream of ours can begin there."""
    stream = await store.streams.live_of_turn(change.session, change.thread.id, order)
    if stream is not None and stream.generation_id is None:
        await abort_outside(store, change, stream, reason)


def check_streaming(stream: Stream) -> None:
    """Raises InputError when a stream has ended; the message says how."""
    if stream.state is StreamState.STREAMING:
        return
    how = "is finished" if stream.state is StreamState.FINISHED else f"was aborted: {stream.abort_reason}"
    raise InputError(f"stream {stream.id} {how}", reason=ErrorCode.CONFLICT, path=STREAM_PATH)
