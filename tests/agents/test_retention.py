"""Threads past their retention go; others stay, however many processes look."""

import asyncio
from datetime import timedelta

from tests.agents.deleting import deleting, filled
from tests.support import new_thread, wait_until

from weft.agents.deletion.retention import Retention
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.threads import Thread

KEPT = timedelta(days=30)


async def idle(store: Store, days: float) -> Thread:
    """A thread whose last message is so old."""
    thread = await new_thread(store)
    await filled(store, thread, 2)
    at = utc_now() - timedelta(days=days)
    fields = {"activeAt": at, "lastMessageAt": at}
    await store.threads.collection.update_one({"_id": thread.id}, {"$set": fields})
    return thread


async def there(store: Store, *threads: Thread) -> list[bool]:
    return [await store.threads.get(thread.id) is not None for thread in threads]


async def test_threads_go_when_nobody_has_written_to_them_for_so_long(empty_store: Store) -> None:
    threads = [await idle(empty_store, days) for days in (31, 29, 400, 0)]
    assert await Retention(empty_store, KEPT).sweep() == 2
    assert await there(empty_store, *threads) == [False, True, False, True]
    async with deleting(empty_store):
        await wait_until(lambda: _emptied(empty_store, threads[0]))


async def _emptied(store: Store, thread: Thread) -> bool:
    return await store.messages.collection.count_documents({"threadId": thread.id}) == 0


async def test_a_thread_is_deleted_once_by_any_number_of_processes(empty_store: Store) -> None:
    for _ in range(5):
        await idle(empty_store, 31)
    found = await asyncio.gather(*(Retention(empty_store, KEPT).sweep() for _ in range(3)))
    assert sum(found) == 5


async def test_more_threads_than_a_batch_all_go(empty_store: Store) -> None:
    at = utc_now() - timedelta(days=60)
    for _ in range(130):
        thread = await new_thread(empty_store)
        await empty_store.threads.collection.update_one({"_id": thread.id}, {"$set": {"activeAt": at}})
    old = utc_now() - timedelta(days=60)
    await empty_store.threads.collection.update_many({}, {"$set": {"createdAt": old, "lastMessageAt": None}})
    assert await Retention(empty_store, KEPT).sweep() == 130
