"""How many answers of one viewer may be under way: as many as the limit says, exactly, however many ask at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.agents.services import Services
from tests.support import new_thread

from weft import Agent
from weft.agents.access.seen import seen_by
from weft.agents.messages import Sent
from weft.agents.weft import Weft
from weft.errors import RateLimitedError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.storage.types import Database
from weft.testing import ScriptedModel
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.paging import PageRequest
from weft.threads.quotas import Quota
from weft.threads.viewers import Scope, Viewer

ANN = Viewer("ann", (Scope.USER,))
THREE = Quota("ann's", 3)
ONE = Quota("ann's", 1)


@pytest.fixture
def services(empty_store: Store) -> Services:
    return Services(empty_store)


async def sent(services: Services, quota: Quota | None) -> Sent | RateLimitedError:
    """A message in a thread of its own."""
    thread = await new_thread(services.store)
    try:
        return await services.messages.send(thread.id, prompt="Hi", quota=quota)
    except RateLimitedError as error:
        return error


async def started(services: Services, quota: Quota | None) -> Generation:
    outcome = await sent(services, quota)
    assert isinstance(outcome, Sent)
    assert outcome.generation is not None
    return outcome.generation


async def become(services: Services, generation: Generation, status: GenerationStatus) -> None:
    async def work(change: Change) -> None:
        await change.replace_generation(replace(generation, status=status))

    await services.store.change(generation.thread_id, work)


async def test_exactly_so_many_begin_of_those_asked_for_at_once_by_several_servers(db: Database) -> None:
    servers = [Services(Store(db)) for _ in range(3)]
    outcomes = await asyncio.gather(*(sent(server, THREE) for server in servers for _ in range(8)))
    assert len([each for each in outcomes if isinstance(each, Sent)]) == 3
    again = await asyncio.gather(*(sent(server, THREE) for server in servers for _ in range(3)))
    assert all(isinstance(each, RateLimitedError) for each in again)


async def test_who_is_refused_is_told_the_limit_and_nothing_is_stored(services: Services) -> None:
    await started(services, ONE)
    thread = await new_thread(services.store)
    with pytest.raises(RateLimitedError, match="at most 1 answers") as refused:
        await services.messages.send(thread.id, prompt="Hi", quota=ONE)
    assert (refused.value.name, refused.value.retry_after) == ("generations", 2.0)
    assert (await services.messages.page(thread.id, PageRequest())).nodes == []
    assert await services.store.threads.get(thread.id) == thread


async def test_only_what_is_queued_or_running_counts(services: Services) -> None:
    generation = await started(services, ONE)
    for status in GenerationStatus:
        await become(services, generation, status)
        counts = status in (GenerationStatus.QUEUED, GenerationStatus.RUNNING)
        outcome = await sent(services, ONE)
        assert isinstance(outcome, RateLimitedError) == counts
        if isinstance(outcome, Sent) and outcome.generation is not None:
            await services.generations.abort(outcome.generation.id)


async def test_viewers_are_counted_each_for_themselves_and_nobody_without_a_quota(services: Services) -> None:
    await started(services, ONE)
    await started(services, Quota("ann's neighbour", 1))
    for _ in range(3):
        assert (await started(services, None)).holder is None


async def test_an_answer_that_takes_the_place_of_another_is_no_further_one(services: Services) -> None:
    generation = await started(services, ONE)
    again = await services.generations.regenerate(generation.prompt_message_id, quota=ONE)
    once_more = await services.generations.start("helper", again.thread_id, again.prompt_message_id, quota=ONE)
    assert isinstance(await sent(services, ONE), RateLimitedError)
    await services.generations.abort(once_more.id)
    await started(services, ONE)


async def test_what_was_started_before_is_returned_however_many_are_under_way(services: Services) -> None:
    thread = await new_thread(services.store)
    first = await services.messages.send(thread.id, prompt="Hi", client_id="c", quota=ONE)
    assert await services.messages.send(thread.id, prompt="Hi", client_id="c", quota=ONE) == first


async def test_a_message_that_nobody_is_to_answer_needs_no_place(services: Services) -> None:
    await started(services, ONE)
    thread = await new_thread(services.store)
    assert (await services.messages.send(thread.id, prompt="Hi", generate=False, quota=ONE)).generation is None


async def test_answers_that_are_not_stored_are_counted_too(db: Database) -> None:
    asked, may_end = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> str:
        asked.set()
        await may_end.wait()
        return "Done"

    agent = Agent("slow", model=ScriptedModel(["Done"], repeat=True), instructions=slow)
    async with Weft(Store(db), [agent], work=False) as weft:
        first = asyncio.create_task(weft.answers.generate_text("slow", user_id="ann", prompt="Hi", quota=ONE))
        await asyncio.wait_for(asked.wait(), 20)
        with pytest.raises(RateLimitedError):
            await weft.answers.generate_text("slow", user_id="ann", prompt="Hi", quota=ONE)
        may_end.set()
        assert (await first).text == "Done"
        assert (await weft.answers.generate_text("slow", user_id="ann", prompt="Hi", quota=ONE)).text == "Done"


def test_a_user_is_one_holder_whatever_they_came_with_and_who_is_trusted_is_none() -> None:
    anns = Quota.of(ANN, 5)
    assert anns == Quota.of(replace(ANN, key="key_1"), 5)
    assert anns is not None
    assert "ann" not in anns.holder
    keys = Quota.of(Viewer(None, (Scope.USER,), "ann"), 5)
    assert keys is not None
    assert keys.holder != anns.holder
    assert Quota.of(ANN, 0) is None
    assert Quota.of(Viewer("ann", (Scope.SERVICE,)), 5) is None
    assert Quota.of(Viewer("ann", (Scope.ADMIN,)), 5) is None


async def test_every_way_to_start_an_answer_is_counted_for_whoever_asks(db: Database) -> None:
    agent = Agent("helper", model=ScriptedModel(["Hello"], repeat=True))
    async with Weft(Store(db), [agent], work=False, generations_per_viewer=1) as weft:
        anns = seen_by(weft, ANN)
        thread = await anns.threads.create()
        busy = await anns.messages.send((await anns.threads.create()).id, prompt="Hi")
        note = await anns.messages.send(thread.id, prompt="Hi", generate=False)
        assert note.generation is None
        ways: list[Callable[[], Awaitable[object]]] = [
            lambda: anns.messages.send(thread.id, prompt="Hi"),
            lambda: anns.generations.start("helper", thread.id, note.message.id),
            lambda: anns.generations.regenerate(note.message.id, "helper"),
            lambda: anns.answers.generate_text("helper", thread_id=thread.id, prompt="Hi"),
            lambda: anns.answers.generate_object("helper", thread_id=thread.id, prompt="Hi", schema={"type": "object"}),
        ]
        for way in ways:
            with pytest.raises(RateLimitedError):
                await way()
        assert busy.generation is not None
        await anns.generations.abort(busy.generation.id)
        assert (await anns.messages.send(thread.id, prompt="Hi")).generation is not None
        services = seen_by(weft, Viewer(scopes=(Scope.SERVICE,)))
        assert (await services.generations.regenerate(note.message.id, "helper")).holder is None
