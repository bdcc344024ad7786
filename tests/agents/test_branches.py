"""Branches: a history copied up to a message, once, in order, with its vectors; the original as it was (decision 8)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.agents.deleting import all_deleted, deleting, filled, left, stored, turn
from tests.agents.services import Services
from tests.support import LONG_AGO, in_time, new_thread, row, wait_until

from weft.agents.deletion.requests import Deletions
from weft.agents.threads import ThreadService
from weft.agents.weft import Weft
from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage import copies
from weft.storage.changes import Change
from weft.storage.message_docs import message_doc
from weft.storage.store import Store
from weft.storage.types import Collection
from weft.storage.vector_docs import AT_ONCE
from weft.threads.drafts import draft
from weft.threads.events import EventKind
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.paging import PageRequest
from weft.threads.positions import MessagePosition
from weft.threads.search import SearchOptions
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus

OWN = ("_id", "threadId", "clientId", "batchId", "receipt", "generationId")


async def rows_of(store: Store, thread: Thread) -> list[dict[str, Any]]:
    query = store.messages.collection.find({"threadId": thread.id}).sort([("order", 1), ("stepOrder", 1)])
    return await query.to_list()


def same(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without what is each thread's own."""
    return [{name: value for name, value in doc.items() if name not in OWN} for doc in docs]


async def everything(store: Store, thread: Thread) -> list[object]:
    """All that is stored of a thread, but for the count of its branches."""
    doc = await store.threads.collection.find_one({"_id": thread.id}, projection={"branches": 0})
    found: list[object] = [doc]
    for collection in (
        store.messages,
        store.search_entries,
        store.events,
        store.generations,
        store.streams,
        store.deltas,
    ):
        found.append(await collection.collection.find({"threadId": thread.id}).sort("_id", 1).to_list())
    return found


async def test_a_branch_has_the_history_up_to_the_message_and_nothing_of_it_is_shared(store: Store) -> None:
    threads = ThreadService(store)
    origin = await new_thread(store, user_id="ann", title="T", summary="S", metadata={"a": 1})
    rows = await filled(store, origin, 4, calls=1)
    await threads.update(origin.id, {"status": ThreadStatus.ARCHIVED})
    before = await everything(store, origin)
    cut = next(one for one in rows if (one.order, one.step_order) == (2, 1))
    made = await threads.branch(origin.id, up_to_and_including_message_id=cut.id)
    assert await everything(store, origin) == before
    assert made == await threads.get(made.id)
    assert (made.user_id, made.title, made.summary, made.metadata) == ("ann", "T", "S", {"a": 1})
    assert (made.status, made.seq, made.last_order) == (ThreadStatus.ACTIVE, 1, 2)
    assert made.branched_from == MessagePosition(origin.id, 2, 1)
    assert made.last_message_at == cut.updated_at
    theirs, mine = await rows_of(store, origin), await rows_of(store, made)
    assert same(mine) == same(theirs)[:10]
    assert not {doc["_id"] for doc in mine} & {doc["_id"] for doc in theirs}
    vectors = await store.search_entries.collection.find({"threadId": made.id}).to_list()
    assert {doc["_id"] for doc in vectors} == {doc["_id"] for doc in mine}
    (event,) = await store.events.between(made.id, 0, 100)
    assert (event.kind, event.seq) == (EventKind.THREAD_CHANGED, 1)


async def test_without_a_message_all_is_copied_and_a_title_can_be_given(store: Store) -> None:
    origin = await new_thread(store, title="T")
    await filled(store, origin, 3)
    made = await ThreadService(store).branch(origin.id, title="Other")
    assert same(await rows_of(store, made)) == same(await rows_of(store, origin))
    assert (made.title, made.branched_from) == ("Other", MessagePosition(origin.id, 2, 1))
    found = await store.threads.page(ThreadFilter(title="other"), ThreadOrder.CREATED, PageRequest())
    assert [thread.id for thread in found.nodes] == [made.id]


async def test_a_branch_of_an_empty_thread_is_empty(store: Store) -> None:
    origin = await new_thread(store)
    made = await ThreadService(store).branch(origin.id)
    assert (made.branched_from, made.last_message_at, made.last_order) == (None, None, -1)


async def test_a_branch_of_a_branch_goes_on_by_itself(store: Store) -> None:
    services, threads = Services(store), ThreadService(store)
    origin = await new_thread(store)
    await filled(store, origin, 2)
    first = await threads.branch(origin.id)
    await services.messages.send(first.id, prompt="further", generate=False, client_id="c")
    second = await threads.branch(first.id)
    assert second.branched_from == MessagePosition(first.id, 2, 0)
    sent = await services.messages.send(second.id, prompt="and on", generate=False, client_id="c")
    assert (sent.message.text, sent.message.order) == ("and on", 3)
    assert await threads.delete(first.id)
    assert len(await rows_of(store, second)) == 6
    assert len(await rows_of(store, origin)) == 4


async def test_rows_that_are_still_being_written_are_left_out(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    made = await ThreadService(store).branch(generation.thread_id)
    assert [doc["role"] for doc in await rows_of(store, made)] == ["user"]
    assert made.branched_from == MessagePosition(generation.thread_id, 0, 0)
    with pytest.raises(InputError) as caught:
        await ThreadService(store).branch(
            generation.thread_id, up_to_and_including_message_id=generation.reply_message_id
        )
    path = ("input", "upToAndIncludingMessageId")
    assert (caught.value.reason, caught.value.path) == (ErrorCode.CONFLICT, path)


async def test_what_is_not_there_cannot_be_branched_from(empty_store: Store) -> None:
    threads, here, there = ThreadService(empty_store), await new_thread(empty_store), await new_thread(empty_store)
    theirs = turn(there, 0)
    await stored(empty_store, theirs)
    before = await left(empty_store)
    for thread_id, message_id, path in (
        ("thr_none", None, "threadId"),
        (here.id, "msg_none", "upToAndIncludingMessageId"),
        (here.id, theirs[0].id, "upToAndIncludingMessageId"),
    ):
        with pytest.raises(InputError) as caught:
            await threads.branch(thread_id, up_to_and_including_message_id=message_id)
        assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("input", path))
    with pytest.raises(InputError) as caught:
        await threads.branch(here.id, title="x" * 2001)
    assert caught.value.path == ("input", "title")
    assert await left(empty_store) == before


async def test_a_large_thread_is_copied_in_batches_each_row_once(store: Store) -> None:
    origin = await new_thread(store)
    await stored(store, [row(MessageRole.USER, order, 0, thread_id=origin.id) for order in range(1201)])
    made = await in_time(ThreadService(store).branch(origin.id))
    assert same(await rows_of(store, made)) == same(await rows_of(store, origin))


Hold = Callable[[int], Awaitable[None]]


@pytest.mark.parametrize("way", ["fails", "loses its lease", "is cancelled", "has its origin deleted"])
async def test_a_copy_that_does_not_get_through_was_never_seen_and_leaves_nothing(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """In the middle of the copy: the new thread cannot be seen, and then it is gone."""
    origin = await new_thread(empty_store)
    rows = [row(MessageRole.USER, order, 0, thread_id=origin.id) for order in range(30)]
    await empty_store.messages.collection.insert_many([message_doc(one) for one in rows])
    before = await left(empty_store)
    monkeypatch.setattr(copies, "_BATCH", 10)
    renew = empty_store.deletions.renew

    async def interrupted(*given: Any) -> bool:
        seen = await empty_store.threads.page(ThreadFilter(), ThreadOrder.CREATED, PageRequest())
        assert {thread.id for thread in seen.nodes} <= {origin.id}
        if way == "fails":
            raise UnavailableError("MongoDB does not answer")
        if way == "loses its lease":
            await empty_store.deletions.release(given[0], given[1])
        elif way == "is cancelled":
            copying.cancel()
        elif await empty_store.threads.get(origin.id):
            await Deletions(Store(empty_store.database)).thread(origin.id)
        return await renew(*given)

    monkeypatch.setattr(empty_store.deletions, "renew", interrupted)
    copying = asyncio.create_task(ThreadService(empty_store).branch(origin.id))
    with pytest.raises((UnavailableError, asyncio.CancelledError, InputError)):
        await in_time(copying)
    monkeypatch.undo()
    async with deleting(empty_store):
        await all_deleted(empty_store, **({"events": 1} if "origin" in way else before))


async def test_a_copy_is_of_one_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved, changed or deleted while it is copied is not in it, or in it as it was."""
    origin = await new_thread(store)
    rows = [row(MessageRole.USER, order, 0, thread_id=origin.id) for order in range(30)]
    await stored(store, rows)
    before = same(await rows_of(store, origin))
    monkeypatch.setattr(copies, "_BATCH", 10)
    services, renew = Services(store), store.deletions.renew

    async def busy(*given: Any) -> bool:
        await services.messages.delete([rows[25].id, rows[3].id])
        await services.messages.send(origin.id, prompt="new", generate=False)
        await services.messages.update(rows[20].id, {"status": MessageStatus.FAILED, "error": "no"})
        return await renew(*given)

    monkeypatch.setattr(store.deletions, "renew", busy)
    made = await ThreadService(store).branch(origin.id)
    assert same(await rows_of(store, made)) == before
    assert made.last_message_at == LONG_AGO


async def owned(store: Store, user_id: str) -> Thread:
    """A thread of three turns whose messages its user's searches find."""
    thread = await new_thread(store, user_id=user_id)
    await filled(store, thread, 3)
    await store.search_entries.collection.update_many({}, {"$set": {"userId": user_id}})
    return thread


async def given_to(store: Store, thread: Thread, user_id: str | None) -> None:
    async def work(change: Change) -> None:
        change.update_thread(userId=user_id)
        change.thread_changed()

    await store.change(thread.id, work)


async def no_more(entries: Collection) -> bool:
    return await entries.count_documents({"userId": "ann"}) == 0


@pytest.mark.parametrize("new_owner", ["bob", None])
async def test_a_thread_that_gets_another_owner_while_it_is_copied_makes_no_branch_with_messages_of_the_former(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, new_owner: str | None
) -> None:
    origin = await owned(empty_store, "ann")
    renew = empty_store.deletions.renew

    async def moved(*given: Any) -> bool:
        await given_to(empty_store, origin, new_owner)
        return await renew(*given)

    threads, entries = ThreadService(empty_store), empty_store.search_entries.collection
    monkeypatch.setattr(copies, "_BATCH", 2)
    with monkeypatch.context() as patched:
        patched.setattr(empty_store.deletions, "renew", moved)
        with pytest.raises(UnavailableError, match="another user"):
            await threads.branch(origin.id)
    async with deleting(empty_store):
        await wait_until(lambda: no_more(entries))
    made = await threads.branch(origin.id)
    assert (made.user_id, await entries.distinct("userId", {"threadId": made.id})) == (new_owner, [new_owner])


async def test_a_branch_is_of_the_owner_that_the_thread_has_when_it_is_read(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not of the one that it had when the branch was asked for."""
    origin = await owned(empty_store, "ann")
    insert = empty_store.deletions.insert

    async def moved(*given: Any) -> None:
        await given_to(empty_store, origin, "bob")
        await insert(*given)

    monkeypatch.setattr(empty_store.deletions, "insert", moved)
    made = await ThreadService(empty_store).branch(origin.id)
    entries = empty_store.search_entries.collection
    assert (made.user_id, await entries.distinct("userId")) == ("bob", ["bob"])


@pytest.mark.parametrize("reach", [{"user_id": "ann"}, {}])
async def test_what_is_being_copied_is_not_found_and_takes_no_place_of_what_is(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, reach: dict[str, str]
) -> None:
    renew, found, limit = empty_store.deletions.renew, list[list[str]](), SearchOptions(limit=6)
    async with Weft(empty_store) as weft:
        origin = await weft.threads.create(user_id="ann")
        drafts = [draft(prompt="a quiet harbour" + " with boats" * number) for number in range(6)]
        said = [row.id for row in await weft.messages.save(origin.id, drafts)]

        async def looked(*given: Any) -> bool:
            hits = await weft.search.messages("a quiet harbour", **reach, options=limit)
            found.append(sorted(hit.message.id for hit in hits))
            return await renew(*given)

        with monkeypatch.context() as patched:
            patched.setattr(copies, "_BATCH", 2)
            patched.setattr(empty_store.deletions, "renew", looked)
            made = await weft.threads.branch(origin.id)
        assert len(found) >= 2
        assert found == [sorted(said)] * len(found)
        after = await weft.search.messages("a quiet harbour", **reach, options=SearchOptions(limit=12))
        assert {hit.thread.id for hit in after} == {origin.id, made.id}


async def test_messages_of_a_branch_of_nobodys_thread_are_found_in_it(empty_store: Store) -> None:
    async with Weft(empty_store, work=False) as weft:
        origin = await weft.threads.create()
        await weft.messages.save(origin.id, [draft(prompt="a quiet harbour")])
        for _ in range(5):  # places in the text index follow the thread: by chance two might share one
            made = await weft.threads.branch(origin.id)
            hits = await weft.search.messages("harbour", thread_id=made.id)
            assert [hit.thread.id for hit in hits] == [made.id]


async def test_a_copy_waits_for_the_vectors_that_the_original_waits_for_and_is_leased_to_nobody(
    empty_store: Store,
) -> None:
    async with Weft(empty_store, work=False) as weft:
        origin = await weft.threads.create(user_id="ann")
        await weft.messages.save(origin.id, [draft(prompt="one"), draft(prompt="two")])
        entries = empty_store.search_entries.collection
        waiting = {"embedWith": ["m"], "embedAt": LONG_AGO, "embedAttempts": 3, "embedLease": "l", "embedOwner": "o"}
        await entries.update_one({"text": "one"}, {"$set": waiting})
        made = await weft.threads.branch(origin.id)
        one, two = await entries.find({"threadId": made.id}).sort("order").to_list()
    embed = {name: value for name, value in one.items() if name.startswith("embed")}
    assert embed == {"embedWith": ["m"], "embedAt": AT_ONCE, "embedAttempts": 0}
    assert not [name for name in two if name.startswith("embed")]
