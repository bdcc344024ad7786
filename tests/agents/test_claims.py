"""Jobs are leased: one worker at a time, taken over when it is gone, given up when that happens too often."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import DuplicateKeyError
from tests.agents.services import EXPIRED, LEASE, Services, stream_of
from tests.support import counts, delta, helper, in_time, new_thread, stream_at, text, wait_until, words

from weft.agents.claims import MOST_ATTEMPTS
from weft.agents.run import Job, LeaseLost
from weft.agents.turns import record_lost
from weft.agents.worker import Worker
from weft.storage.changes import Change
from weft.storage.owners import this_process
from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads.events import EventKind
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason, MessageStatus
from weft.threads.positions import ui_key
from weft.threads.streams import Stream, StreamState
from weft.threads.usage import NO_USAGE, Usage


async def holds(store: Store, job: Job) -> bool:
    async def ask(session: Session) -> bool:
        return await store.generations.holds(session, job.generation.id, job.lease_id)

    async with store.database.client.start_session() as session:
        return await session.with_transaction(ask)


async def claimable(services: Services, generation: Generation) -> bool:
    jobs = await services.store.generations.claimable(list(services.agents), 1000)
    return generation.id in {job.id for job in jobs}


async def stored_stream(services: Services, job: Job) -> Stream:
    found = await services.streams.get(stream_of(job).id)
    assert found is not None
    return found


async def test_a_claim_starts_the_job_and_its_stream_together(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    before = (await services.told(generation.thread_id), await store.threads.get(generation.thread_id))
    job = await services.claimed(generation)
    stream = stream_of(job)
    assert (job.prompt.id, job.reply.id) == (generation.prompt_message_id, generation.reply_message_id)
    assert job.generation == await services.job(generation)
    assert (job.generation.status, job.generation.attempts) == (GenerationStatus.RUNNING, 1)
    assert job.generation.stream_id == stream.id
    assert stream == await stored_stream(services, job)
    assert (stream.state, stream.order, stream.step_order) == (StreamState.STREAMING, 0, 1)
    assert (stream.agent_name, stream.generation_id) == ("helper", generation.id)
    told = await services.told(generation.thread_id)
    assert told == [*before[0], EventKind.STREAM_STARTED, EventKind.GENERATION_CHANGED]
    assert stream.start_seq == len(told)


@pytest.mark.parametrize("stream", [True, False, None])
async def test_what_a_claim_says_of_the_job_is_what_is_stored(
    store: Store, other_store: Store, stream: bool | None
) -> None:
    services, others = Services(store), Services(other_store)
    options = GenerationOptions() if stream is None else GenerationOptions(stream=stream)
    thread = await new_thread(store)
    generation = (await services.messages.send(thread.id, agent_name="helper", prompt="Hi", options=options)).generation
    assert generation is not None
    first = await services.claimed(generation, EXPIRED)
    assert first.generation == await services.job(generation)
    second = await others.claimed(generation)
    assert second.generation == await others.job(generation)
    assert (second.generation.attempts, second.generation.stalled) == (2, 2)
    assert second.generation.started_at == first.generation.started_at
    assert (second.stream is None, second.generation.stream_id is None) == (stream is False, stream is False)


async def test_a_job_that_is_held_is_not_claimed_again(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.claimed(generation)
    before = await counts(store)
    assert await services.claim(generation) is None
    assert not await claimable(services, generation)
    assert await counts(store) == before
    assert await holds(store, job)


async def test_of_many_workers_in_two_processes_one_gets_the_job(store: Store, other_store: Store) -> None:
    workers = (Services(store), Services(other_store))
    for _ in range(5):
        generation = await workers[0].asked()
        claims = [workers[number % 2].claim(generation) for number in range(12)]
        jobs = [job for job in await in_time(asyncio.gather(*claims)) if job is not None]
        assert len(jobs) == 1
        assert await holds(store, jobs[0])
        assert len(await workers[0].told(generation.thread_id)) == 6


async def test_a_lease_ends_by_the_clock_of_the_database(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.claimed(generation, timedelta(milliseconds=100))
    left = await store.generations.next_expiry(["helper"])
    assert left is not None
    assert left <= timedelta(milliseconds=100)
    await wait_until(lambda: claimable(services, generation))
    assert await holds(store, job), "until somebody else takes the job, its worker may still end it"


async def test_a_renewed_lease_is_the_holders_for_longer(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.claimed(generation, EXPIRED)
    assert await claimable(services, generation)
    assert await store.generations.renew(generation.id, job.lease_id, LEASE)
    assert not await claimable(services, generation)
    assert await services.claim(generation) is None
    assert not await store.generations.renew(generation.id, "somebody else", LEASE)


async def test_a_released_job_can_be_claimed_at_once(store: Store, other_store: Store) -> None:
    services, others = Services(store), Services(other_store)
    generation = await services.asked()
    job = await services.claimed(generation)
    await store.generations.release(generation.id, "somebody else")
    assert await others.claim(generation) is None
    await store.generations.release(generation.id, job.lease_id)
    assert (await others.claimed(generation)).generation.attempts == 2


async def test_a_takeover_closes_the_old_stream_and_starts_one_at_the_same_key(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    first = await services.claimed(generation, EXPIRED)
    await store.deltas.append(delta(stream_of(first), 0, {"type": "text-start", "id": "0"}, *words("Half an ans")))
    second = await services.claimed(generation)
    old, new = await stored_stream(services, first), await stored_stream(services, second)
    assert (old.state, old.abort_reason, old.end) == (StreamState.ABORTED, "Restarting", 2)
    assert (new.state, new.end, second.generation.attempts) == (StreamState.STREAMING, 0, 2)
    assert ui_key(new.thread_id, new.order, new.step_order) == ui_key(old.thread_id, old.order, old.step_order)
    assert await services.told(generation.thread_id, after=stream_of(first).start_seq + 1) == [
        EventKind.STREAM_ENDED,
        EventKind.STREAM_STARTED,
        EventKind.GENERATION_CHANGED,
    ]
    assert (await holds(store, first), await holds(store, second)) == (False, True)
    assert not await store.generations.renew(generation.id, first.lease_id, LEASE)
    assert (await services.reply(generation)).status is MessageStatus.PENDING


async def test_an_attempt_that_was_taken_over_ends_nothing(store: Store) -> None:
    services = Services(store, helper("An old answer.", "A new answer."))
    generation = await services.asked()
    first = await services.claimed(generation, EXPIRED)
    second = await services.claimed(generation)
    with pytest.raises(LeaseLost):
        await in_time(services.attempt(first).run())
    assert (await services.job(generation)).status is GenerationStatus.RUNNING
    await in_time(services.attempt(second).run())
    assert (await services.reply(generation)).text == "A new answer."
    assert (await services.job(generation)).status is GenerationStatus.SUCCEEDED


async def test_a_turn_has_one_live_stream_at_most(empty_store: Store) -> None:
    services = Services(empty_store)
    generation = await services.asked()
    job = await services.claimed(generation)
    before = await counts(empty_store)

    async def another(change: Change) -> Stream:
        return await change.start_stream(stream_at(0, 2, thread_id=generation.thread_id))

    with pytest.raises(DuplicateKeyError):
        await empty_store.change(generation.thread_id, another)
    assert await counts(empty_store) == before
    assert await empty_store.streams.page(generation.thread_id, 0, list(StreamState)) == [job.stream]


async def test_a_job_whose_worker_is_lost_too_often_is_given_up_with_what_it_wrote(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    jobs = [await services.claimed(generation, EXPIRED) for _ in range(MOST_ATTEMPTS)]
    written = [{"type": "text-start", "id": "0"}, *words("Half an answer ")]
    await store.deltas.append(delta(stream_of(jobs[-1]), 0, *written))
    assert await services.claim(generation) is None
    ended, reply = await services.job(generation), await services.reply(generation)
    error = f"given up after {MOST_ATTEMPTS} attempts; the worker was lost each time"
    assert (ended.status, ended.error, ended.attempts) == (GenerationStatus.FAILED, error, MOST_ATTEMPTS)
    assert (reply.status, reply.error, reply.finish_reason) == (MessageStatus.FAILED, error, FinishReason.ERROR)
    assert reply.content == text("Half an answer ")
    assert [(await stored_stream(services, job)).state for job in jobs] == [StreamState.ABORTED] * MOST_ATTEMPTS
    assert (await stored_stream(services, jobs[-1])).end == 2
    assert not await claimable(services, generation)
    assert await services.claim(generation) is None


async def test_a_job_whose_reply_is_gone_is_aborted(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    await store.messages.collection.delete_one({"_id": generation.reply_message_id})
    assert await services.claim(generation) is None
    ended = await services.job(generation)
    assert (ended.status, ended.error) == (GenerationStatus.ABORTED, "its message was deleted")


async def test_what_has_ended_or_never_was_cannot_be_claimed(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    await services.generations.abort(generation.id)
    before = await counts(store)
    assert await services.claim(generation) is None
    assert await services.claim(replace(generation, id="gen_none")) is None
    assert await counts(store) == before


# ---------------------------------------------------------------- what a worker finds to do


async def test_lost_jobs_are_found_before_queued_ones_and_the_oldest_first(empty_store: Store) -> None:
    services = Services(empty_store)
    generations = [await services.asked() for _ in range(5)]
    await services.claimed(generations[3], EXPIRED)
    await services.claimed(generations[1])
    wanted = [generations[number].id for number in (3, 0, 2, 4)]
    jobs = await empty_store.generations.claimable(["helper"], 100)
    assert [job.id for job in jobs] == wanted
    assert [job.id for job in await empty_store.generations.claimable(["helper"], 2)] == wanted[:2]


async def test_a_worker_finds_only_the_jobs_of_its_own_agents(empty_store: Store) -> None:
    helpers, strangers = Services(empty_store), Services(empty_store, helper(name="stranger"))
    generation, foreign = await helpers.asked(), await strangers.asked()
    lost = await strangers.asked()
    await strangers.claimed(lost, EXPIRED)
    assert [job.id for job in await empty_store.generations.claimable(["helper"], 10)] == [generation.id]
    assert [job.id for job in await empty_store.generations.claimable(["stranger"], 10)] == [lost.id, foreign.id]
    assert await empty_store.generations.next_expiry(["helper"]) is None
    assert await empty_store.generations.next_expiry(["helper", "stranger"]) is not None


async def test_the_next_expiry_is_that_of_the_first_lease_to_end(empty_store: Store) -> None:
    services = Services(empty_store)
    assert await empty_store.generations.next_expiry(["helper"]) is None
    for hours in (3, 1, 2):
        await services.claimed(await services.asked(), timedelta(hours=hours))
    left = await empty_store.generations.next_expiry(["helper"])
    assert left is not None
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


async def test_leases_of_processes_that_are_gone_are_ended_at_once(empty_store: Store) -> None:
    services = Services(empty_store)
    mine, lost, far = [await services.asked() for _ in range(3)]
    for generation in (mine, lost, far):
        await services.claimed(generation)
    owners = {lost.id: f"{this_process().partition('|')[0]}|1073741824|never", far.id: "another machine|1|never"}
    for id_, owner in owners.items():
        await empty_store.generations.collection.update_one({"_id": id_}, {"$set": {"leaseOwner": owner}})
    assert await empty_store.generations.release_orphans() == 1
    assert [job.id for job in await empty_store.generations.claimable(["helper"], 10)] == [lost.id]


async def test_usage_is_recorded_by_the_newest_attempt_also_after_its_end(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    first = await services.claimed(generation, EXPIRED)
    second = await services.claimed(generation)
    await record_lost(store, generation, first.lease_id, Usage(1, 1, 2))
    assert (await services.job(generation)).usage == NO_USAGE
    await services.generations.abort(generation.id)
    await record_lost(store, generation, second.lease_id, Usage(3, 4, 7))
    ended = await services.job(generation)
    assert (ended.status, ended.usage) == (GenerationStatus.ABORTED, Usage(3, 4, 7))


async def test_a_job_that_cannot_be_claimed_does_not_stop_the_worker(empty_store: Store) -> None:
    services = Services(empty_store)
    spoilt, good = await services.asked(), await services.asked()
    await empty_store.messages.collection.update_one({"_id": spoilt.prompt_message_id}, {"$unset": {"role": ""}})
    with pytest.raises(KeyError):
        await services.claim(spoilt)
    working = asyncio.create_task(Worker(services.weft, services.agents).run())

    async def answered() -> bool:
        return (await services.job(good)).status is GenerationStatus.SUCCEEDED

    await wait_until(answered)
    assert not working.done()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (await services.reply(good)).text == "Yes."
