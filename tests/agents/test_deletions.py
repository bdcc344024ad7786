"""Deleting threads and users: everything goes, whatever becomes of those who delete it (behaviour.md rows 11–15)."""

import asyncio

import pytest
from tests.agents.deleting import TOMBSTONE, all_deleted, deleting, filled, left
from tests.agents.services import LEASE, Services, stream_of
from tests.support import DEADLINE, delta, in_time, new_thread, wait_until, words

from weft.agents.deletion.requests import Deletions
from weft.agents.deletion.work import DeletionWork, Lease
from weft.agents.run import LeaseLost
from weft.agents.threads import ThreadService
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.events import EventKind


def patient(store: Store) -> ThreadService:
    """Deletes within the call, however long that takes on this machine."""
    return ThreadService(store, Deletions(store, call_seconds=DEADLINE))


def at_once(store: Store) -> ThreadService:
    """Its calls leave everything after the first batch to workers."""
    return ThreadService(store, Deletions(store, call_seconds=0))


async def test_a_deleted_thread_leaves_nothing_but_its_last_event(empty_store: Store) -> None:
    thread = await new_thread(empty_store, user_id="ann")
    await filled(empty_store, thread, 5, calls=2)
    assert await patient(empty_store).delete(thread.id)
    assert await left(empty_store) == TOMBSTONE
    (event,) = await empty_store.events.between(thread.id, 0, 100)
    assert (event.kind, event.seq, event.user_id) == (EventKind.THREAD_DELETED, 2, "ann")


async def test_other_threads_stay(empty_store: Store) -> None:
    kept, gone = await new_thread(empty_store), await new_thread(empty_store)
    await filled(empty_store, kept, 3)
    before = await left(empty_store)
    await filled(empty_store, gone, 3)
    await patient(empty_store).delete(gone.id)
    after = await left(empty_store)
    assert after == before | {"events": 2, "threads": 1}


async def test_deleting_what_is_not_there_is_no_error(store: Store) -> None:
    assert await patient(store).delete("thr_none")
    assert await patient(store).delete("anything")
    assert await patient(store).delete_user_data("nobody")


async def test_an_id_of_something_else_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="msg_1 is the id of a message") as caught:
        await patient(store).delete("msg_1")
    assert (caught.value.reason, caught.value.path) == (ErrorCode.INVALID, ("input", "threadId"))


async def test_a_large_thread_is_gone_at_once_and_cleaned_up_later(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    await filled(empty_store, thread, 10)
    threads = at_once(empty_store)
    assert not await threads.delete(thread.id)
    assert await threads.get(thread.id) is None
    with pytest.raises(InputError, match="not found"):
        await Services(empty_store).messages.send(thread.id, prompt="Hello", generate=False)
    assert (await left(empty_store))["messages"] == 20
    assert not await threads.delete(thread.id), "it is still being deleted"
    async with deleting(empty_store):
        await all_deleted(empty_store, events=1)
    assert await threads.delete(thread.id)


async def test_a_worker_that_died_is_replaced_when_its_lease_ends(empty_store: Store, other_store: Store) -> None:
    thread = await new_thread(empty_store)
    await filled(empty_store, thread, 4)
    await at_once(empty_store).delete(thread.id)
    taken = await empty_store.deletions.take("lea_dead", LEASE)
    assert taken is not None
    assert await empty_store.deletions.take("lea_other", LEASE) is None
    assert await empty_store.deletions.release_orphans() == 0, "its process lives"
    await empty_store.deletions.collection.update_one({}, {"$set": {"leaseOwner": "elsewhere|1|1"}})
    left_over = await empty_store.deletions.next_due()
    assert left_over is not None
    assert left_over.total_seconds() > 50
    assert await empty_store.deletions.renew(taken.id, "lea_dead", LEASE * 0, 1)
    async with deleting(empty_store):
        await all_deleted(empty_store, events=1)
    assert not await empty_store.deletions.renew(taken.id, "lea_dead", LEASE, 1)


async def test_a_worker_that_lost_its_lease_stops(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    await filled(empty_store, thread, 4)
    await at_once(empty_store).delete(thread.id)
    job = await empty_store.deletions.take("lea_mine", LEASE)
    assert job is not None
    await empty_store.deletions.release(job.id, "lea_mine")
    progress = await DeletionWork(empty_store).do(job, Lease("lea_mine", LEASE))
    assert not progress.done
    assert await empty_store.deletions.under_way(thread_id=thread.id)


async def test_everything_of_a_user_goes_and_nothing_of_others(empty_store: Store) -> None:
    others = [await new_thread(empty_store, user_id=user) for user in ("bob", None)]
    for thread in others:
        await filled(empty_store, thread, 2)
    before = await left(empty_store)
    for _ in range(7):
        await filled(empty_store, await new_thread(empty_store, user_id="ann"), 2)
    assert await patient(empty_store).delete_user_data("ann")
    assert await left(empty_store) == before | {"events": 2 + 7, "erasures": 1}
    assert await patient(empty_store).delete_user_data("ann")


async def test_a_user_with_much_is_deleted_by_workers_but_not_what_comes_after(empty_store: Store) -> None:
    for _ in range(7):
        await filled(empty_store, await new_thread(empty_store, user_id="ann"), 2)
    threads = at_once(empty_store)
    assert not await threads.delete_user_data("ann")
    begun = utc_now()
    await wait_until(lambda: utc_now() > begun)
    after = await threads.create(user_id="ann", title="after")
    async with deleting(empty_store):
        await all_deleted(empty_store, events=8, threads=1, erasures=1)
    assert await threads.get(after.id) == after


async def test_a_thread_given_away_meanwhile_is_not_deleted_with_its_former_owners_data(store: Store) -> None:
    thread = await new_thread(store, user_id="eve")
    await ThreadService(store).update(thread.id, {"user_id": "adam"})
    assert await DeletionWork(store).bury(thread.id, owner="eve") is None
    assert await ThreadService(store).get(thread.id)


async def test_an_answer_whose_thread_was_deleted_ends_without_a_trace(empty_store: Store) -> None:
    services = Services(empty_store)
    generation = await services.asked()
    job = await services.claimed(generation)
    assert await patient(empty_store).delete(generation.thread_id)
    with pytest.raises(LeaseLost):
        await services.attempt(job).run()
    assert await services.claim(generation) is None
    assert (await left(empty_store)).keys() == {"events", "deltas", "deletions"}, "late deltas, and who waits for them"
    await empty_store.deletions.collection.update_one({}, {"$set": {"dueAt": job.generation.queued_at}})
    async with deleting(empty_store):
        await all_deleted(empty_store, events=1)


async def test_a_job_that_was_not_claimed_before_its_thread_was_deleted_is_not_claimed_after(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    await at_once(store).delete(generation.thread_id)
    assert await services.claim(generation) is None


async def test_deltas_that_come_late_are_deleted_too(empty_store: Store) -> None:
    services = Services(empty_store)
    job = await services.claimed(await services.asked())
    await empty_store.deltas.append(delta(stream_of(job), 0, *words("early")))
    assert await patient(empty_store).delete(stream_of(job).thread_id)
    assert await left(empty_store) == {"events": 1, "deletions": 1}
    assert await patient(empty_store).delete(stream_of(job).thread_id), "all that there is to delete is deleted"
    await empty_store.deltas.append(delta(stream_of(job), 1, *words("late")))
    await empty_store.deletions.collection.update_one({}, {"$set": {"dueAt": job.generation.queued_at}})
    async with deleting(empty_store):
        await all_deleted(empty_store, events=1)


async def test_saving_and_deleting_at_once_leaves_all_or_nothing(store: Store, other_store: Store) -> None:
    """Whoever comes first: a message is saved and deleted with its thread, or refused (decision 1)."""
    for _ in range(5):
        thread = await new_thread(store)
        services = Services(other_store)
        saves = [services.messages.send(thread.id, prompt=f"{n}", generate=False) for n in range(8)]
        outcomes = await in_time(asyncio.gather(*saves, patient(store).delete(thread.id), return_exceptions=True))
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert all(isinstance(one, InputError) and one.reason is ErrorCode.NOT_FOUND for one in failed), failed
        assert await store.messages.collection.count_documents({"threadId": thread.id}) == 0
        assert await store.events.collection.count_documents({"threadId": thread.id}) == 1
