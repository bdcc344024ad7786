"""A generation that waited goes on: with the results of what was decided, or else with the model's next answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from weft.agents.next_rows import next_row
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.steps import steps_of

LEASE: Final = timedelta(seconds=10)
"""How long a job is its worker's without the worker saying that it still lives."""


async def resume(store: Store, change: Change, generation: Generation) -> Generation:
    """Queues a waiting generation of this change's thread, of which no call is open any more.

    Calls without a result get it next, in a tool row: the approved run, the denied are told so.
    A generation whose turn has no step left stays as it is.
    """
    rows = await store.removals.turns(change.session, change.thread.id, [generation.order])
    steps = steps_of(rows)
    if not steps:
        return generation
    role = MessageRole.TOOL if steps[-1].open_calls else MessageRole.ASSISTANT
    row = await next_row(change, steps[-1].row, role, [], MessageStatus.PENDING)
    queued = replace(
        generation,
        status=GenerationStatus.QUEUED,
        reply_message_id=row.id,
        steps_before=len(steps_of(await store.messages.of_generation(generation.id, change.session))),
        stalled=0,
        stream_id=None,
        stream_mark=0,
    )
    await change.insert_messages(row, generation_id=generation.id)
    await change.replace_generation(queued)
    if generation.local_to is not None:
        await store.generations.reserve(change.session, generation.id, LEASE)
    change.message_activity()
    return queued
