"""Deleting messages by id and by range: what goes, what is told, what stays as it was (behaviour.md rows 38–40)."""

import random
from collections.abc import Sequence

import pytest
from tests.agents.deleting import all_deleted, deleting, filled, left, stored, turn
from tests.agents.services import LEASE, Services, stream_of
from tests.support import LONG_AGO, delta, new_thread, row, text, wait_until, words

from weft.agents.deletion.requests import Deletions
from weft.agents.deletion.work import Progress
from weft.agents.messages import MessageService
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.storage.thread_log import ThreadLog
from weft.threads.events import LiveEvent, MessageRemoved, MessageSaved, ThreadChanged
from weft.threads.generations import GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.paging import PageRequest
from weft.threads.positions import Position, ui_key
from weft.threads.streams import StreamState
from weft.threads.threads import Thread
from weft.threads.ui_messages import UIMessage, ui_messages


def service(store: Store, *, call_seconds: float = 60) -> MessageService:
    return MessageService(store, {}, Deletions(store, call_seconds=call_seconds))


async def kept(store: Store, thread: Thread) -> list[tuple[int, int]]:
    docs = await store.messages.collection.find({"threadId": thread.id}).to_list()
    return sorted((doc["order"], doc["stepOrder"]) for doc in docs)


async def told(store: Store, thread: Thread, after: int = 1) -> list[LiveEvent]:
    log = ThreadLog(store)
    return [event for event in await log.live_events(await log.events(thread.id, after, 2**40)) if event is not None]


def on_screen(shown: dict[str, UIMessage], events: Sequence[LiveEvent]) -> dict[str, UIMessage]:
    """A screen after these events."""
    shown = dict(shown)
    for event in events:
        if isinstance(event, MessageRemoved):
            assert set(event.keys) <= set(shown), "only what is shown is removed"
            for key in event.keys:
                del shown[key]
        elif isinstance(event, MessageSaved):
            shown[event.ui_message.key] = event.ui_message
    return shown


def screen(rows: Sequence[Message]) -> dict[str, UIMessage]:
    return {message.key: message for message in ui_messages(rows)}


async def test_only_what_was_really_deleted_is_returned(store: Store) -> None:
    here, there = await new_thread(store), await new_thread(store)
    mine, theirs = await filled(store, here, 2), await filled(store, there, 2)
    asked = [theirs[0].id, "msg_none", mine[3].id, theirs[0].id, "nothing"]
    assert await service(store).delete(asked) == [theirs[0].id, mine[3].id]
    assert await service(store).delete(asked) == []
    assert await service(store).delete([]) == []
    assert await kept(store, here) == [(0, 0), (0, 1), (1, 0)]
    assert await kept(store, there) == [(0, 1), (1, 0), (1, 1)]


async def test_bad_ids_are_refused_and_nothing_is_deleted(store: Store) -> None:
    rows = await filled(store, await new_thread(store), 1)
    with pytest.raises(InputError) as caught:
        await service(store).delete([rows[0].id, "thr_1"])
    assert (caught.value.reason, caught.value.path) == (ErrorCode.INVALID, ("input", "messageIds", "1"))
    with pytest.raises(InputError) as caught:
        await service(store).delete([rows[0].id] * 1001)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.TOO_LARGE, ("input", "messageIds"))
    assert await service(store).get(rows[0].id)


async def test_vectors_streams_deltas_and_jobs_go_with_their_message(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    rows = await filled(empty_store, thread, 3)
    before = await left(empty_store)
    await service(empty_store).delete([rows[1].id, rows[2].id])
    async with deleting(empty_store):
        mine = {"messages": 4, "searchEntries": 4, "streams": 2, "deltas": 6, "generations": 2}
        await all_deleted(empty_store, **before | mine | {"events": before["events"] + 1})


async def test_a_message_of_several_rows_changes_when_one_goes_and_moves_when_its_first_does(store: Store) -> None:
    thread = await new_thread(store)
    rows = turn(thread, 0, calls=1)
    await stored(store, rows)
    await service(store).delete([rows[3].id])
    (saved,) = await told(store, thread)
    assert isinstance(saved, MessageSaved)
    assert saved.ui_message.key == ui_key(thread.id, 0, 1)
    seen = (await store.threads.collection.find_one({"_id": thread.id}) or {})["seq"]
    await service(store).delete([rows[1].id])
    removed, moved = await told(store, thread, seen)
    assert removed == MessageRemoved([ui_key(thread.id, 0, 1)])
    assert isinstance(moved, MessageSaved)
    assert moved.ui_message.key == ui_key(thread.id, 0, 2)


async def test_any_deletion_leads_a_screen_to_what_is_left(store: Store) -> None:
    """Random histories, random deletions: what a viewer was told ends where a page begins."""
    chance = random.Random(5)
    for _ in range(25):
        thread = await new_thread(store)
        rows: list[Message] = [one for order in range(4) for one in turn(thread, order, calls=chance.randrange(3))]
        await stored(store, rows)
        shown = screen(rows)
        while rows:
            gone = chance.sample(rows, chance.randint(1, min(4, len(rows))))
            after = (await store.threads.collection.find_one({"_id": thread.id}) or {})["seq"]
            assert await service(store).delete([one.id for one in gone]) == [one.id for one in gone]
            rows = [one for one in rows if one not in gone]
            shown = on_screen(shown, await told(store, thread, after))
            assert shown == screen(rows)
        page = await service(store).ui_page(thread.id, PageRequest())
        assert page.nodes == []


async def test_the_last_message_time_stays_true(store: Store) -> None:
    thread = await new_thread(store)
    times = [LONG_AGO.replace(minute=minute) for minute in range(4)]
    rows = [
        row(MessageRole.USER, order, 0, thread_id=thread.id, updated_at=time, created_at=time)
        for order, time in enumerate(times)
    ]
    await stored(store, rows)

    async def after_deleting(*orders: int) -> object:
        seq = (await store.threads.collection.find_one({"_id": thread.id}) or {})["seq"]
        await service(store).delete([rows[order].id for order in orders])
        found = await store.threads.get(thread.id)
        assert found is not None
        changed = [event for event in await told(store, thread, seq) if isinstance(event, ThreadChanged)]
        assert all(event.thread == found for event in changed)
        doc = await store.threads.collection.find_one({"_id": thread.id}) or {}
        assert doc["activeAt"] == (found.last_message_at or found.created_at)
        return found.last_message_at, len(changed)

    assert await after_deleting(1) == (times[3], 0)
    assert await after_deleting(3) == (times[2], 1)
    assert await after_deleting(0, 2) == (None, 1)


async def test_numbers_of_deleted_turns_are_not_given_out_again(store: Store) -> None:
    """Decision 2."""
    thread = await new_thread(store)
    rows = await filled(store, thread, 3)
    await service(store).delete([one.id for one in rows if one.order > 0])
    sent = await service(store).send(thread.id, prompt="Hello", generate=False)
    assert sent.message.order == 3


@pytest.mark.parametrize("which", ["prompt", "reply"])
async def test_an_answer_being_given_is_aborted_when_its_message_goes(store: Store, which: str) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.claimed(generation)
    await store.deltas.append(delta(stream_of(job), 0, {"type": "text-start", "id": "0"}, *words("half")))
    await service(store).delete([generation.prompt_message_id if which == "prompt" else generation.reply_message_id])
    ended = await services.job(generation)
    assert (ended.status, ended.error) == (GenerationStatus.ABORTED, "its message was deleted")
    stream = await services.streams.get(stream_of(job).id)
    assert stream is not None
    assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, "its message was deleted")
    reply = await services.messages.get(generation.reply_message_id)
    assert (reply is None) is (which == "reply")
    assert reply is None or (reply.status, reply.text) == (MessageStatus.FAILED, "half")
    await services.told(generation.thread_id)


async def test_what_an_aborted_answer_leaves_goes_when_its_writers_are_through(empty_store: Store) -> None:
    services = Services(empty_store)
    generation = await services.asked()
    job = await services.claimed(generation)
    await service(empty_store).delete([generation.reply_message_id])
    await empty_store.deltas.append(delta(stream_of(job), 0, *words("late")))
    assert await empty_store.deletions.take("lea_early", LEASE) is None
    await empty_store.deletions.collection.update_one({}, {"$set": {"dueAt": LONG_AGO}})
    events = (await left(empty_store))["events"]
    async with deleting(empty_store):
        await all_deleted(empty_store, threads=1, messages=1, searchEntries=1, events=events)


RANGES = [
    (0, None, 1, None),
    (1, None, 3, None),
    (0, 1, 2, 1),
    (1, 2, 1, 4),
    (2, 9, 4, None),
    (2, None, 2, None),
    (5, None, 9, None),
    (0, None, 99, None),
]


@pytest.mark.parametrize(("start", "start_step", "end", "end_step"), RANGES)
async def test_a_range_has_its_start_and_not_its_end(
    store: Store, start: int, start_step: int | None, end: int, end_step: int | None
) -> None:
    thread = await new_thread(store)
    rows = [one for order in range(4) for one in turn(thread, order, calls=2)]
    await stored(store, rows)
    first, last = Position(start, start_step or 0), Position(end, end_step or 0)
    inside = [one.position for one in rows if first <= one.position < last]
    progress = await service(store).delete_range(
        thread.id, start, end, start_step_order=start_step, end_step_order=end_step
    )
    assert progress == Progress(True, inside[-1] if inside else None)
    outside = [one for one in rows if not first <= one.position < last]
    assert await kept(store, thread) == [(one.order, one.step_order) for one in outside]
    assert on_screen(screen(rows), await told(store, thread)) == screen(outside)


@pytest.mark.parametrize(
    ("numbers", "path"),
    [
        ((-1, 2, None, None), "startOrder"),
        ((0, -2, None, None), "endOrder"),
        ((0, 2**53 - 1, None, None), "endOrder"),
        ((0, 2, -1, None), "startStepOrder"),
        ((0, 2, None, -1), "endStepOrder"),
        ((2, 1, None, None), "endOrder"),
        ((2, 2, 1, None), "endOrder"),
    ],
)
async def test_a_range_that_cannot_be_is_refused(
    store: Store, numbers: tuple[int, int, int | None, int | None], path: str
) -> None:
    thread = await new_thread(store)
    start, end, start_step, end_step = numbers
    with pytest.raises(InputError) as caught:
        await service(store).delete_range(thread.id, start, end, start_step_order=start_step, end_step_order=end_step)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.INVALID, ("input", path))


async def test_a_range_of_no_thread_is_not_found(store: Store) -> None:
    with pytest.raises(InputError) as caught:
        await service(store).delete_range("thr_none", 0, 1)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("input", "threadId"))


async def test_a_large_range_goes_on_after_the_call_and_spares_what_comes_later(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    rows = [row(MessageRole.USER, order, 0, thread_id=thread.id) for order in range(1700)]
    await stored(empty_store, rows)
    assert await service(empty_store, call_seconds=0).delete_range(thread.id, 100, 5000) == Progress(
        False, Position(1099, 0)
    )
    sent = await service(empty_store).send(thread.id, prompt="later", generate=False)
    async with deleting(empty_store):
        await until_no_job(empty_store)
    assert await kept(empty_store, thread) == [(order, 0) for order in range(100)] + [(sent.message.order, 0)]
    assert on_screen(screen(rows), await told(empty_store, thread)).keys() == {
        ui_key(thread.id, order, 0) for order, _ in await kept(empty_store, thread)
    }


async def test_a_large_range_is_one_call_when_there_is_time(store: Store) -> None:
    thread = await new_thread(store)
    await stored(store, [row(MessageRole.USER, order, 0, text("x"), thread_id=thread.id) for order in range(1200)])
    assert await service(store).delete_range(thread.id, 0, 1200) == Progress(True, Position(1199, 0))
    assert await kept(store, thread) == []


async def test_a_range_whose_thread_was_deleted_meanwhile_is_through(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    await stored(empty_store, [row(MessageRole.USER, order, 0, thread_id=thread.id) for order in range(1700)])
    await service(empty_store, call_seconds=0).delete_range(thread.id, 0, 5000)
    await Deletions(empty_store).thread(thread.id)
    async with deleting(empty_store):
        await all_deleted(empty_store, events=1)


async def until_no_job(store: Store) -> None:
    async def none() -> bool:
        return await store.deletions.collection.count_documents({}) == 0

    await wait_until(none)
