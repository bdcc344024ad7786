"""Messages that are saved get their vectors, whatever becomes of the model and the process (rows 157 and 158)."""

import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest
from tests.agents.embedding import (
    HASTY,
    Counting,
    embedded,
    embedding_agent,
    entry,
    save,
    until_embedded,
    working,
)
from tests.support import in_time, new_thread, wait_until

from weft.agents.saving import SaveOptions
from weft.agents.tools.definition import Tool
from weft.agents.weft import Weft
from weft.llm.demo_embeddings import vector_of
from weft.storage.processes import until
from weft.storage.store import Store
from weft.storage.types import Client
from weft.threads.drafts import Draft
from weft.threads.embeddings import LONGEST_TEXT
from weft.threads.messages import MessageRole
from weft.threads.vectors import Embeddings, Space


async def test_157_messages_that_are_saved_get_their_vectors(empty_store: Store) -> None:
    model = Counting()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store, user_id="ann")
        row, _ = await save(weft, thread.id, "Where is Rome?", "In Italy")
        await until_embedded(empty_store, 2, model.space)
        vector = await weft.store.vectors.of_message(row.id, model.space)
    assert vector == pytest.approx(vector_of("Where is Rome?"), abs=1e-6)
    doc = await entry(empty_store, row.id)
    assert not {"embedAt", "embedWith", "embedAttempts", "embedLease", "embedOwner"} & doc.keys()


async def test_157_answers_get_their_vectors_too_and_tool_rows_do_not(empty_store: Store) -> None:
    model = Counting()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        await weft.messages.send(thread.id, agent_name="helper", prompt="Is it so?")
        await until_embedded(empty_store, 2, model.space)
    assert sorted(model.texts) == ["Is it so?", "Yes."]


async def test_158_texts_are_trimmed_and_cut_and_what_says_nothing_is_not_embedded(empty_store: Store) -> None:
    model = Counting()
    long = "\n  " + "x" * 2 * LONGEST_TEXT
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        rows = await save(weft, thread.id, " \t\n ", "  first \n", "   ", long, "last")
        await until_embedded(empty_store, 3, model.space)
        stored = {row.id: await weft.store.vectors.of_message(row.id, model.space) for row in rows}
    assert sorted(model.texts) == ["first", "last", "x" * LONGEST_TEXT]
    assert [vector is not None for vector in stored.values()] == [False, True, False, True, True]
    assert stored[rows[4].id] == pytest.approx(vector_of("last"), abs=1e-6)


async def test_what_is_saved_together_is_embedded_in_few_calls(empty_store: Store) -> None:
    model = Counting()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, *(f"number {n}" for n in range(250)))
        await until_embedded(empty_store, 250, model.space)
    assert sorted(map(len, model.calls)) == [50, 100, 100]


async def test_no_vectors_are_made_when_the_agent_or_the_caller_says_so(empty_store: Store) -> None:
    lazy, model = Counting("lazy"), Counting()
    agents = (embedding_agent(lazy, "lazy", embed_messages=False), embedding_agent(model))
    async with working(empty_store, *agents) as weft:
        thread = await new_thread(empty_store)
        (skipped,) = await save(weft, thread.id, "skipped", skip_embeddings=True)
        await save(weft, thread.id, "wanted")
        await until_embedded(empty_store, 1, model.space)
    assert (model.texts, lazy.texts) == (["wanted"], [])
    assert "embedWith" not in await entry(empty_store, skipped.id)


async def test_agents_that_are_asked_as_tools_embed_with_their_models_too(empty_store: Store) -> None:
    asked, model = Counting("asked"), Counting()
    tool: Tool = embedding_agent(asked, "asked").as_tool()
    async with working(empty_store, embedding_agent(model, tools=[tool])) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "hello")
        await until_embedded(empty_store, 1, model.space, asked.space)


async def test_vectors_that_are_given_are_not_made_again(empty_store: Store) -> None:
    model, other = Counting(), Counting("other")
    given = Embeddings(model.spec, [[1.0, 2.0], None])
    async with working(empty_store, embedding_agent(model), embedding_agent(other, "other")) as weft:
        thread = await new_thread(empty_store)
        first, second = await save(weft, thread.id, "first", "second", embeddings=given)
        await until_embedded(empty_store, 2, other.space)
        assert (model.texts, sorted(other.texts)) == (["second"], ["first", "second"])
        assert await weft.store.vectors.of_message(first.id, Space(model.spec, 2)) == [1.0, 2.0]
        assert await weft.store.vectors.of_message(second.id, model.space) is not None


async def test_a_message_that_changes_gets_the_vector_of_what_it_says_now(empty_store: Store) -> None:
    model = Counting()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "before")
        await until_embedded(empty_store, 1, model.space)
        await weft.messages.update(row.id, {"content": [{"type": "text", "text": "after"}]})

        async def holds() -> bool:
            found = await weft.store.vectors.of_message(row.id, model.space)
            return found is not None and np.allclose(found, vector_of("after"), atol=1e-6)

        await wait_until(holds)


async def test_a_message_that_changes_while_its_vector_is_made_never_gets_that_vector(empty_store: Store) -> None:
    model = Counting()
    model.gate.clear()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "before")
        await wait_until(lambda: model.texts == ["before"])
        await weft.messages.update(row.id, {"content": [{"type": "text", "text": "after"}]})
        model.gate.set()
        await until_embedded(empty_store, 1, model.space)
        found = await weft.store.vectors.of_message(row.id, model.space)
    assert found == pytest.approx(vector_of("after"), abs=1e-6)


async def test_a_message_that_is_deleted_while_its_vector_is_made_stays_deleted(empty_store: Store) -> None:
    model = Counting()
    model.gate.clear()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "gone soon")
        await wait_until(lambda: model.texts == ["gone soon"])
        await weft.messages.delete([row.id])
        await save(weft, thread.id, "stays")
        model.gate.set()
        await until_embedded(empty_store, 1, model.space)
    assert await entry(empty_store, row.id) == {}


async def test_processes_share_the_work_and_embed_nothing_twice(client: Client, empty_store: Store) -> None:
    models = [Counting("same") for _ in range(3)]
    async with AsyncExitStack() as stack:
        stores = [Store(client[empty_store.database.name]) for _ in models]
        wefts = [
            await stack.enter_async_context(working(store, embedding_agent(model)))
            for store, model in zip(stores, models, strict=True)
        ]
        threads = [await new_thread(empty_store) for _ in range(8)]
        texts = {thread.id: [f"{thread.id} {n}" for n in range(100)] for thread in threads}
        saves = (save(wefts[n % 3], thread.id, *texts[thread.id]) for n, thread in enumerate(threads))
        await asyncio.gather(*saves)
        await until_embedded(empty_store, 800, models[0].space)
    made = [text for model in models for text in model.texts]
    assert sorted(made) == sorted(text for some in texts.values() for text in some)


async def test_work_is_handed_over_at_the_end_of_a_process(client: Client, empty_store: Store) -> None:
    stuck, model = Counting("same"), Counting("same")
    stuck.gate.clear()
    thread = await new_thread(empty_store)
    async with working(empty_store, embedding_agent(stuck)) as weft:
        await save(weft, thread.id, "hello")
        await wait_until(lambda: stuck.texts == ["hello"])
    async with working(Store(client[empty_store.database.name]), embedding_agent(model)):
        await until_embedded(empty_store, 1, model.space)
    assert model.texts == ["hello"]


async def test_a_lease_that_is_held_is_renewed_and_one_that_was_lost_is_taken_over(empty_store: Store) -> None:
    queue = empty_store.embedding_queue
    async with Weft(empty_store, [embedding_agent(Counting())], work=False) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "hello")
    spec, second = Counting().spec, HASTY.longest * 1000
    (first,) = await queue.claim(spec, "lea_1", second * 60, 10)
    assert await queue.claim(spec, "lea_2", second, 10) == []
    await queue.renew([row.id], "lea_1", -second)
    assert await queue.claim(spec, "lea_2", second, 10) == [first]
    await queue.store({row.id: [1.0, 2.0]}, Space(spec, 2), "lea_1")
    assert "vectors" not in await entry(empty_store, row.id)
    await queue.store({row.id: [3.0, 4.0]}, Space(spec, 2), "lea_2")
    assert await empty_store.vectors.of_message(row.id, Space(spec, 2)) == [3.0, 4.0]


async def test_a_flood_of_saves_holds_few_texts_in_memory(empty_store: Store) -> None:
    model = Counting()
    model.gate.clear()
    async with working(empty_store, embedding_agent(model)) as weft:
        threads = [await new_thread(empty_store) for _ in range(10)]
        texts = [f"number {n}" for n in range(1000)]
        await asyncio.gather(*(save(weft, thread.id, *texts) for thread in threads))
        await wait_until(lambda: len(model.calls) == 3)
        assert await empty_store.embedding_queue.waiting(model.spec) == 10_000
        assert sum(map(len, model.calls)) <= 300
        model.gate.set()
        assert await until(lambda: _has(empty_store, 10_000, model.space), 60)
    assert len(model.texts) == 10_000
    assert len(model.calls) < 300


async def test_messages_of_users_and_system_are_embedded_alike(empty_store: Store) -> None:
    model = Counting()
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        drafts = [
            Draft(role, [{"type": "text", "text": role.value}])
            for role in (MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT)
        ]
        await weft.messages.save(thread.id, drafts, SaveOptions())
        await until_embedded(empty_store, 3, model.space)


async def test_a_process_without_a_worker_leaves_the_work_to_others(client: Client, empty_store: Store) -> None:
    model = Counting()
    async with Weft(empty_store, [embedding_agent(model)], work=False) as viewed:
        assert viewed.embedder is None
        thread = await new_thread(empty_store)
        await save(viewed, thread.id, "hello")
        async with working(Store(client[empty_store.database.name]), embedding_agent(model)):
            await in_time(until_embedded(empty_store, 1, model.space))


async def test_what_no_agent_of_the_app_can_embed_waits_for_those_who_can(client: Client, empty_store: Store) -> None:
    known, foreign = Counting("known"), Counting("foreign")
    async with Weft(empty_store, [embedding_agent(foreign)], work=False) as viewed:
        thread = await new_thread(empty_store)
        await save(viewed, thread.id, "foreign words")
    async with working(Store(client[empty_store.database.name]), embedding_agent(known)) as weft:
        await save(weft, thread.id, "known words")
        await wait_until(lambda: _has(empty_store, 1, known.space))
        assert await weft.store.embedding_queue.waiting(foreign.spec) == 1


async def _has(store: Store, count: int, *spaces: Space) -> bool:
    return await embedded(store, *spaces) == count
