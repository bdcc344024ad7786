"""A new embedding model takes the place of an old one while searches go on (row 160)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.agents.embedding import HASTY, Counting, embedded, embedding_agent, entry, failure, save, until_embedded
from tests.support import new_thread, wait_until

from weft.agents.agent import Agent
from weft.agents.search import Query
from weft.agents.weft import Weft
from weft.errors import ConfigError, ErrorCode, InputError
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.store import Store
from weft.storage.types import Client
from weft.threads.embeddings import Migration, MigrationState
from weft.threads.search import Reach, SearchOptions

OLD, NEW = "test:old", "test:new"


@asynccontextmanager
async def opened(
    store: Store, *agents: Agent, models: list[EmbeddingModel] | None = None, work: bool = True
) -> AsyncGenerator[Weft, None]:
    """Weft that follows at once what others begin."""
    async with Weft(store, agents, work=work, embedding_models=models or []) as weft:
        weft.embeddings.settle = timedelta(0)
        if weft.embedder is not None:
            weft.embedder.backoff = HASTY
        yield weft


async def state_of(weft: Weft) -> Migration:
    (status,) = await weft.embeddings.migrations()
    return status.migration


async def until(weft: Weft, state: MigrationState) -> None:
    async def holds() -> bool:
        return (await state_of(weft)).state is state

    await wait_until(holds)


async def found_with(weft: Weft, model: Counting, text: str) -> list[str]:
    """What a search by meaning finds for an agent with this model."""
    options = SearchOptions(text=False, vector=True, threshold=0.5)
    hits = await weft.search.find(Query(text, Reach(), options, model))
    return [hit.message_id for hit in hits]


async def test_160_from_the_old_model_to_the_new_one_and_nothing_is_left_of_the_old(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        rows = await save(weft, thread.id, "the red bicycle", *(f"number {n}" for n in range(600)))
        await save(weft, thread.id, *(f"number {n}" for n in range(600)))
        await until_embedded(empty_store, 1201, old.space)

        begun = await weft.embeddings.migrate(old, NEW)
        assert (begun.state, begun.total) == (MigrationState.RUNNING, 1201)
        await until(weft, MigrationState.READY)
        assert await embedded(empty_store, old.space, new.space) == 1201
        (status,) = await weft.embeddings.migrations()
        assert (status.done, status.failed) == (1201, 0)

        old.calls.clear()
        await found_with(weft, old, "before the switch")
        assert old.texts == ["before the switch"]
        assert (await weft.embeddings.switch(OLD, NEW)).state is MigrationState.SWITCHED
        assert await found_with(weft, old, "a red bicycle") == [rows[0].id]
        assert old.texts == ["before the switch"]

        await weft.embeddings.delete_old(OLD, NEW)
        await until(weft, MigrationState.DONE)
        assert (await state_of(weft)).removed == 1201
        assert await embedded(empty_store, old.space) == 0
        assert await embedded(empty_store, new.space) == 1201
        assert set((await entry(empty_store, rows[0].id))["vectors"]) == {new.space.key}


async def test_160_new_messages_get_both_vectors_until_it_is_switched_and_then_only_the_new(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        await weft.embeddings.migrate(old, new)
        (during,) = await save(weft, thread.id, "during")
        await until_embedded(empty_store, 1, old.space, new.space)
        await until(weft, MigrationState.READY)
        (ready,) = await save(weft, thread.id, "ready")
        await until_embedded(empty_store, 2, old.space, new.space)
        await weft.embeddings.switch(old, new)
        (after,) = await save(weft, thread.id, "after")
        await until_embedded(empty_store, 3, new.space)
    both = sorted([old.space.key, new.space.key])
    spaces = [sorted((await entry(empty_store, row.id))["spaces"]) for row in (during, ready, after)]
    assert spaces == [both, both, [new.space.key]]


async def test_160_it_goes_on_where_it_was_when_its_process_has_gone(client: Client, empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, *(f"number {n}" for n in range(600)))
        await until_embedded(empty_store, 600, old.space)
        new.gate.clear()
        await weft.embeddings.migrate(old, new)
        await wait_until(lambda: bool(new.calls))
    assert await embedded(empty_store, new.space) == 0
    again = Counting("new")
    async with opened(Store(client[empty_store.database.name]), embedding_agent(old), models=[again]) as weft:
        await until(weft, MigrationState.READY)
    assert await embedded(empty_store, new.space) == 600
    assert set(again.texts) == {f"number {n}" for n in range(600)}


async def test_160_what_has_the_new_vector_is_not_embedded_again(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        rows = await save(weft, thread.id, "one", "two", "three")
        await until_embedded(empty_store, 3, old.space)
        await weft.embeddings.embed([rows[1].id], new)
        for _ in range(2):
            await weft.embeddings.migrate(old, new)
            await until(weft, MigrationState.READY)
    assert sorted(new.texts) == ["one", "three", "two"]


async def test_160_what_waits_for_the_old_models_vector_gets_the_new_one_too(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), work=False) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "one", "two")
    async with opened(empty_store, embedding_agent(old), models=[new], work=False) as weft:
        await weft.embeddings.migrate(old, new)
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        await until(weft, MigrationState.READY)
        await until_embedded(empty_store, 2, old.space, new.space)


async def test_160_other_processes_follow_by_themselves(client: Client, empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    there = Store(client[empty_store.database.name])
    async with (
        opened(empty_store, embedding_agent(old), models=[new]) as weft,
        Weft(there, [embedding_agent(old)], work=False, embedding_models=[new]) as other,
    ):
        await weft.embeddings.migrate(old, new)
        await wait_until(lambda: there.search_entries.embed_with == (OLD, NEW))
        await until(weft, MigrationState.READY)
        await weft.embeddings.switch(old, new)
        await wait_until(lambda: other.embeddings.current(old) is new)
        assert there.search_entries.embed_with == (NEW,)


async def test_160_a_cancelled_migration_makes_no_more_vectors_and_may_begin_again(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, *(f"number {n}" for n in range(300)))
        await until_embedded(empty_store, 300, old.space)
        new.fails = lambda _: failure("overloaded", 503, retry_after=3600)
        await weft.embeddings.migrate(old, new)
        await wait_until(lambda: bool(new.calls))
        assert (await weft.embeddings.cancel(old, new)).state is MigrationState.CANCELLED
        assert empty_store.search_entries.embed_with == (OLD,)
        await wait_until(lambda: _nothing_waits(weft))
        assert weft.embeddings.current(old) is old
    new.fails = lambda _: None
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        await weft.embeddings.migrate(old, new)
        await until(weft, MigrationState.READY)
        assert await embedded(empty_store, new.space) == 300


async def test_160_the_way_back_is_a_migration_too(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "first")
        await until_embedded(empty_store, 1, old.space)
        await _moved(weft, old, new)
        await save(weft, thread.id, "second")
        await until_embedded(empty_store, 2, new.space)
        await weft.embeddings.migrate(new, old)

        async def ready() -> bool:
            ways = {each.migration.to_model: each.migration.state for each in await weft.embeddings.migrations()}
            return ways[OLD] is MigrationState.READY

        await wait_until(ready)
        with pytest.raises(InputError, match="cancel that first"):
            await weft.embeddings.delete_old(old, new)
        await weft.embeddings.switch(new, old)
        assert weft.embeddings.current(old) is old
        assert weft.embeddings.current(new) is old
        assert await embedded(empty_store, old.space) == 2


async def test_160_models_follow_one_another(empty_store: Store) -> None:
    old, new, third = Counting("old"), Counting("new"), Counting("third")
    async with opened(empty_store, embedding_agent(old), models=[new, third]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "first")
        await until_embedded(empty_store, 1, old.space)
        await _moved(weft, old, new)
        await weft.embeddings.migrate(new, third)
        assert set(empty_store.search_entries.embed_with) == {NEW, "test:third"}

        async def ready() -> bool:
            return (await weft.embeddings.migrations())[1].migration.state is MigrationState.READY

        await wait_until(ready)
        await weft.embeddings.switch(new, third)
        assert weft.embeddings.current(old) is third
        assert empty_store.search_entries.embed_with == ("test:third",)


async def test_160_texts_that_the_new_model_refuses_do_not_hold_it_up_and_are_counted(empty_store: Store) -> None:
    old, new = Counting("old"), Counting("new")
    new.fails = lambda texts: failure("invalid_request_error", 400) if "poison" in texts else None
    async with opened(empty_store, embedding_agent(old), models=[new]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "one", "poison", "two")
        await until_embedded(empty_store, 3, old.space)
        await weft.embeddings.migrate(old, new)
        await until(weft, MigrationState.READY)
        (status,) = await weft.embeddings.migrations()
        assert (status.done, status.failed) == (2, 1)
        new.fails = lambda _: None
        assert await weft.embeddings.retry(NEW) == 1
        await until_embedded(empty_store, 3, new.space)


async def test_160_status_says_how_it_stands_with_each_model(empty_store: Store) -> None:
    old, broken = Counting("old"), Counting("broken")
    broken.fails = lambda _: failure("invalid_api_key", 401, retry_after=3600)
    async with opened(empty_store, embedding_agent(old), embedding_agent(broken, "broken")) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "one", "two")

        async def told() -> bool:
            first, _ = await weft.embeddings.status()
            return first.trouble is not None and await embedded(empty_store, old.space) == 2

        await wait_until(told)
        first, second = await weft.embeddings.status()
    assert (first.model, first.stored, first.waiting, first.trouble) == ("test:broken", 0, 2, "invalid_api_key")
    assert (second.model, second.stored, second.waiting, second.trouble) == (OLD, 2, 0, None)


@pytest.mark.parametrize(
    ("call", "reason"),
    [("switch", ErrorCode.NOT_FOUND), ("delete_old", ErrorCode.NOT_FOUND), ("cancel", ErrorCode.NOT_FOUND)],
)
async def test_160_what_was_not_begun_cannot_go_on(weft: Weft, call: str, reason: ErrorCode) -> None:
    with pytest.raises(InputError) as refused:
        await getattr(weft.embeddings, call)("test:a", "test:b")
    assert refused.value.reason is reason


async def test_160_steps_are_taken_in_their_order(empty_store: Store) -> None:
    old, new, other = Counting("old"), Counting("new"), Counting("other")
    new.gate.clear()
    embeddings: Any
    async with opened(empty_store, embedding_agent(old), models=[new, other]) as weft:
        embeddings = weft.embeddings
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "hello")
        await until_embedded(empty_store, 1, old.space)
        await embeddings.migrate(old, new)
        for early in (embeddings.switch, embeddings.delete_old):
            with pytest.raises(InputError, match="is running") as refused:
                await early(old, new)
            assert refused.value.reason is ErrorCode.CONFLICT
        with pytest.raises(InputError, match="cancel it"):
            await embeddings.migrate(old, other)
        with pytest.raises(InputError, match="wait for its end"):
            await embeddings.migrate(new, old)
        new.gate.set()
        await until(weft, MigrationState.READY)
        with pytest.raises(InputError, match="switch first"):
            await embeddings.delete_old(old, new)
        for _ in range(2):
            await embeddings.switch(old, new)
        with pytest.raises(InputError, match="to go back"):
            await embeddings.cancel(old, new)
        for _ in range(2):
            await embeddings.delete_old(old, new)
        await until(weft, MigrationState.DONE)
        assert (await embeddings.migrate(old, new)).state is MigrationState.DONE


async def test_160_models_that_nobody_knows_or_has_are_refused(empty_store: Store) -> None:
    old = Counting("old")
    async with opened(empty_store, embedding_agent(old), work=False) as weft:
        with pytest.raises(ConfigError, match="test:new"):
            await weft.embeddings.migrate(old, NEW)
        with pytest.raises(InputError, match="another model"):
            await weft.embeddings.migrate(old, OLD)
        with pytest.raises(InputError, match="no agent has") as refused:
            await weft.embeddings.migrate("openai:never-used", old)
        assert refused.value.reason is ErrorCode.NOT_FOUND
        weft.embeddings.register(Counting("new"))
        assert spec_of(Counting("new")) == NEW
        assert (await weft.embeddings.migrate(old, NEW)).total == 0


async def _moved(weft: Weft, old: Counting, new: Counting) -> None:
    await weft.embeddings.migrate(old, new)
    await until(weft, MigrationState.READY)
    await weft.embeddings.switch(old, new)


async def _nothing_waits(weft: Weft) -> bool:
    return not await weft.store.embedding_queue.pending()
