"""What calls for vectors used is told to the last token, and seen in traces (row 162)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agents.embedding import Counting, embedding_agent, failure, save, until_embedded
from tests.support import new_thread, wait_until

from weft.agents.embedding.calls import shares, usage_shares
from weft.agents.handlers import CallKind, Outcome, UsageReport
from weft.agents.run_context import RunContext
from weft.agents.weft import Weft
from weft.errors import ProviderError
from weft.llm.callable_embeddings import embedding_model
from weft.llm.embeddings import EmbeddingAnswer
from weft.storage.store import Store
from weft.threads.usage import NO_USAGE, Usage


async def test_162_a_batch_is_shared_out_over_agents_users_and_threads(empty_store: Store) -> None:
    told: list[UsageReport] = []
    model = Counting()
    agents = [embedding_agent(model, name, usage_handler=told.append) for name in ("first", "second")]
    texts: dict[tuple[str, str | None], list[str]] = {
        ("ann", None): ["one two three", "four"],
        ("bob", None): ["five six"],
        ("bob", "second"): ["seven", "eight nine ten eleven"],
    }
    async with Weft(empty_store, agents, work=False) as weft:
        threads = {user: await new_thread(empty_store, user_id=user) for user in ("ann", "bob")}
        for (user, agent), said in texts.items():
            await save(weft, threads[user].id, *said, agent_name=agent)
    async with Weft(empty_store, agents):
        await until_embedded(empty_store, 5, model.space)
        await wait_until(lambda: len(told) == 3)
    assert len(model.calls) == 1
    whose = {(report.agent_name, report.user_id, report.thread_id) for report in told}
    assert whose == {
        ("first", "ann", threads["ann"].id),
        ("first", "bob", threads["bob"].id),
        ("second", "bob", threads["bob"].id),
    }
    assert sum(report.usage.input_tokens for report in told) == 11
    for report in told:
        assert (report.kind, report.outcome) == (CallKind.EMBEDDINGS, Outcome.SUCCEEDED)
        assert (report.provider, report.model, report.step, report.generation_id) == ("test", "counting", 0, None)
        assert report.usage.total_tokens == report.usage.input_tokens > 0
        assert report.usage.output_tokens == 0


async def test_162_prices_are_those_of_the_model_whatever_its_dimension(weft: Weft) -> None:
    async def million(texts: Sequence[str]) -> EmbeddingAnswer:
        return EmbeddingAnswer([[1.0] for _ in texts], 1_000_000)

    told: list[UsageReport] = []
    model = embedding_model(million, name="text-embedding-3-large@1024", provider="openai")
    agent = embedding_agent(model, usage_handler=told.append)
    await weft.embeddings.vector_of(model, "hello", RunContext(weft, agent, "ann", "thr_1"))
    (report,) = told
    assert (report.model, report.usage) == (
        "text-embedding-3-large",
        Usage(1_000_000, 0, 1_000_000, cost_micros=130_000),
    )


async def test_162_a_call_that_fails_is_told_with_what_it_used(weft: Weft) -> None:
    told: list[UsageReport] = []
    model = Counting()
    model.fails = lambda _: failure("overloaded", 503)
    agent = embedding_agent(model, usage_handler=told.append)
    with pytest.raises(ProviderError):
        await weft.embeddings.vector_of(model, "never asked before", RunContext(weft, agent, "ann", "thr_1"))
    assert [(report.outcome, report.usage, report.kind) for report in told] == [
        (Outcome.FAILED, NO_USAGE, CallKind.EMBEDDINGS)
    ]


async def test_162_what_is_asked_for_outside_of_a_run_is_told_to_the_models_agent(
    empty_store: Store,
) -> None:
    told: list[UsageReport] = []
    model = Counting()
    async with Weft(empty_store, [embedding_agent(model, usage_handler=told.append)], work=False) as weft:
        await weft.embeddings.vector_of(model, "hello you")
        thread = await new_thread(empty_store, user_id="ann")
        (row,) = await save(weft, thread.id, "one two three", skip_embeddings=True)
        await weft.embeddings.embed([row.id], model)
    assert [(report.user_id, report.thread_id, report.usage.input_tokens) for report in told] == [
        (None, None, 2),
        ("ann", thread.id, 3),
    ]


async def test_a_handler_that_fails_costs_no_vector(empty_store: Store) -> None:
    def broken(_: UsageReport) -> None:
        raise RuntimeError("no")

    model = Counting()
    async with Weft(empty_store, [embedding_agent(model, usage_handler=broken)]) as weft:
        thread = await new_thread(empty_store)
        await save(weft, thread.id, "hello")
        await until_embedded(empty_store, 1, model.space)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10_000), max_size=30))
def test_162_shares_are_whole_and_add_up(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == (total if sum(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / max(1, sum(weights))) <= 1


def test_162_costs_are_shared_out_as_tokens_are_and_none_where_there_is_no_price() -> None:
    parts = usage_shares(Usage(10, 0, 10, cost_micros=7), [1, 1, 1])
    assert [part.input_tokens for part in parts] == [3, 3, 4]
    assert [part.cost_micros for part in parts] == [2, 2, 3]
    assert [part.cost_micros for part in usage_shares(Usage(10, 0, 10), [1, 2])] == [None, None]
