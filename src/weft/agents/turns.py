"""The writes that begin and end an answer, each inside a change: reply row, job and stream move together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from weft.agents.agent import Agent
from weft.agents.approval.closing import close_open
from weft.agents.approval.decided import error_output, result_part
from weft.agents.next_rows import next_row
from weft.agents.plans import model_of
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.message_docs import fitting
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.chunks import ChunkReducer
from weft.threads.content import said
from weft.threads.generations import Failure, Generation, GenerationOptions, GenerationStatus
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
from weft.threads.steps import steps_of
from weft.threads.streams import StreamState
from weft.threads.usage import NO_USAGE, Usage

RESTARTING = "Restarting"


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer ended, and what of it there is."""

    status: GenerationStatus
    content: Sequence[Part]
    finish_reason: FinishReason
    usage: Usage = NO_USAGE
    error: str | None = None
    failure: Failure | None = None
    model: str | None = None
    provider: str | None = None
    provider_metadata: object = None
    warnings: Sequence[dict[str, object]] = ()
    stream_end: int | None = None
    """How many of the stream's parts `content` holds; None: all that are stored."""

    @property
    def stream_state(self) -> StreamState:
        return StreamState.FINISHED if self.status is GenerationStatus.SUCCEEDED else StreamState.ABORTED

    @property
    def message_status(self) -> MessageStatus:
        return MessageStatus.SUCCESS if self.status is GenerationStatus.SUCCEEDED else MessageStatus.FAILED


def new_message(change: Change, role: MessageRole, content: Sequence[Part], **fields: object) -> Message:
    """A row of now; `fields` are those of Message that differ from empty."""
    placed = {"thread_id": change.thread.id, "user_id": change.thread.user_id, **fields}
    return message_at(change.now, role, content, **placed)


def message_at(now: datetime, role: MessageRole, content: Sequence[Part], **fields: object) -> Message:
    """A row of a moment, of no thread unless `fields` name one."""
    empty = Message(
        id=ids.new_id(ids.MESSAGE),
        thread_id="",
        user_id=None,
        client_id=None,
        order=0,
        step_order=0,
        role=role,
        status=MessageStatus.SUCCESS,
        content=content,
        text=text_of(content, role),
        tool=is_tool_row(role, content),
        agent_name=None,
        model=None,
        provider=None,
        finish_reason=None,
        error=None,
        reasoning=None,
        usage=None,
        sources=None,
        warnings=None,
        provider_metadata=None,
        provider_options=None,
        created_at=now,
        updated_at=now,
    )
    return replace(empty, **fields)  # type: ignore[arg-type]


def new_generation(
    change: Change,
    agent: Agent,
    prompt: Message,
    reply: Message,
    options: GenerationOptions,
    client_id: str | None = None,
    **fields: Any,
) -> Generation:
    """A job that is queued now; `fields` are those of Generation that differ from empty."""
    queued = Generation(
        id=ids.new_id(ids.GENERATION),
        thread_id=change.thread.id,
        order=prompt.order,
        agent_name=agent.name,
        prompt_message_id=prompt.id,
        reply_message_id=reply.id,
        client_id=client_id,
        status=GenerationStatus.QUEUED,
        error=None,
        attempts=0,
        usage=NO_USAGE,
        options=options,
        stream_id=None,
        queued_at=change.now,
        started_at=None,
        ended_at=None,
    )
    return replace(queued, **fields)


def pending_reply(change: Change, agent: Agent, options: GenerationOptions, order: int, step_order: int) -> Message:
    model = model_of(agent, options)
    return new_message(
        change,
        MessageRole.ASSISTANT,
        [],
        order=order,
        step_order=step_order,
        status=MessageStatus.PENDING,
        agent_name=agent.name,
        model=model.name,
        provider=model.provider,
    )


async def end_turn(store: Store, change: Change, generation: Generation, ending: Ending) -> Generation:
    """Ends an answer before its end: row, stream, job. The caller has made sure, in this change, that it is active.

    Of its content as much is kept as the row can hold.
    """
    ended = replace(
        generation,
        status=ending.status,
        error=ending.error,
        failure=ending.failure,
        usage=generation.usage + ending.usage,
        ended_at=change.now,
    )
    change.add_usage(ending.usage)
    reply = await store.messages.get(generation.reply_message_id, change.session)
    writing = reply if reply is not None and reply.status is MessageStatus.PENDING else None
    asking: Message | None = None
    if writing is not None and writing.role is MessageRole.TOOL:
        asking = await _end_tools(store, change, writing, ending)
    elif writing is not None:
        kept = replace(ending, content=fitting(ending.content))
        await change.replace_message(ended_reply(writing, kept, change))
    await close_open(store, change, generation, ending.error or ending.status.value)
    if asking is not None:
        await _add_failure(change, asking, ending, generation)
    if generation.stream_id is not None:
        await end_stream(store, change, generation.stream_id, ending.stream_state, ending.error, ending.stream_end)
    await change.replace_generation(ended)
    change.message_activity()
    return ended


async def _end_tools(store: Store, change: Change, row: Message, ending: Ending) -> Message:
    """Tools that were running have failed; what they had given stays. Returns the row that called them."""
    turn = await store.removals.turns(change.session, row.thread_id, [row.order])
    step = steps_of(turn)[-1:]
    pending = await store.pending_calls.open_of_turn(change.session, row.thread_id, row.order)
    waiting = {call.tool_call_id for call in pending}
    unanswered = [call for each in step for call in each.open_calls if call.id not in waiting]
    failed = [result_part(call.id, call.name, error_output(f"Error: {ending.error}")) for call in unanswered]
    content = [*row.content, *failed]
    await change.replace_message(replace(row, content=content, status=MessageStatus.SUCCESS, updated_at=change.now))
    return step[0].row if step else row


async def _add_failure(change: Change, asking: Message, ending: Ending, generation: Generation) -> None:
    """An answer that ended while its tools ran has a last row that says so."""
    last = await next_row(change, asking, MessageRole.ASSISTANT, [], MessageStatus.FAILED)
    last = replace(last, agent_name=generation.agent_name, finish_reason=ending.finish_reason, error=ending.error)
    await change.insert_messages(last, generation_id=generation.id)


def ended_reply(reply: Message, ending: Ending, change: Change) -> Message:
    """The row of a model call that has ended, well or not."""
    return replace(
        reply,
        content=ending.content,
        text=text_of(ending.content),
        tool=is_tool_row(reply.role, ending.content),
        reasoning=reasoning_of(ending.content),
        status=ending.message_status,
        finish_reason=ending.finish_reason,
        error=ending.error,
        usage=ending.usage,
        model=ending.model or reply.model,
        provider=ending.provider or reply.provider,
        provider_metadata=ending.provider_metadata,
        warnings=list(ending.warnings) or None,
        sources=[part for part in ending.content if part["type"] == "source"] or None,
        updated_at=change.now,
    )


async def end_stream(
    store: Store, change: Change, stream_id: str, state: StreamState, reason: str | None, end: int | None = None
) -> None:
    stream = await store.streams.get(stream_id, change.session)
    if stream is not None and stream.state is StreamState.STREAMING:
        await change.end_stream(stream, state, await store.deltas.end(stream_id) if end is None else end, reason)


async def streamed(store: Store, generation: Generation) -> tuple[list[Part], int]:
    """What the step being written has streamed so far, as content, and where in the stream it ends. It may grow."""
    if generation.stream_id is None:
        return [], 0
    mark = generation.stream_mark
    deltas = await store.deltas.read_all(generation.stream_id, mark)
    content = said(ChunkReducer(part for delta in deltas for part in delta.parts).closed_parts())
    return content, deltas[-1].end if deltas else mark


async def abort_in(store: Store, change: Change, generation: Generation, reason: str) -> Generation:
    """Aborts an answer that has not ended; its partial content is kept, and calls that wait for somebody are closed."""
    content, end = await streamed(store, generation)
    failure = Failure(ErrorCode.ABORTED.value)
    ending = Ending(GenerationStatus.ABORTED, content, FinishReason.ABORTED, error=reason, failure=failure)
    return await end_turn(store, change, generation, replace(ending, stream_end=end))


async def record_lost(store: Store, generation: Generation, lease_id: str, usage: Usage) -> None:
    """Notes what a call that was broken off has used; not once another attempt has begun.

    `generation` is as the attempt knew it: a call whose row was stored before it was broken off is not noted again.
    """
    if usage == NO_USAGE:
        return

    async def work(change: Change) -> None:
        current = await store.generations.leased(change.session, generation.id, lease_id)
        reply = await store.messages.get(generation.reply_message_id, change.session)
        if current is None or (reply is not None and reply.usage not in (None, NO_USAGE)):
            return
        change.add_usage(usage)
        await change.replace_generation(replace(current, usage=current.usage + usage))
        if reply is not None and reply.status is MessageStatus.FAILED:
            await change.replace_message(replace(reply, usage=usage))

    try:
        await store.change(generation.thread_id, work)
    except InputError:
        return
