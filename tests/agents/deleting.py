"""Threads full of everything, to be deleted."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

from tests.support import counts, delta, generation_at, row, stream_at, tool_call, wait_until, words

from weft.agents.deletion.deleter import Deleter
from weft.storage.deltas import delta_doc
from weft.storage.generations import generation_doc
from weft.storage.message_docs import message_doc
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.store import Store
from weft.storage.streams import stream_doc
from weft.threads.clock import utc_now
from weft.threads.generations import GenerationStatus
from weft.threads.messages import Message, MessageRole
from weft.threads.streams import StreamState
from weft.threads.threads import Thread

TOMBSTONE = {"events": 1}


def turn(thread: Thread, order: int, *, calls: int = 0) -> list[Message]:
    """A prompt, as many tool calls with their results as asked for, and the answer."""
    rows = [row(MessageRole.USER, order, 0, thread_id=thread.id)]
    for _ in range(calls):
        rows.append(row(MessageRole.ASSISTANT, order, len(rows), tool_call(), thread_id=thread.id))
        rows.append(row(MessageRole.TOOL, order, len(rows), [], thread_id=thread.id))
    return [*rows, row(MessageRole.ASSISTANT, order, len(rows), thread_id=thread.id)]


async def filled(store: Store, thread: Thread, turns: int, *, calls: int = 0) -> list[Message]:
    """Stores turns in a new thread, with a vector a row, and a finished stream with deltas and a job a turn."""
    made = [turn(thread, order, calls=calls) for order in range(turns)]
    rows = [one for rows in made for one in rows]
    await stored(store, rows)
    ended = {"thread_id": thread.id, "state": StreamState.FINISHED, "end_seq": 1, "ended_at": utc_now()}
    streams = [stream_at(order, len(made[order]) - 1, **ended) for order in range(turns)]
    jobs = [
        generation_at(
            order,
            thread_id=thread.id,
            status=GenerationStatus.SUCCEEDED,
            prompt_message_id=made[order][0].id,
            reply_message_id=made[order][-1].id,
        )
        for order in range(turns)
    ]
    await store.streams.collection.insert_many([stream_doc(stream) for stream in streams])
    await store.deltas.collection.insert_many(
        [delta_doc(delta(stream, place, *words("a"))) for stream in streams for place in range(3)]
    )
    await store.generations.collection.insert_many([generation_doc(job) for job in jobs])
    return rows


async def stored(store: Store, rows: Sequence[Message]) -> None:
    """Stores rows of a thread, with vectors, and makes the thread document say that they are there."""
    await store.messages.collection.insert_many([message_doc(one) for one in rows])
    await store.search_entries.collection.insert_many([_entry(one) for one in rows])
    at = rows[-1].updated_at
    fields = {"lastOrder": rows[-1].order, "lastMessageAt": at, "activeAt": at}
    await store.threads.collection.update_one({"_id": rows[-1].thread_id}, {"$set": fields})


def _entry(one: Message) -> dict[str, object]:
    """As an anonymous thread's message has it."""
    place = {"userId": None, "pocket": pocket_of(None, one.thread_id)}
    return {"_id": one.id, "threadId": one.thread_id, "order": one.order, "stepOrder": one.step_order, **place}


async def left(store: Store) -> dict[str, int]:
    """How many documents there are, by collection, without the empty ones."""
    return {name: count for name, count in (await counts(store)).items() if count}


@asynccontextmanager
async def deleting(store: Store) -> AsyncGenerator[Deleter, None]:
    """A worker that finishes deletions."""
    deleter = Deleter(store)
    running = asyncio.create_task(deleter.run())
    try:
        yield deleter
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def all_deleted(store: Store, **kept: int) -> None:
    """Returns when the store holds nothing else."""

    async def holds() -> bool:
        return await left(store) == kept

    await wait_until(holds)
