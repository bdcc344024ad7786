"""What is kept of each model call's context, and what it costs: nothing that anybody waits for."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.agents.contexts import ASSISTANT, USER
from tests.agents.embedders import ByThings
from tests.agents.runs import agent, model_of, thread_of
from tests.agents.services import Services
from tests.support import LONG_AGO, generation_at, text, wait_until

from weft.agents.agent import Agent, StepChanges
from weft.agents.context.options import ContextOptions
from weft.agents.run_context import RunContext
from weft.agents.weft import Weft
from weft.errors import ProviderError, UnavailableError
from weft.llm.model import ModelMessage
from weft.storage.generations import generation_doc
from weft.storage.store import Store
from weft.testing import Call, Fail, Gate, ScriptedModel
from weft.threads.context_items import ContextRecord, ContextSource, LeftOut
from weft.threads.context_receipts import ContextReceipt, ReceiptItem
from weft.threads.drafts import draft
from weft.threads.generations import Generation, GenerationOptions
from weft.threads.messages import MessageRole
from weft.threads.search import Hit, SearchOptions
from weft.threads.steps import Step

WORDS = SearchOptions(vector=False, before=0, after=0)


async def answered(weft: Weft, helper: Agent, thread_id: str, prompt: str | None = "dog?", **given: Any) -> Generation:
    answer = await weft.answers.generate_text(helper, thread_id=thread_id, prompt=prompt, **given)
    assert answer.generation is not None
    return answer.generation


async def says(weft: Weft, thread_id: str, *turns: str) -> None:
    for said in turns:
        await weft.messages.save(thread_id, [draft(prompt=said), draft(role=ASSISTANT, content="I see.")])


def told(record: ContextRecord) -> list[tuple[str, str]]:
    return [
        (item.source.name, " ".join(str(part.get("text", part["type"])) for part in item.content))
        for item in record.items
    ]


def as_sent(helper: Agent, call: int = -1) -> list[ModelMessage]:
    return list(model_of(helper).requests[call].messages)


async def test_a_generation_keeps_what_its_model_was_sent_and_why(weft: Weft) -> None:
    thread = await thread_of(weft)
    await says(weft, thread, "The dog Rex", "Hm.")
    helper = agent("Rex.", context=ContextOptions(2, search=WORDS))
    generation = await answered(weft, helper, thread, messages=[draft(role=USER, content="Think.")])
    record = await weft.contexts.of_generation(generation)
    assert told(record) == [
        ("SEARCH", "The dog Rex"),
        ("SEARCH_NEIGHBOUR", "I see."),
        ("RECENT", "Hm."),
        ("RECENT", "I see."),
        ("INPUT", "Think."),
        ("PROMPT", "dog?"),
    ]
    assert [ModelMessage(item.role, item.content) for item in record.items] == as_sent(helper)
    assert all(item.tokens > 0 for item in record.items)
    hit = record.items[0].hit
    assert hit is not None
    assert (hit.text_rank, hit.message_id) == (1, record.items[0].message_id)
    assert (record.problems, record.searched) == ([], "dog?")


async def test_of_several_calls_the_newest_is_kept_with_the_answer_so_far(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent([Call("weather", {"city": "Rome"})], "Sunny.")
    record = await weft.contexts.of_generation(await answered(weft, helper, thread))
    assert told(record) == [("PROMPT", "dog?"), ("RESPONSE", "tool-call"), ("RESPONSE", "tool-result")]
    assert [ModelMessage(item.role, item.content) for item in record.items] == as_sent(helper)


async def test_a_receipt_is_there_while_the_model_still_answers(weft: Weft) -> None:
    gate, thread = Gate(), await thread_of(weft)
    helper = agent([gate, "Yes."])
    running = asyncio.create_task(answered(weft, helper, thread))
    await gate.reached()

    async def kept() -> bool:
        return await weft.store.context_receipts.collection.find_one({"threadId": thread}) is not None

    await wait_until(kept)
    gate.open()
    await running


async def test_a_receipt_of_a_call_that_failed_is_kept_too(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent([Fail(ProviderError("no", provider="scripted"))])
    with pytest.raises(Exception, match="no"):
        await answered(weft, helper, thread)
    (doc,) = await weft.store.generations.collection.find({"threadId": thread}).to_list()
    generation = await weft.generations.get(doc["_id"])
    assert generation is not None
    assert told(await weft.contexts.of_generation(generation)) == [("PROMPT", "dog?")]


async def test_a_search_that_failed_is_in_the_receipt(weft: Weft) -> None:
    thread, model = await thread_of(weft), ByThings()
    await says(weft, thread, "The dog Rex")
    model.failure = ProviderError("overloaded", provider="test")
    options = ContextOptions(0, search=SearchOptions(text=False))
    helper = agent("Rex.", context=options, embedding_model=model, embed_messages=False)
    record = await weft.contexts.of_generation(await answered(weft, helper, thread))
    assert record.problems == ["the search failed: overloaded"]
    required = replace(
        helper, model=ScriptedModel(["Rex."]), context=replace(options, search=SearchOptions(required=True))
    )
    with pytest.raises(Exception, match="overloaded"):
        await answered(weft, required, thread)
    assert model_of(required).requests == []


async def test_what_was_left_out_is_kept_with_its_reason(weft: Weft) -> None:
    thread = await thread_of(weft)
    await says(weft, thread, "one", "two", "three")
    helper = agent("Yes.", context=ContextOptions(4, max_tokens=17))
    record = await weft.contexts.of_generation(await answered(weft, helper, thread))
    out = [(item.left_out, item.row.text if item.row else None) for item in record.left_out]
    assert out == [
        (LeftOut.WINDOW, "I see."),
        (LeftOut.BUDGET, "two"),
        (LeftOut.BUDGET, "I see."),
    ]


async def test_only_the_parts_that_were_sent_are_shown(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent([*["Let me look."], Call("weather", {"city": "Rome"})], "Sunny.", "Yes.")
    await answered(weft, helper, thread)
    record = await weft.contexts.of_generation(await answered(weft, helper, thread, "And now?"))
    assert told(record) == [
        ("RECENT", "dog?"),
        ("RECENT", "Let me look."),
        ("RECENT", "Sunny."),
        ("PROMPT", "And now?"),
    ]
    assert [ModelMessage(item.role, item.content) for item in record.items] == as_sent(helper)


async def test_of_a_message_that_was_deleted_only_its_id_is_left(weft: Weft) -> None:
    thread = await thread_of(weft)
    (secret,) = await weft.messages.save(thread, [draft(prompt="A secret")])
    helper = agent("Yes.")
    generation = await answered(weft, helper, thread)
    await weft.messages.delete([secret.id])
    first, *_ = (await weft.contexts.of_generation(generation)).items
    assert (first.message_id, first.row, first.content) == (secret.id, None, [])
    stored = await weft.store.context_receipts.collection.find_one({"_id": generation.id})
    assert "secret" not in str(stored)


async def test_what_handlers_and_prepare_step_make_is_kept_as_theirs_without_content(weft: Weft) -> None:
    def prepare(_: RunContext, __: Sequence[Step]) -> StepChanges:
        return StepChanges(messages=[ModelMessage(USER, text("A summary")), ModelMessage(USER, text("dog?"))])

    thread = await thread_of(weft)
    await says(weft, thread, "one")
    record = await weft.contexts.of_generation(await answered(weft, agent("Yes.", prepare_step=prepare), thread))
    assert [(item.source, item.content) for item in record.items] == [(ContextSource.HANDLER, [])] * 2
    assert {item.left_out for item in record.left_out} == {LeftOut.HANDLER}
    assert len(record.left_out) == 3


async def test_a_generation_without_a_receipt_has_an_empty_context(weft: Weft) -> None:
    assert await weft.contexts.of_generation(generation_at(0)) == ContextRecord()


async def test_receipts_go_with_their_thread_and_with_their_answer(weft: Weft) -> None:
    receipts = weft.store.context_receipts
    thread, other = await thread_of(weft), await thread_of(weft)
    first, second = await answered(weft, agent("Yes."), thread), await answered(weft, agent("Yes."), other)
    await weft.messages.delete([first.reply_message_id])
    await weft.threads.delete(other)

    async def gone() -> bool:
        return await receipts.get(first.id) is None and await receipts.get(second.id) is None

    await wait_until(gone)


async def test_a_receipt_that_comes_when_its_generation_is_gone_does_not_stay(store: Store) -> None:
    receipt = ContextReceipt("gen_gone", "thr_gone", 1000, [], [], LONG_AGO)
    await store.context_receipts.put(receipt)
    assert await store.context_receipts.get("gen_gone") is None


async def test_a_late_receipt_of_an_earlier_call_changes_nothing(store: Store) -> None:
    generation = generation_at(0)
    await store.generations.collection.insert_one(generation_doc(generation))
    hit = Hit("msg_1", 0.5, None, 1, 0.75)
    item = ReceiptItem(ContextSource.SEARCH, MessageRole.USER, 7, "msg_1", 2, [0, 3], hit, LeftOut.BUDGET)
    newer = ContextReceipt(generation.id, "thr_1", 2001, [item], ["a problem"], LONG_AGO, "msg_2", -1)
    await store.context_receipts.put(newer)
    await store.context_receipts.put(ContextReceipt(generation.id, "thr_1", 1003, [], [], LONG_AGO))
    assert await store.context_receipts.get(generation.id) == newer
    again = replace(newer, problems=[])
    await store.context_receipts.put(again)
    assert await store.context_receipts.get(generation.id) == again


@pytest.mark.parametrize("error", [UnavailableError("MongoDB is away"), ZeroDivisionError("a fault")])
async def test_a_receipt_that_cannot_be_stored_harms_no_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    services = Services(store, agent("Yes."))

    async def put(_: ContextReceipt) -> None:
        raise error

    monkeypatch.setattr(services.store.context_receipts, "put", put)
    generation = await services.asked()
    with caplog.at_level(logging.WARNING):
        await services.attempt(await services.claimed(generation)).run()
    assert (await services.reply(generation)).text == "Yes."
    assert "a receipt of a context could not be stored" in caplog.text


async def test_nothing_is_kept_of_a_run_of_which_nothing_is_stored(weft: Weft) -> None:
    before = await weft.store.context_receipts.collection.count_documents({})
    await weft.answers.generate_text(agent("Yes."), user_id="ann", prompt="Hi", options=GenerationOptions())
    assert await weft.store.context_receipts.collection.count_documents({}) == before
