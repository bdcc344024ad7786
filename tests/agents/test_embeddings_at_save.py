"""Messages that are saved get their vectors, whatever becomes of the model and the process (rows 157 and 158)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import numpy as np
import pytest
from tests.agents.embedding import (
    HASTY,
    Counting,
    embedded,
    embedding_agent,
    entry,
    failure,
    save,
    until_embedded,
)
from tests.support import in_time, new_thread, wait_until

from weft.agents.agent import Agent
from weft.agents.embed_outcomes import Backoff
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
from weft.threads.paging import PageRequest
from weft.threads.vectors import Embeddings, Space


@asynccontextmanager
async def working(store: Store, *agents: Agent, backoff: Backoff = HASTY) -> AsyncGenerator[Weft, None]:
    async with Weft(store, agents) as weft:
        assert weft.embedder is not None
        weft.embedder.backoff = backoff
        yield weft


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


async def test_a_model_that_fails_loses_no_message_and_is_asked_again(empty_store: Store) -> None:
    model = Counting()
    failures = iter([failure("overloaded", 503), failure("timeout"), failure("invalid_api_key", 401)])
    model.fails = lambda _: next(failures, None)
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "hello")
        assert (await weft.messages.page(thread.id, PageRequest(20))).edges[0].node.id == row.id
        await until_embedded(empty_store, 1, model.space)
    assert model.calls == [["hello"]] * 4
    assert "embedFailed" not in await entry(empty_store, row.id)


async def test_a_provider_that_says_when_to_come_back_is_left_alone_until_then(empty_store: Store) -> None:
    model = Counting()
    model.fails = lambda _: failure("rate_limit_exceeded", 429, retry_after=3600)
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "first")
        await wait_until(lambda: weft.embedder is not None and weft.embedder.trouble(model.spec) is not None)
        (second,) = await save(weft, thread.id, "second")
        left = await weft.store.embedding_queue.next_due(model.spec)
        waiting = await entry(empty_store, second.id)
    assert model.calls == [["first"]]
    assert left is not None
    assert (waiting["embedWith"], waiting["embedAttempts"]) == ([model.spec], 0)
    docs = await empty_store.search_entries.collection.find({"embedAttempts": 1}).to_list()
    assert [doc["text"] for doc in docs] == ["first"]


async def test_a_model_that_answers_again_gets_all_that_has_waited(empty_store: Store) -> None:
    model = Counting()
    model.fails = lambda _: failure("overloaded", 503)
    patient = Backoff(first=HASTY.first, longest_pause=HASTY.first)
    async with working(empty_store, embedding_agent(model), backoff=patient) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, *(f"number {n}" for n in range(20)))
        await wait_until(lambda: len(model.calls) > 8)
        model.fails = lambda _: None
        await save(weft, thread.id, "one more")
        await until_embedded(empty_store, 21, model.space)


async def test_one_text_that_is_refused_does_not_keep_the_others_waiting(empty_store: Store) -> None:
    model = Counting()
    model.fails = lambda texts: failure("invalid_request_error", 400) if "poison" in texts else None
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        rows = await save(weft, thread.id, *(f"number {n}" for n in range(60)), "poison", "last")
        await until_embedded(empty_store, 61, model.space)
        pending = await weft.store.embedding_queue.pending()
    assert len(model.calls) < 40
    assert model.calls.count(["poison"]) == HASTY.text_attempts
    assert (await entry(empty_store, rows[60].id))["embedFailed"] == [
        {"model": model.spec, "code": "invalid_request_error"}
    ]
    told = pending[model.spec]
    assert (told.waiting, told.failed, told.errors) == (0, 1, ["invalid_request_error"])


async def test_a_message_that_was_given_up_is_tried_again_when_it_says_something_else(empty_store: Store) -> None:
    model = Counting()
    model.fails = lambda texts: failure("invalid_request_error", 400) if "poison" in texts else None
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "poison")
        await wait_until(lambda: _given_up(empty_store))
        await weft.messages.update(row.id, {"content": [{"type": "text", "text": "cure"}]})
        await until_embedded(empty_store, 1, model.space)
    assert "embedFailed" not in await entry(empty_store, row.id)


async def test_a_model_that_refuses_everything_is_not_asked_for_every_text(empty_store: Store) -> None:
    model = Counting()
    model.fails = lambda _: failure("unsupported_parameter", 400)
    async with working(empty_store, embedding_agent(model), backoff=Backoff()) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, *(f"number {n}" for n in range(100)))
        await wait_until(lambda: weft.embedder is not None and weft.embedder.trouble(model.spec) is not None)
    assert len(model.calls) < 16


async def test_a_model_that_never_answers_is_given_up_in_the_end(
    empty_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    model = Counting()
    model.fails = lambda _: failure("overloaded", 503)
    async with working(empty_store, embedding_agent(model)) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "a secret")
        await wait_until(lambda: _given_up(empty_store))
    assert len(model.calls) == HASTY.model_attempts
    (told,) = [record for record in caplog.records if record.message.startswith("messages get no vectors")]
    assert vars(told)["messages"] == [row.id]
    assert "a secret" not in str([vars(record) for record in caplog.records])


async def test_a_model_that_fails_does_not_keep_another_models_vectors_waiting(empty_store: Store) -> None:
    broken, model = Counting("broken"), Counting()
    broken.fails = lambda _: failure("overloaded", 503)
    agents = (embedding_agent(broken, "broken"), embedding_agent(model))
    async with working(empty_store, *agents, backoff=Backoff(first=HASTY.first, longest_pause=HASTY.first)) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "first", "second")
        await wait_until(lambda: _has(empty_store, 2, model.space))
        assert await embedded(empty_store, broken.space) == 0


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


async def _given_up(store: Store) -> bool:
    return await store.search_entries.collection.count_documents({"embedFailed": {"$exists": True}}) == 1
