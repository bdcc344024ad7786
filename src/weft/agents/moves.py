"""What an answer does next, decided from its rows inside the change that completes one: run tools, wait, ask, or end.

The row that is to be written then is stored as pending in the same change, so that a crash loses no step.
"""

from dataclasses import dataclass, replace

from weft.agents.next_rows import next_row
from weft.agents.turns import end_stream
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.steps import Step, steps_of
from weft.threads.streams import StreamState


@dataclass(frozen=True, slots=True)
class Next:
    """The generation as it is now, and the row to write; None when nothing is to be written now."""

    generation: Generation
    reply: Message | None


async def go_on(
    store: Store, change: Change, generation: Generation, *, stop: bool = False, stream_end: int | None = None
) -> Next:
    """Goes on after the newest step of the turn, whose rows are stored. `stop`: without asking the model again.

    `stream_end` is how many parts of the stream are in stored rows now.
    """
    rows = await store.removals.turns(change.session, generation.thread_id, [generation.order])
    step = steps_of(rows)[-1]
    pending = await store.pending_calls.open_of_turn(change.session, generation.thread_id, generation.order)
    waiting = {call.tool_call_id for call in pending if call.message_id == step.row.id}
    ready = [call for call in step.open_calls if call.id not in waiting]
    moved = replace(generation, stalled=0, stream_mark=stream_end or 0)
    reply: Message | None = None
    if ready:
        reply = await next_row(change, step.row, MessageRole.TOOL, [], MessageStatus.PENDING)
    elif waiting:
        moved = replace(moved, status=GenerationStatus.WAITING)
    elif stop or not _calls(step):
        moved = replace(moved, status=GenerationStatus.SUCCEEDED, ended_at=change.now)
    else:
        reply = await next_row(change, step.row, MessageRole.ASSISTANT, [], MessageStatus.PENDING)
    return await _store(store, change, moved, reply, stream_end)


def _calls(step: Step) -> bool:
    return any(not call.provider_executed for call in step.calls)


async def _store(store: Store, change: Change, moved: Generation, reply: Message | None, end: int | None) -> Next:
    if reply is not None:
        moved = replace(moved, reply_message_id=reply.id)
        await change.insert_messages(reply, generation_id=moved.id)
    elif moved.stream_id is not None:
        await end_stream(store, change, moved.stream_id, StreamState.FINISHED, None, end)
    await change.replace_generation(moved)
    change.message_activity()
    return Next(moved, reply)
