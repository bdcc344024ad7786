"""A model that fails, or refuses a text, costs time: no message, no other text, and no other model's vectors."""

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
    working,
)
from tests.support import new_thread, wait_until

from weft.agents.embedding.outcomes import Backoff
from weft.storage.store import Store
from weft.threads.paging import PageRequest
from weft.threads.vectors import Space


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
        await wait_until(lambda: "messages get no vectors" in caplog.text)
        assert await _given_up(empty_store)
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


async def _given_up(store: Store) -> bool:
    return await store.search_entries.collection.count_documents({"embedFailed": {"$exists": True}}) == 1


async def _has(store: Store, count: int, *spaces: Space) -> bool:
    return await embedded(store, *spaces) == count
