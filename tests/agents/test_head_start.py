"""A job is begun by the change that stores it, where its process has room; nothing is lost or done twice for it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from tests.agents.services import EXPIRED, Services, stream_of
from tests.support import in_time, new_thread, wait_until

from weft import Agent
from weft.agents.messages import Sent
from weft.agents.weft import Weft
from weft.agents.worker import Worker
from weft.errors import RateLimitedError, UnavailableError
from weft.storage.store import Store
from weft.storage.types import Session
from weft.testing import Finish, FinishReason, ModelEvent, ModelRequest, TextDelta
from weft.threads.events import EventKind
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.quotas import Quota
from weft.threads.threads import Thread

RUNNING, QUEUED, SUCCEEDED = GenerationStatus.RUNNING, GenerationStatus.QUEUED, GenerationStatus.SUCCEEDED
ONE = Quota("ann's", 1)


class Held:
    """A model that answers "Yes." once it is told to go on; `asked` counts its calls."""

    provider = "held"
    name = "held"

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = 0

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.asked += 1
        await self.go.wait()
        yield TextDelta("Yes.")
        yield Finish(FinishReason.STOP)


class Office(Services):
    """A process whose worker is at work, for so many answers at once."""

    def __init__(self, store: Store, room: int = 10) -> None:
        self.model = Held()
        super().__init__(store, Agent("helper", model=self.model))
        self.worker = Worker(self.weft, self.agents, lease=timedelta(minutes=1), concurrency=room)
        self.messages = self.weft.messages = type(self.messages)(store, self.agents, worker=self.worker)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None, None]:
        self.working = asyncio.create_task(self.worker.run())
        try:
            await wait_until(self.works)
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        self.working.cancel()
        await asyncio.wait([self.working])

    def works(self) -> bool:
        """Whether it lets answers begin."""
        if kept := self.worker.keep_room(self.agents["helper"]):
            self.worker.free_room()
        return kept

    async def done(self, generation: Generation) -> bool:
        return (await self.job(generation)).status is SUCCEEDED


async def job_of(sent: Sent) -> Generation:
    assert sent.generation is not None
    return sent.generation


async def test_an_answer_begins_in_the_change_that_stores_its_prompt(empty_store: Store) -> None:
    office = Office(empty_store)
    async with office.open():
        generation = await office.asked()
        assert (generation.status, generation.attempts, generation.stalled) == (RUNNING, 1, 1)
        assert generation == await office.job(generation)
        told = await office.told(generation.thread_id)
        assert told == [
            EventKind.MESSAGE_SAVED,
            EventKind.MESSAGE_SAVED,
            EventKind.STREAM_STARTED,
            EventKind.GENERATION_CHANGED,
            EventKind.THREAD_CHANGED,
        ]
        office.model.go.set()
        await wait_until(lambda: office.done(generation))
        assert (await office.reply(generation)).text == "Yes."
    assert office.model.asked == 1


async def test_an_answer_that_shows_nothing_begins_at_once_too(empty_store: Store) -> None:
    office = Office(empty_store)
    async with office.open():
        thread = await new_thread(empty_store)
        options = GenerationOptions(stream=False)
        generation = await job_of(await office.messages.send(thread.id, prompt="Hi", options=options))
        assert (generation.status, generation.stream_id) == (RUNNING, None)
        assert EventKind.STREAM_STARTED not in await office.told(thread.id)
        office.model.go.set()
        await wait_until(lambda: office.done(generation))


async def test_what_there_is_no_room_for_waits_for_it(empty_store: Store) -> None:
    office = Office(empty_store, room=2)
    async with office.open():
        sending = [office.asked() for _ in range(6)]
        jobs = await asyncio.gather(*sending)
        assert sorted(job.status.value for job in jobs) == ["queued"] * 4 + ["running"] * 2
        office.model.go.set()
        for job in jobs:
            await wait_until(partial(office.done, job))
    assert office.model.asked == 6


async def test_nobody_is_answered_before_those_who_found_no_room(empty_store: Store) -> None:
    office = Office(empty_store, room=1)
    office.model.go.set()
    async with office.open():
        assert office.worker.keep_room(office.agents["helper"])
        first = await office.asked("first")
        office.worker.free_room()
        second = await office.asked("second")
        assert (first.status, second.status) == (QUEUED, QUEUED)
        office.worker.wake()
        await wait_until(partial(office.done, second))
        started = [(await office.job(job)).started_at for job in (first, second)]
        assert started == sorted(time for time in started if time)
        await wait_until(office.works)
        assert (await office.asked("third")).status is RUNNING


async def test_nobody_else_takes_a_job_that_was_begun_so(empty_store: Store) -> None:
    office, other = Office(empty_store), Services(empty_store)
    async with office.open():
        generation = await office.asked()
        assert await other.claim(generation) is None
        assert generation.id not in {job.id for job in await empty_store.generations.claimable(["helper"], 1000)}


async def test_its_lease_ends_like_any_other_when_its_process_is_gone(empty_store: Store) -> None:
    office, other = Office(empty_store), Services(empty_store)
    office.worker.lease = EXPIRED
    async with office.open():
        generation = await office.asked()
        again = await other.claimed(generation)
        assert (again.generation.attempts, again.generation.stalled) == (2, 2)
        first = await empty_store.streams.get(generation.stream_id or "")
        assert first is not None
        assert first.abort_reason == "Restarting"
        assert stream_of(again).id != first.id


async def test_a_worker_that_stops_gives_it_back(empty_store: Store) -> None:
    office, other = Office(empty_store), Services(empty_store)
    async with office.open():
        generation = await office.asked()
        await wait_until(lambda: office.model.asked == 1)
    stored = await other.job(generation)
    assert (stored.status, stored.attempts, stored.stalled) == (QUEUED, 0, 0)
    assert (await other.claimed(generation)).generation.attempts == 1


async def test_a_worker_that_stopped_while_the_job_was_being_stored_gives_it_back(empty_store: Store) -> None:
    office = Office(empty_store)
    thread = await new_thread(empty_store)
    async with office.open():
        async with empty_store.database.client.start_session() as session, await session.start_transaction():
            await held(empty_store, thread, session)
            sending = asyncio.create_task(office.messages.send(thread.id, prompt="Hi"))
            await wait_until(lambda: office.worker.free == 9)
            await office.close()
        generation = await job_of(await in_time(sending))
        assert generation.status is RUNNING
        await wait_until(lambda: is_queued(office, generation))
    assert office.model.asked == 0


async def test_what_came_back_when_the_worker_had_stopped_is_given_back_before_weft_ends(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left then who would do it; the thread would stay locked by what was broken off."""
    helper = Agent("helper", model=Held())
    thread = await new_thread(empty_store)
    release = empty_store.generations.release

    async def at_last(generation_id: str, lease_id: str, *, in_good_order: bool = False) -> None:
        await wait_until(lambda: not weft.feed_open)
        await release(generation_id, lease_id, in_good_order=in_good_order)

    monkeypatch.setattr(empty_store.generations, "release", at_last)
    async with Weft(empty_store, [helper]) as weft:
        await wait_until(lambda: weft.worker.keep_room(helper))
        free = weft.worker.free
        async with empty_store.database.client.start_session() as session, await session.start_transaction():
            await held(empty_store, thread, session)
            sending = asyncio.create_task(weft.messages.send(thread.id, prompt="Hi"))
            await wait_until(lambda: weft.worker.free == free - 1)
            await weft.stop_working()
        generation = await job_of(await in_time(sending))
    stored = await empty_store.generations.get(generation.id)
    assert stored is not None
    assert (generation.status, stored.status) == (RUNNING, QUEUED)


async def held(store: Store, thread: Thread, session: Session) -> None:
    """Until the session's transaction ends nobody changes the thread."""
    await store.threads.collection.update_one({"_id": thread.id}, {"$set": {"updatedAt": None}}, session=session)


async def is_queued(office: Office, generation: Generation) -> bool:
    return (await office.job(generation)).status is QUEUED


async def test_who_is_refused_leaves_no_job_and_takes_no_room(empty_store: Store) -> None:
    office = Office(empty_store, room=2)
    first, second = [await new_thread(empty_store) for _ in range(2)]
    async with office.open():
        assert (await job_of(await office.messages.send(first.id, prompt="Hi", quota=ONE))).status is RUNNING
        for _ in range(3):
            with pytest.raises(RateLimitedError):
                await office.messages.send(second.id, prompt="Hi", quota=ONE)
        assert await empty_store.threads.get(second.id) == second
        assert await whole(empty_store, second.id)
        assert (await office.asked()).status is RUNNING


async def test_the_same_message_sent_many_times_at_once_is_answered_once(empty_store: Store) -> None:
    office = Office(empty_store)
    thread = await new_thread(empty_store)
    async with office.open():
        office.model.go.set()
        sends = [office.messages.send(thread.id, prompt="Hi", client_id="c1") for _ in range(8)]
        jobs = [await job_of(sent) for sent in await asyncio.gather(*sends)]
        assert len({job.id for job in jobs}) == 1
        await wait_until(lambda: office.done(jobs[0]))
    assert office.model.asked == 1
    assert (await office.job(jobs[0])).attempts == 1


def moments() -> Iterator[float]:
    """When to break off, in seconds: from before the first statement to after the commit."""
    return (number * 0.0005 for number in range(60))


async def test_a_sender_who_is_gone_at_any_moment_is_answered_or_has_sent_nothing(empty_store: Store) -> None:
    """Whatever was stored is answered, without waiting for the lease of a minute to end."""
    office = Office(empty_store, room=100)
    office.model.go.set()
    threads = [await new_thread(empty_store) for _ in moments()]
    async with office.weft, office.open():
        for thread, seconds in zip(threads, moments(), strict=True):
            sending = asyncio.create_task(office.messages.send(thread.id, prompt="Hi"))
            await asyncio.wait([sending], timeout=seconds)
            sending.cancel()
            await asyncio.wait([sending])
        for thread in threads:
            await wait_until(partial(whole, empty_store, thread.id))


async def whole(store: Store, thread_id: str) -> bool:
    """Whether a thread has no message, or one that is answered."""
    jobs = await store.generations.collection.find({"threadId": thread_id}).to_list()
    rows = await store.messages.turns(thread_id, [0])
    return (not rows and not jobs) or [job["status"] for job in jobs] == [SUCCEEDED.value]


async def test_a_store_that_fails_leaves_room_as_it_was(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(empty_store, room=1)
    thread = await new_thread(empty_store)
    async with office.open():
        async with empty_store.database.client.start_session() as session, await session.start_transaction():
            await held(empty_store, thread, session)
            monkeypatch.setattr("weft.storage.store._DEADLINE_SECONDS", 0.2)
            with pytest.raises(UnavailableError):
                await office.messages.send(thread.id, prompt="Hi")
            monkeypatch.undo()
        assert office.worker.free == 1
        assert (await office.asked()).status is RUNNING
