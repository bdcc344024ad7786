"""Deleting rows of a thread inside a change: what they were shown as, what writes them and what they leave behind."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from weft.agents.turns import abort_in, end_stream
from weft.storage.changes import Change
from weft.storage.deletions import NOW
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.deletions import Deletion, DeletionKind, screen_changes
from weft.threads.generations import ACTIVE, Generation
from weft.threads.messages import Message
from weft.threads.streams import Stream, StreamState

SETTLE: Final = timedelta(seconds=30)
"""How long a writer that has lost its stream may still have a delta under way: longer than a lease."""

_DELETED: Final = "its message was deleted"


async def remove_rows(store: Store, change: Change, rows: Sequence[Message]) -> None:
    """Deletes rows of the change's thread. An answer whose prompt, reply or waiting call is among them is aborted.

    Streams and jobs that wrote them are left to a deletion job, which this stores.
    """
    if not rows:
        return
    thread_id, removed, orders = change.thread.id, {row.id for row in rows}, {row.order for row in rows}
    generations = await store.removals.generations(change.session, thread_id, orders)
    streams = await store.removals.streams(change.session, thread_id, {row.position for row in rows})
    turns = await store.removals.turns(change.session, thread_id, orders)
    waiting = await store.pending_calls.of_messages(change.session, removed) if change.asks else []
    asking = {call.generation_id for call in waiting}
    await change.delete_messages(rows)
    for generation in generations:
        wanted = {generation.prompt_message_id, generation.reply_message_id}
        if generation.status in ACTIVE and (removed & wanted or generation.id in asking):
            await abort_in(store, change, generation, _DELETED)
    for stream in streams:
        await end_stream(store, change, stream.id, StreamState.ABORTED, _DELETED)
    change.screen_changed(*screen_changes(turns, removed))
    await change.forget_activity(max(row.position for row in rows))
    await _leave(store, change, streams, [one for one in generations if one.reply_message_id in removed])


async def _leave(store: Store, change: Change, streams: Sequence[Stream], generations: Sequence[Generation]) -> None:
    """What wrote the rows goes later: at once, or when those who write and those who are being told are through."""
    if not streams and not generations:
        return
    live = any(stream.state is StreamState.STREAMING for stream in streams)
    job = Deletion(
        id=ids.new_id(ids.DELETION),
        kind=DeletionKind.REMAINS,
        created_at=change.now,
        thread_id=change.thread.id,
        stream_ids=[stream.id for stream in streams],
        generation_ids=[generation.id for generation in generations],
    )
    settles = live or any(generation.status in ACTIVE for generation in generations)
    await store.deletions.insert(change.session, job, None, SETTLE if settles else NOW)
