"""The writes that begin and end an answer, each inside a change: reply row, job and stream move together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from weft.agents.agent import Agent
from weft.errors import ConfigError, InputError
from weft.llm.model import Model
from weft.llm.registry import resolve_model
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.chunks import ChunkReducer
from weft.threads.content import content_of
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
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
    model: str | None = None
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
    empty = Message(
        id=ids.new_id(ids.MESSAGE),
        thread_id=change.thread.id,
        user_id=change.thread.user_id,
        client_id=None,
        order=0,
        step_order=0,
        role=role,
        status=MessageStatus.SUCCESS,
        content=content,
        text=text_of(content),
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
        created_at=change.now,
        updated_at=change.now,
    )
    return replace(empty, **fields)  # type: ignore[arg-type]


def new_generation(
    change: Change, agent: Agent, prompt: Message, reply: Message, options: GenerationOptions, client_id: str | None
) -> Generation:
    return Generation(
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


def model_of(agent: Agent, options: GenerationOptions) -> Model:
    """The call's model, else the agent's. Raises InputError when the call names one that does not exist."""
    try:
        return resolve_model(options.model or agent.model)
    except ConfigError as error:
        raise InputError(error.message, path=("input", "options", "model")) from None


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
    """Ends an answer: row, stream, job. The caller has made sure, in this change, that it has not ended yet."""
    ended = replace(generation, status=ending.status, error=ending.error, usage=ending.usage, ended_at=change.now)
    reply = await store.messages.get(generation.reply_message_id, change.session)
    if reply is not None and reply.status is MessageStatus.PENDING:
        await change.replace_message(_ended_reply(reply, ending, change))
    if generation.stream_id is not None:
        await end_stream(store, change, generation.stream_id, ending.stream_state, ending.error, ending.stream_end)
    await change.replace_generation(ended)
    change.message_activity()
    return ended


def _ended_reply(reply: Message, ending: Ending, change: Change) -> Message:
    return replace(
        reply,
        content=ending.content,
        text=text_of(ending.content),
        reasoning=reasoning_of(ending.content),
        status=ending.message_status,
        finish_reason=ending.finish_reason,
        error=ending.error,
        usage=ending.usage,
        model=ending.model or reply.model,
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


async def streamed(store: Store, stream_id: str | None) -> tuple[list[Part], int]:
    """What a stream has written so far, as content, and how many parts that is. It may be growing still."""
    if stream_id is None:
        return [], 0
    deltas = await store.deltas.read_all(stream_id, 0)
    content = content_of(ChunkReducer(part for delta in deltas for part in delta.parts).closed_parts())
    return content, deltas[-1].end if deltas else 0


async def abort_in(store: Store, change: Change, generation: Generation, reason: str) -> Generation:
    """Aborts an answer that has not ended; its partial content is kept."""
    content, end = await streamed(store, generation.stream_id)
    ending = Ending(GenerationStatus.ABORTED, content, FinishReason.ABORTED, generation.usage, reason, stream_end=end)
    return await end_turn(store, change, generation, ending)
