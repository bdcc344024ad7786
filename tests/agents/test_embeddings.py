"""Vectors that are asked for, and vectors that are managed by hand (rows 158 and 160)."""

import asyncio
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.agents.embedding import Counting, embedding_agent, entry, failure, save
from tests.support import new_thread, wait_until

from weft.agents.run_context import RunContext
from weft.agents.weft import Weft
from weft.errors import ConfigError, ErrorCode, InputError, ProviderError
from weft.llm.demo_embeddings import vector_of
from weft.storage.store import Store
from weft.threads.embeddings import LONGEST_TEXT
from weft.threads.vectors import Space

MINE = "custom:mine"


async def stored(weft: Weft, *texts: str) -> list[str]:
    """Messages that say this, and have no vectors."""
    thread = await new_thread(weft.store)
    return [row.id for row in await save(weft, thread.id, *texts, skip_embeddings=True)]


async def test_158_a_text_is_trimmed_and_cut_before_its_vector_is_made(weft: Weft) -> None:
    model = Counting()
    assert await weft.embeddings.vector_of(model, "  Where is Rome?\n") == vector_of("Where is Rome?")
    await weft.embeddings.vector_of(model, " " + "y" * 20_000)
    assert model.texts == ["Where is Rome?", "y" * LONGEST_TEXT]


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_158_a_text_that_says_nothing_has_no_vector(weft: Weft, text: str) -> None:
    with pytest.raises(InputError, match="No text to embed"):
        await weft.embeddings.vector_of(Counting(), text)


async def test_the_same_query_is_embedded_once(weft: Weft) -> None:
    model, other = Counting("once"), Counting("other")
    for _ in range(3):
        await weft.embeddings.vector_of(model, "the same question")
        await weft.embeddings.vector_of(other, "the same question")
    assert (len(model.calls), len(other.calls)) == (1, 1)


async def test_only_the_last_queries_are_remembered(weft: Weft) -> None:
    model = Counting()
    for number in range(200):
        await weft.embeddings.vector_of(model, f"question {number}")
    await weft.embeddings.vector_of(model, "question 0")
    assert len(model.calls) == 201


async def test_a_model_that_fails_or_answers_wrongly_is_a_provider_error(weft: Weft) -> None:
    model = Counting("failing")
    model.fails = lambda _: failure("overloaded", 503)
    with pytest.raises(ProviderError, match="the provider says no"):
        await weft.embeddings.vector_of(model, "hello")
    (id_,) = await stored(weft, "hello")
    with pytest.raises(ProviderError):
        await weft.embeddings.vector_of(model, "hello", message_id=id_)
    assert "vectors" not in await entry(weft.store, id_)


async def test_the_vector_of_a_message_is_made_once_and_stored(weft: Weft) -> None:
    model = Counting("stored")
    (id_,) = await stored(weft, " What is love? ")
    for _ in range(2):
        vector = await weft.embeddings.vector_of(model, "What is love?", message_id=id_)
        assert vector == pytest.approx(vector_of("What is love?"), abs=1e-6)
    assert model.texts == ["What is love?"]
    assert await weft.store.vectors.of_message(id_, model.space) is not None
    assert model.space in await weft.store.search_spaces.all()


async def test_a_stored_vector_is_used_also_by_another_process(weft: Weft) -> None:
    model, again = Counting("shared"), Counting("shared")
    (id_,) = await stored(weft, "What is love?")
    await weft.embeddings.vector_of(model, "What is love?", message_id=id_)
    async with Weft(weft.store, work=False) as other:
        await other.embeddings.vector_of(again, "What is love?", message_id=id_)
    assert again.calls == []


async def test_a_text_that_is_not_the_messages_is_not_stored_as_its_vector(weft: Weft) -> None:
    model = Counting()
    (id_,) = await stored(weft, "What is love?")
    assert await weft.embeddings.vector_of(model, "another", message_id=id_) == vector_of("another")
    await weft.embeddings.vector_of(model, "of nobody", message_id="msg_none")
    assert "vectors" not in await entry(weft.store, id_)


async def test_a_message_that_waits_for_its_vector_does_not_wait_after_it_was_searched_for(empty_store: Store) -> None:
    model = Counting()
    async with Weft(empty_store, [embedding_agent(model)], work=False) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "hello")
        assert (await entry(empty_store, row.id))["embedWith"] == [model.spec]
        await weft.embeddings.vector_of(model, "hello", message_id=row.id)
        assert "embedWith" not in await entry(empty_store, row.id)


async def test_a_message_that_is_searched_for_is_not_embedded_by_the_worker_too(
    empty_store: Store,
) -> None:
    model = Counting()
    async with Weft(empty_store, [embedding_agent(model)], work=False) as weft:
        thread = await new_thread(empty_store)
        (row,) = await save(weft, thread.id, "hello")
        model.gate.clear()
        asking = asyncio.create_task(weft.embeddings.vector_of(model, "hello", message_id=row.id))
        await wait_until(lambda: bool(model.calls))
        assert await empty_store.embedding_queue.claim(model.spec, "lea_1", timedelta(seconds=9), 10) == []
        model.fails = lambda _: failure("overloaded", 503)
        model.gate.set()
        with pytest.raises(ProviderError):
            await asking
        assert len(await empty_store.embedding_queue.claim(model.spec, "lea_1", timedelta(seconds=9), 10)) == 1


async def test_160_vectors_are_listed_in_pages_by_message(weft: Weft) -> None:
    ids = sorted(await stored(weft, *(f"number {n}" for n in range(25))))
    space = Space("custom:listed", 2)
    await weft.embeddings.insert({id_: [1.0, float(n)] for n, id_ in enumerate(ids)}, "custom:listed")
    seen: list[tuple[str, Sequence[float]]] = []
    after: str | None = None
    sizes: list[int] = []
    while sizes == [] or after is not None:
        page = await weft.embeddings.list(space, after=after, limit=10)
        seen += [(each.message_id, each.vector) for each in page.vectors]
        sizes.append(len(page.vectors))
        after = page.after
    assert sizes == [10, 10, 5]
    assert seen == [(id_, [1.0, float(n)]) for n, id_ in enumerate(ids)]


async def test_160_the_last_page_says_that_it_is_the_last(weft: Weft) -> None:
    ids = await stored(weft, *(f"number {n}" for n in range(4)))
    await weft.embeddings.insert({id_: [1.0] for id_ in ids}, "custom:last")
    page = await weft.embeddings.list(Space("custom:last", 1), limit=4)
    assert (len(page.vectors), page.after) == (4, None)
    assert (await weft.embeddings.list(Space("custom:none", 1))).vectors == []


async def test_160_vectors_of_one_thread_are_listed(weft: Weft) -> None:
    one, other = await stored(weft, "one"), await stored(weft, "other")
    await weft.embeddings.insert({id_: [1.0, 2.0] for id_ in (*one, *other)}, "custom:threads")
    row = await weft.messages.get(one[0])
    assert row is not None
    page = await weft.embeddings.list(Space("custom:threads", 2), thread_id=row.thread_id)
    assert [(each.message_id, each.thread_id) for each in page.vectors] == [(one[0], row.thread_id)]


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_160_a_page_has_a_size(weft: Weft, limit: int) -> None:
    with pytest.raises(InputError, match="limit"):
        await weft.embeddings.list(Space(MINE, 2), limit=limit)


async def test_160_a_vector_is_inserted_once_and_then_updated(weft: Weft) -> None:
    (id_,) = await stored(weft, "hello")
    with pytest.raises(InputError, match="has no vector") as none:
        await weft.embeddings.update({id_: [1.0, 2.0]}, MINE)
    await weft.embeddings.insert({id_: [1.0, 2.0]}, MINE)
    with pytest.raises(InputError, match="update or delete it") as twice:
        await weft.embeddings.insert({id_: [3.0, 4.0]}, MINE)
    await weft.embeddings.update({id_: [3.0, 4.0]}, MINE)
    assert (none.value.reason, twice.value.reason) == (ErrorCode.NOT_FOUND, ErrorCode.CONFLICT)
    assert await weft.store.vectors.of_message(id_, Space(MINE, 2)) == [3.0, 4.0]


async def test_160_a_vector_of_another_dimension_takes_the_place_of_a_deleted_one_only(weft: Weft) -> None:
    (id_,) = await stored(weft, "hello")
    await weft.embeddings.insert({id_: [1.0, 2.0]}, MINE)
    with pytest.raises(InputError, match="has 3 numbers"):
        await weft.embeddings.update({id_: [1.0, 2.0, 3.0]}, MINE)
    with pytest.raises(InputError, match="with 2 numbers"):
        await weft.embeddings.insert({id_: [1.0, 2.0, 3.0]}, MINE)
    assert await weft.embeddings.delete(message_ids=[id_], model=MINE) == 1
    await weft.embeddings.insert({id_: [1.0, 2.0, 3.0]}, MINE)
    assert (await entry(weft.store, id_))["spaces"] == [Space(MINE, 3).key]


@pytest.mark.parametrize(
    "vector", [[], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0], [1e39, 1.0], [1.0] * 8193], ids=str
)
async def test_160_what_is_no_vector_is_refused(weft: Weft, vector: list[float]) -> None:
    (id_,) = await stored(weft, "hello")
    for change in (weft.embeddings.insert, weft.embeddings.update):
        with pytest.raises(InputError) as refused:
            await change({id_: vector}, MINE)
        assert refused.value.path == ("vectors", id_)


async def test_160_vectors_given_together_have_one_dimension(weft: Weft) -> None:
    one, two = await stored(weft, "one", "two")
    with pytest.raises(InputError, match="3 numbers, those before it 2"):
        await weft.embeddings.insert({one: [1.0, 2.0], two: [1.0, 2.0, 3.0]}, MINE)
    assert "vectors" not in await entry(weft.store, one)


async def test_160_vectors_of_messages_that_cannot_be_found_are_refused(weft: Weft) -> None:
    (silent,) = await stored(weft, "  ")
    for id_, reason in (("msg_none", ErrorCode.NOT_FOUND), (silent, ErrorCode.UNSUPPORTED)):
        with pytest.raises(InputError) as refused:
            await weft.embeddings.insert({id_: [1.0]}, MINE)
        assert refused.value.reason is reason
    with pytest.raises(InputError, match="is the id of a thread"):
        await weft.embeddings.insert({"thr_1": [1.0]}, MINE)
    with pytest.raises(InputError, match="name the model"):
        await weft.embeddings.insert({}, " ")


async def test_160_at_most_a_thousand_vectors_are_given_at_once(weft: Weft) -> None:
    with pytest.raises(InputError) as refused:
        await weft.embeddings.insert({f"msg_{n}": [1.0] for n in range(1001)}, MINE)
    assert refused.value.reason is ErrorCode.TOO_LARGE


async def test_160_vectors_are_deleted_by_message_by_thread_by_model_and_by_space(empty_store: Store) -> None:
    async with Weft(empty_store, work=False) as weft:
        first, second = await stored(weft, "first", "second")
        third, fourth = await stored(weft, "third", "fourth")
        every = [first, second, third, fourth]
        for model in ("custom:a", "custom:b"):
            await weft.embeddings.insert({id_: [1.0, 2.0] for id_ in every}, model)
        assert await weft.embeddings.delete(message_ids=[first, "msg_none"]) == 2
        row = await weft.messages.get(third)
        assert row is not None
        assert await weft.embeddings.delete(thread_id=row.thread_id, model="custom:a") == 2
        assert await weft.embeddings.spaces() == [(Space("custom:a", 2), 1), (Space("custom:b", 2), 3)]
        assert await weft.embeddings.delete(model="custom:b") == 3
        assert await weft.embeddings.delete(space=Space("custom:a", 2)) == 1
        assert [count for _, count in await weft.embeddings.spaces()] == [0, 0]
        assert "spaces" in await entry(empty_store, first)


@pytest.mark.parametrize("chosen", [{}, {"message_ids": ["msg_1"], "thread_id": "thr_1"}], ids=str)
async def test_160_what_is_deleted_is_said_clearly(weft: Weft, chosen: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        await weft.embeddings.delete(**chosen)


async def test_160_stored_messages_are_embedded_but_for_those_that_are_already(weft: Weft) -> None:
    model = Counting("by-hand")
    one, two, silent = await stored(weft, "one", "two", "   ")
    await weft.embeddings.embed([one], model)
    outcome = await weft.embeddings.embed([one, two, silent, two], model)
    assert (outcome.made, outcome.already, outcome.silent) == ([two], [one], [silent])
    assert model.texts == ["one", "two"]
    assert await weft.store.vectors.of_message(two, model.space) == pytest.approx(vector_of("two"), abs=1e-6)


async def test_160_many_messages_are_embedded_in_batches(weft: Weft) -> None:
    model = Counting("batches")
    ids = await stored(weft, *(f"number {n}" for n in range(250)))
    assert len((await weft.embeddings.embed(ids, model)).made) == 250
    assert list(map(len, model.calls)) == [100, 100, 50]


async def test_160_messages_that_are_unknown_are_not_embedded(weft: Weft) -> None:
    model = Counting()
    with pytest.raises(InputError) as refused:
        await weft.embeddings.embed(["msg_none"], model)
    assert (refused.value.reason, model.calls) == (ErrorCode.NOT_FOUND, [])
    with pytest.raises(ConfigError):
        await weft.embeddings.embed([], "nobody:knows")


async def test_a_message_that_changes_while_it_is_embedded_by_hand_keeps_no_vector_of_before(weft: Weft) -> None:
    model = Counting()
    model.gate.clear()
    (id_,) = await stored(weft, "before")
    making = asyncio.create_task(weft.embeddings.embed([id_], model))
    await wait_until(lambda: bool(model.calls))
    await weft.messages.update(id_, {"content": [{"type": "text", "text": "after"}]})
    model.gate.set()
    await making
    assert "vectors" not in await entry(weft.store, id_)


async def test_a_run_that_searches_is_told_by_its_own_agent(weft: Weft) -> None:
    seen: list[Any] = []
    agent = embedding_agent(Counting("of-the-run"), usage_handler=seen.append)
    run = RunContext(weft, agent, "ann", "thr_1", 0, "msg_1", "gen_1")
    assert agent.embeddings is not None
    await weft.embeddings.vector_of(agent.embeddings, "two words", run)
    (report,) = seen
    assert (report.user_id, report.thread_id, report.agent_name, report.generation_id) == (
        "ann",
        "thr_1",
        "helper",
        "gen_1",
    )
