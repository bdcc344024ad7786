"""Values and waits that the tests of the core share."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from weft.agents.agent import Agent
from weft.agents.context.options import ContextOptions
from weft.storage.processes import until
from weft.storage.store import Store
from weft.testing import ScriptedModel
from weft.threads import ids
from weft.threads.clock import utc_now
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus, Part, is_tool_row, text_of
from weft.threads.pending_calls import PendingCall, PendingKind, fingerprint
from weft.threads.streams import Chunk, Delta, Stream, StreamState
from weft.threads.threads import Thread, ThreadStatus
from weft.threads.usage import NO_USAGE

T = TypeVar("T")

DEADLINE: Final = 40.0
LONG_AGO: Final = datetime(2024, 5, 1, 12, tzinfo=UTC)

_ROW: Final = Message(
    id="msg_0",
    thread_id="thr_1",
    user_id=None,
    client_id=None,
    order=0,
    step_order=0,
    role=MessageRole.USER,
    status=MessageStatus.SUCCESS,
    content=[],
    text=None,
    tool=False,
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
    created_at=LONG_AGO,
    updated_at=LONG_AGO,
)

_STREAM: Final = Stream(
    id="str_1",
    thread_id="thr_1",
    order=0,
    step_order=1,
    state=StreamState.STREAMING,
    abort_reason=None,
    agent_name="helper",
    model="scripted",
    provider="scripted",
    user_id=None,
    generation_id=None,
    start_seq=1,
    end_seq=None,
    end=0,
    started_at=LONG_AGO,
    ended_at=None,
)

_GENERATION: Final = Generation(
    id="gen_1",
    thread_id="thr_1",
    order=0,
    agent_name="helper",
    prompt_message_id="msg_1",
    reply_message_id="msg_2",
    client_id=None,
    status=GenerationStatus.QUEUED,
    error=None,
    attempts=0,
    usage=NO_USAGE,
    options=GenerationOptions(),
    stream_id=None,
    queued_at=LONG_AGO,
    started_at=None,
    ended_at=None,
)

_PENDING_CALL: Final = PendingCall(
    id="apr_1",
    thread_id="thr_1",
    order=0,
    message_id="msg_2",
    generation_id="gen_1",
    tool_call_id="c1",
    tool_name="look",
    kind=PendingKind.APPROVAL,
    fingerprint=fingerprint("look", {}),
    expires_at=None,
    created_at=LONG_AGO,
)


def text(value: str) -> list[Part]:
    """Content of one text part."""
    return [{"type": "text", "text": value}]


def tool_call(name: str = "look") -> list[Part]:
    """Content that calls a tool."""
    return [{"type": "tool-call", "toolCallId": "c1", "toolName": name, "input": {}}]


def row(role: MessageRole, order: int, step_order: int, content: list[Part] | None = None, **fields: Any) -> Message:
    """A row with an id of its own; what is derived from the content is right."""
    parts = text(f"{role.value} {order}.{step_order}") if content is None else content
    derived = {"content": parts, "text": text_of(parts), "tool": is_tool_row(role, parts)}
    placed = {"id": ids.new_id(ids.MESSAGE), "order": order, "step_order": step_order, "role": role}
    return replace(_ROW, **{**placed, **derived, **fields})


def stream_at(order: int, step_order: int, **fields: Any) -> Stream:
    """A live stream with an id of its own."""
    placed = {"id": ids.new_id(ids.STREAM), "order": order, "step_order": step_order}
    return replace(_STREAM, **{**placed, **fields})


def generation_at(order: int, **fields: Any) -> Generation:
    """A queued job with an id of its own."""
    return replace(_GENERATION, **{"id": ids.new_id(ids.GENERATION), "order": order, **fields})


def pending_call(**fields: Any) -> PendingCall:
    """An open call that waits for leave to run, with an id of its own."""
    return replace(_PENDING_CALL, **{"id": ids.new_id(ids.APPROVAL), **fields})


def words(*texts: str, id: str = "0") -> list[Chunk]:
    """Text deltas of one part."""
    return [{"type": "text-delta", "id": id, "delta": value} for value in texts]


def delta(stream: Stream, start: int, *parts: Chunk) -> Delta:
    return Delta(stream.id, stream.thread_id, start, start + len(parts), parts)


def thread_value(**fields: Any) -> Thread:
    """A new thread, not stored."""
    now = utc_now()
    new = Thread(
        id=ids.new_id(ids.THREAD),
        user_id=None,
        title=None,
        summary=None,
        status=ThreadStatus.ACTIVE,
        metadata=None,
        created_at=now,
        updated_at=now,
        last_message_at=None,
        seq=1,
        last_order=-1,
    )
    return replace(new, **fields)


async def new_thread(store: Store, **fields: Any) -> Thread:
    """A new thread, stored."""
    return await store.insert_thread(thread_value(**fields), None)


def helper(*answers: str, name: str = "helper", recent_messages: int = 100) -> Agent:
    """An agent that gives these answers in turn."""
    return Agent(name, model=ScriptedModel(answers or ["Yes."], repeat=True), context=ContextOptions(recent_messages))


async def wait_until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Returns when it holds; fails the test when it does not within the deadline."""
    assert await until(holds, DEADLINE), "it never held"


async def in_time(work: Awaitable[T]) -> T:
    """The outcome of something that must end before the deadline."""
    async with asyncio.timeout(DEADLINE):
        return await work


async def counts(store: Store) -> dict[str, int]:
    """How many documents each collection has."""
    names = await store.database.list_collection_names()
    return {name: await store.database[name].count_documents({}) for name in sorted(names)}
