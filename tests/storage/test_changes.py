"""A change is one transaction: all of it or nothing, and its events are numbered without a hole."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.support import counts, generation_at, in_time, new_thread, row, stream_at, text, thread_value

from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage.changes import Change
from weft.storage.expected import Expected
from weft.storage.store import Store
from weft.threads.events import EventKind
from weft.threads.generations import GenerationStatus
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.streams import Stream, StreamState
from weft.threads.threads import Thread


async def told(store: Store, thread_id: str) -> list[tuple[int, EventKind]]:
    """All events of a thread as they are stored, in their order; the thread counts exactly them."""
    events = await store.events.between(thread_id, 0, 2**40)
    thread = await store.threads.get(thread_id)
    assert thread is not None
    assert [event.seq for event in events] == list(range(1, thread.seq + 1))
    return [(event.seq, event.kind) for event in events]


async def save(change: Change, rows: int = 1) -> list[tuple[int, int]]:
    """Rows in a turn of their own; their positions."""
    order = change.next_order()
    places: list[tuple[int, int]] = []
    for _ in range(rows):
        step = await change.next_step(order)
        await change.insert_messages(row(MessageRole.USER, order, step, thread_id=change.thread.id))
        places.append((order, step))
    change.message_activity()
    return places


async def test_a_new_thread_has_one_event(store: Store) -> None:
    thread = await new_thread(store, user_id="ann")
    assert await store.threads.get(thread.id) == thread
    assert await told(store, thread.id) == [(1, EventKind.THREAD_CHANGED)]


async def test_everything_a_change_does_is_told_in_its_order(store: Store) -> None:
    thread = await new_thread(store)
    pending = row(MessageRole.ASSISTANT, 0, 0, [], thread_id=thread.id, status=MessageStatus.PENDING)
    job = generation_at(0, thread_id=thread.id)

    async def begin(change: Change) -> Stream:
        await change.insert_messages(pending, generation_id=job.id)
        await change.insert_generation(job)
        return await change.start_stream(stream_at(0, 0, thread_id=thread.id))

    async def end(change: Change) -> bool:
        await change.replace_message(replace(pending, status=MessageStatus.SUCCESS, content=text("Yes")))
        ended = await change.end_stream(stream, StreamState.FINISHED, 7)
        await change.replace_generation(replace(job, status=GenerationStatus.SUCCEEDED))
        change.message_activity()
        return ended

    stream = await store.change(thread.id, begin)
    assert await store.change(thread.id, end)
    assert await told(store, thread.id) == [
        (1, EventKind.THREAD_CHANGED),
        (2, EventKind.MESSAGE_SAVED),
        (3, EventKind.GENERATION_CHANGED),
        (4, EventKind.STREAM_STARTED),
        (5, EventKind.MESSAGE_SAVED),
        (6, EventKind.STREAM_ENDED),
        (7, EventKind.GENERATION_CHANGED),
        (8, EventKind.THREAD_CHANGED),
    ]
    stored = await store.streams.get(stream.id)
    assert stored is not None
    assert (stored.start_seq, stored.end_seq, stored.end, stored.state) == (4, 6, 7, StreamState.FINISHED)
    assert [one.content for one in await store.messages.of_generation(job.id)] == [text("Yes")]


async def test_a_stream_ends_once(store: Store) -> None:
    thread = await new_thread(store)
    stream = await store.change(thread.id, lambda change: change.start_stream(stream_at(0, 0, thread_id=thread.id)))
    assert await store.change(thread.id, lambda change: change.end_stream(stream, StreamState.ABORTED, 3, "Enough"))
    assert not await store.change(thread.id, lambda change: change.end_stream(stream, StreamState.FINISHED, 9))
    stored = await store.streams.get(stream.id)
    assert stored is not None
    assert (stored.state, stored.end, stored.abort_reason) == (StreamState.ABORTED, 3, "Enough")
    assert len(await told(store, thread.id)) == 3


async def test_a_change_that_says_no_stores_nothing(empty_store: Store) -> None:
    store = empty_store
    thread = await new_thread(store)
    before = await counts(store)

    async def work(change: Change) -> None:
        await save(change, 3)
        await change.insert_generation(generation_at(0, thread_id=thread.id))
        await change.start_stream(stream_at(0, 3, thread_id=thread.id))
        change.update_thread(title="Never")
        raise InputError("no")

    with pytest.raises(InputError, match="no"):
        await store.change(thread.id, work)
    assert await counts(store) == before
    assert await store.threads.get(thread.id) == thread
    assert await store.change(thread.id, save) == [(0, 0)]
    assert len(await told(store, thread.id)) == 3


async def test_a_change_of_no_thread_is_refused_and_never_begun(empty_store: Store) -> None:
    begun: list[Change] = []

    async def work(change: Change) -> None:
        begun.append(change)

    with pytest.raises(InputError, match="thread thr_none not found") as caught:
        await empty_store.change("thr_none", work)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("input", "threadId"))
    assert not begun
    assert not any((await counts(empty_store)).values())


async def test_a_change_that_only_reads_tells_nothing(store: Store) -> None:
    thread = await new_thread(store)

    async def work(change: Change) -> Thread:
        return change.thread

    assert await store.change(thread.id, work) == thread
    assert await store.threads.get(thread.id) == thread


# ---------------------------------------------------------------- what is expected of a change

THREE_EVENTS = Expected(events=3, orders=1)
WRONG = [Expected(0, 0), Expected(2, 1), Expected(3, 0), Expected(9, 5)]


@pytest.mark.parametrize("expected", [None, THREE_EVENTS, *WRONG])
async def test_what_is_expected_of_a_change_decides_nothing_of_what_it_stores(
    store: Store, expected: Expected | None
) -> None:
    thread = await new_thread(store, user_id="ann", title="t")
    for number in range(2):
        assert await store.change(thread.id, lambda change: save(change, 2), expected) == [(number, 0), (number, 1)]
    kept = await store.threads.get(thread.id)
    newest = await store.events.between(thread.id, 6, 7)
    assert kept is not None
    at = newest[0].at
    changes = {"seq": 7, "last_order": 1, "updated_at": at, "last_message_at": at}
    assert kept == replace(thread, **changes)  # type: ignore[arg-type]
    assert len(await told(store, thread.id)) == 7


@pytest.mark.parametrize("expected", [THREE_EVENTS, *WRONG])
async def test_a_change_that_writes_nothing_of_what_is_expected_leaves_the_thread_as_it_was(
    store: Store, expected: Expected
) -> None:
    thread = await new_thread(store)
    before = await store.threads.collection.find_one({"_id": thread.id})

    async def read(change: Change) -> int:
        return change.seq

    async def refuse(change: Change) -> None:
        raise InputError("no")

    assert await store.change(thread.id, read, expected) == 1
    with pytest.raises(InputError, match="no"):
        await store.change(thread.id, refuse, expected)
    assert await store.threads.collection.find_one({"_id": thread.id}) == before


async def test_a_thread_that_a_change_deletes_is_gone_whatever_is_expected(store: Store) -> None:
    thread = await new_thread(store)

    async def delete(change: Change) -> int:
        return change.delete_thread()

    assert await store.change(thread.id, delete, THREE_EVENTS) == 2
    assert await store.threads.get(thread.id) is None
    with pytest.raises(InputError, match="not found"):
        await store.change(thread.id, delete, THREE_EVENTS)


@pytest.mark.parametrize("expected", [None, THREE_EVENTS, WRONG[-1]])
async def test_changes_of_two_processes_leave_no_hole_and_no_double(
    store: Store, other_store: Store, expected: Expected | None
) -> None:
    thread = await new_thread(store)
    stores = (store, other_store)
    work = [stores[number % 2].change(thread.id, lambda c: save(c, 2), expected) for number in range(60)]
    placed = await in_time(asyncio.gather(*work))
    assert sorted(place for places in placed for place in places) == [(o, s) for o in range(60) for s in range(2)]
    assert len(await told(store, thread.id)) == 1 + 60 * 3
    assert len(await store.messages.turns(thread.id, range(60))) == 120


async def test_two_processes_never_give_out_one_step_twice(store: Store, other_store: Store) -> None:
    thread = await new_thread(store)

    async def append(change: Change) -> int:
        step = await change.next_step(5)
        await change.insert_messages(row(MessageRole.ASSISTANT, 5, step, thread_id=thread.id))
        return step

    work = [(store, other_store)[number % 2].change(thread.id, append) for number in range(40)]
    assert sorted(await in_time(asyncio.gather(*work))) == list(range(40))
    assert len(await told(store, thread.id)) == 41


async def test_a_turns_number_is_never_given_out_again(store: Store) -> None:
    thread = await new_thread(store)
    assert await store.change(thread.id, save) == [(0, 0)]
    assert await store.change(thread.id, save) == [(1, 0)]
    await store.messages.collection.delete_many({"threadId": thread.id})
    assert await store.change(thread.id, save) == [(2, 0)]


async def test_a_thread_given_away_is_told_to_its_new_and_to_its_former_user(store: Store) -> None:
    thread = await new_thread(store, user_id="ann")

    async def give(change: Change) -> None:
        change.update_thread(userId="bob")
        change.thread_changed()

    await store.change(thread.id, give)
    assert [event.user_id for event in await store.events.between(thread.id, 0, 9)] == ["ann", "bob", "ann"]


# ---------------------------------------------------------------- threads by the caller's id


async def test_a_client_id_makes_one_thread_for_its_user(store: Store) -> None:
    first = await store.insert_thread(thread_value(user_id="ann", title="One"), "c1")
    before = await counts(store)
    assert await store.insert_thread(thread_value(user_id="ann", title="Two"), "c1") == first
    assert await counts(store) == before
    others = [await store.insert_thread(thread_value(user_id=user_id), "c1") for user_id in ("bob", None)]
    assert len({first.id, *(other.id for other in others)}) == 3
    assert await store.insert_thread(thread_value(), "c1") == others[1]


async def test_a_client_id_used_at_once_by_two_processes_makes_one_thread(
    empty_store: Store, other_client: Any
) -> None:
    stores = (empty_store, Store(other_client[empty_store.database.name]))
    made = [stores[number % 2].insert_thread(thread_value(user_id="ann"), "c1") for number in range(20)]
    threads = await in_time(asyncio.gather(*made))
    assert len({thread.id for thread in threads}) == 1
    kept = {name: count for name, count in (await counts(empty_store)).items() if count}
    assert kept == {"threads": 1, "events": 1}


# ---------------------------------------------------------------- what MongoDB cannot hold


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"inner": value}
    return value


@pytest.mark.parametrize(
    "metadata",
    [{"half": "\ud800"}, {"wide": 2**63}, {"nul\0": 1}, {"inner": [{"wide": -(2**70)}]}, nested(190), nested(250)],
)
async def test_what_cannot_be_stored_is_bad_input_and_stores_nothing(empty_store: Store, metadata: object) -> None:
    with pytest.raises(InputError, match="MongoDB cannot store this"):
        await empty_store.insert_thread(thread_value(metadata=metadata), None)
    assert not any((await counts(empty_store)).values())


async def test_a_row_of_more_than_16_megabytes_is_too_large(store: Store) -> None:
    thread = await new_thread(store)
    huge = row(MessageRole.USER, 0, 0, text("x" * (17 * 1024 * 1024)), thread_id=thread.id)
    with pytest.raises(InputError, match="larger than MongoDB can store") as caught:
        await store.change(thread.id, lambda change: change.insert_messages(huge))
    assert caught.value.reason is ErrorCode.TOO_LARGE
    assert await store.threads.get(thread.id) == thread


async def test_a_change_that_ran_out_of_time_does_not_keep_its_thread_locked(
    store: Store, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB would keep its transaction open for longer than the next change has."""
    thread = await new_thread(store)

    async def without_end(change: Change) -> None:
        while True:
            await save(change)

    with monkeypatch.context() as patch:
        patch.setattr("weft.storage.store._DEADLINE_SECONDS", 0.5)
        with pytest.raises(UnavailableError):
            await store.change(thread.id, without_end)
    assert await other_store.change(thread.id, save) == [(0, 0)]
    assert await store.change(thread.id, save) == [(1, 0)]


async def test_a_change_that_is_cancelled_at_any_moment_does_not_keep_its_thread_locked(
    store: Store, other_store: Store
) -> None:
    """Whether it went through or not: the next change of the thread does, and finds all of it or nothing."""
    threads = [await new_thread(store) for _ in range(40)]

    async def cancelled(thread: Thread, saved: int) -> None:
        writing = asyncio.Event()

        async def work(change: Change) -> None:
            for number in range(5):
                if number == saved:
                    writing.set()
                await save(change)

        changing = asyncio.create_task(store.change(thread.id, work))
        await writing.wait()
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)

    await asyncio.gather(*(cancelled(thread, number % 5) for number, thread in enumerate(threads)))
    await asyncio.gather(*(other_store.change(thread.id, save) for thread in threads))
    for thread in threads:
        assert len(await told(store, thread.id)) in (1 + 2, 1 + 10 + 2)
