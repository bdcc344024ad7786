"""Taking a job: lease, new attempt and its stream in one transaction; what a lost worker left open is closed in it."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from weft.agents.agent import Agent
from weft.agents.run import Job
from weft.agents.turns import RESTARTING, Ending, end_stream, end_turn, streamed
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.expected import Expected
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import FinishReason, Message
from weft.threads.streams import Stream, StreamState
from weft.threads.ui_messages import ui_messages

MOST_ATTEMPTS: Final = 5
STARTED: Final = Expected(events=2, messages=False)
"""What claiming a job nearly always tells: its stream and its new state."""

_GONE: Final = "the process that had its agent has ended; start it again"


async def claim(
    store: Store, agents: Mapping[str, Agent], generation_id: str, thread_id: str, length: timedelta
) -> Job | None:
    """The job, if nobody else has it; None too when its thread is gone, or it was given up after too many attempts.

    A job whose agent is not among these, for only its process had it and that is gone, is given up.
    """
    lease_id, stream_id = uuid.uuid4().hex, ids.new_id(ids.STREAM)

    async def work(change: Change) -> Job | None:
        generation = await store.generations.take(
            change.session, generation_id, lease_id, length, stream_id, change.now
        )
        if generation is None:
            return None
        if generation.stalled >= MOST_ATTEMPTS:
            await _give_up(store, change, generation)
            return None
        if generation.agent_name not in agents:
            await _lost(store, change, generation)
            return None
        begun = generation.begun(stream_id, change.now)
        return await _start(store, change, agents[generation.agent_name], generation, begun, lease_id)

    try:
        return await store.change(thread_id, work, STARTED)
    except InputError as error:
        if error.reason is ErrorCode.NOT_FOUND:
            return None
        raise


async def _start(
    store: Store, change: Change, agent: Agent, generation: Generation, begun: Generation, lease_id: str
) -> Job | None:
    wanted = (generation.prompt_message_id, generation.reply_message_id)
    found = await store.messages.many(wanted, change.session)
    prompt, reply = map(found.get, wanted)
    if prompt is None or reply is None:
        ending = Ending(GenerationStatus.ABORTED, [], FinishReason.ABORTED, error="its message was deleted")
        await end_turn(store, change, generation, ending)
        return None
    if generation.stream_id is not None:
        await end_stream(store, change, generation.stream_id, StreamState.ABORTED, RESTARTING)
    stream = await start_stream(store, change, begun, reply)
    change.generation_begun(begun)
    return Job(begun, lease_id, agent, prompt, reply, stream)


async def start_stream(store: Store, change: Change, begun: Generation, reply: Message) -> Stream | None:
    """The stream of an attempt that begins; None when its job writes none."""
    if begun.stream_id is None:
        return None
    begins = await _message_begins(store, change, reply)
    return await change.start_stream(_new_stream(change, begun.stream_id, begun.id, reply, begins))


async def _give_up(store: Store, change: Change, generation: Generation) -> None:
    error = f"given up after {generation.stalled} attempts; the worker was lost each time"
    content, end = await streamed(store, generation)
    ending = Ending(GenerationStatus.FAILED, content, FinishReason.ERROR, error=error, stream_end=end)
    await end_turn(store, change, generation, ending)


async def _lost(store: Store, change: Change, generation: Generation) -> None:
    content, end = await streamed(store, generation)
    ending = Ending(GenerationStatus.FAILED, content, FinishReason.ERROR, error=_GONE, stream_end=end)
    await end_turn(store, change, generation, ending)


async def _message_begins(store: Store, change: Change, reply: Message) -> int | None:
    """The step at which the UI message begins that the reply goes on with; None when it begins with the reply."""
    if reply.step_order <= 1:
        return None
    rows = await store.removals.turns(change.session, reply.thread_id, [reply.order])
    begins = ui_messages(row for row in rows if row.step_order <= reply.step_order)[-1].step_order
    return None if begins == reply.step_order else begins


def _new_stream(change: Change, stream_id: str, generation_id: str, reply: Message, begins: int | None) -> Stream:
    return Stream(
        id=stream_id,
        thread_id=reply.thread_id,
        order=reply.order,
        step_order=reply.step_order,
        state=StreamState.STREAMING,
        abort_reason=None,
        agent_name=reply.agent_name,
        model=reply.model,
        provider=reply.provider,
        user_id=reply.user_id,
        generation_id=generation_id,
        start_seq=0,
        end_seq=None,
        end=0,
        started_at=change.now,
        ended_at=None,
        message_step_order=begins,
    )
