"""What a caller may give to be answered, what of it is stored and what is shown (behaviour.md rows 47 to 49)."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.agents.runs import agent, rows_of, thread_of, told
from tests.support import text

from weft.agents.handlers import UsageReport
from weft.agents.weft import Weft
from weft.errors import ErrorCode, GenerationFailed, InputError, ProviderError
from weft.testing import DEFAULT_USAGE, Answer, Call, Fail
from weft.threads.drafts import Draft, draft
from weft.threads.generations import GenerationOptions, SaveMode
from weft.threads.messages import MessageRole

SYSTEM, USER, ASSISTANT, TOOL = MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL
WEATHER: list[Answer] = [["Let me look. ", Call("weather", {"city": "Rome"})], "It is sunny."]


def drafts(*said: str) -> list[Draft]:
    return [draft(prompt=each) for each in said]


async def test_row_47_without_a_thread_or_a_user_nothing_is_answered(weft: Weft) -> None:
    with pytest.raises(InputError, match="Specify userId or threadId"):
        await weft.answers.generate_text(agent("Yes."), prompt="Hi")


async def test_row_47_with_a_user_only_an_answer_is_given_and_nothing_stored(weft: Weft) -> None:
    seen: list[UsageReport] = []
    helper = agent(*WEATHER, usage_handler=seen.append)
    before = await weft.store.messages.collection.count_documents({})
    answer = await weft.answers.generate_text(helper, user_id="ann", prompt="Hi")
    assert (answer.text, answer.order, answer.prompt_message_id) == ("It is sunny.", 0, None)
    assert (list(answer.saved_messages), answer.generation) == ([], None)
    assert answer.usage == DEFAULT_USAGE + DEFAULT_USAGE
    assert [(report.user_id, report.thread_id, report.step, report.usage) for report in seen] == [
        ("ann", None, 0, DEFAULT_USAGE),
        ("ann", None, 1, DEFAULT_USAGE),
    ]
    assert await weft.store.messages.collection.count_documents({}) == before
    assert told(helper) == ["Hi", "Let me look. ", "tool-call", "tool-result"]


async def test_row_47_an_answer_without_a_thread_that_fails_says_why(weft: Weft) -> None:
    error = ProviderError("slow down", provider="scripted", provider_code="rate_limit", http_status=429)
    with pytest.raises(GenerationFailed, match="slow down") as failed:
        await weft.answers.generate_text(agent([Fail(error)]), user_id="ann", prompt="Hi")
    assert failed.value.reason is ErrorCode.PROVIDER_ERROR


@pytest.mark.parametrize(
    ("mode", "prompt", "stored", "shown"),
    [
        (SaveMode.PROMPT_AND_OUTPUT, "c", ["c"], ["a", "b", "c"]),
        (SaveMode.PROMPT_AND_OUTPUT, None, ["b"], ["a", "b"]),
        (SaveMode.ALL, "c", ["a", "b", "c"], ["a", "b", "c"]),
        (SaveMode.ALL, None, ["a", "b"], ["a", "b"]),
        (SaveMode.NONE, "c", [], ["a", "b", "c"]),
    ],
)
async def test_row_48_of_messages_and_prompt_what_is_asked_for_is_stored_and_all_is_shown(
    weft: Weft, mode: SaveMode, prompt: str | None, stored: Sequence[str], shown: Sequence[str]
) -> None:
    thread = await thread_of(weft)
    helper = agent("Yes.")
    answer = await weft.answers.generate_text(
        helper,
        thread_id=thread,
        messages=drafts("a", "b"),
        prompt=prompt,
        options=GenerationOptions(save_messages=mode),
    )
    rows = [row for order in range(3) for row in await rows_of(weft, thread, order)]
    assert [row.text for row in rows if row.role is USER] == list(stored)
    assert [row.text for row in rows if row.role is ASSISTANT] == (["Yes."] if stored else [])
    assert [row.id for row in answer.saved_messages] == [row.id for row in rows]
    assert told(helper) == list(shown)


async def test_row_48_what_is_to_be_stored_may_be_said_by_the_agent_and_the_call_goes_before_it(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent("Yes.", "No.", save_messages=SaveMode.NONE)
    await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi")
    assert await rows_of(weft, thread) == []
    options = GenerationOptions(save_messages=SaveMode.ALL)
    await weft.answers.generate_text(helper, thread_id=thread, prompt="Hi", options=options)
    assert [row.text for row in await rows_of(weft, thread)] == ["Hi", "No."]


async def test_row_48_a_call_that_stores_nothing_is_shown_what_the_thread_holds(weft: Weft) -> None:
    thread = await thread_of(weft)
    await weft.answers.generate_text(agent("One."), thread_id=thread, prompt="Hi")
    helper = agent("Two.")
    options = GenerationOptions(save_messages=SaveMode.NONE)
    answer = await weft.answers.generate_text(helper, thread_id=thread, prompt="And now?", options=options)
    assert (answer.text, told(helper)) == ("Two.", ["Hi", "One.", "And now?"])
    assert len(await rows_of(weft, thread, 1)) == 0


async def test_row_48_beside_a_stored_prompt_no_input_is_stored(weft: Weft) -> None:
    thread = await thread_of(weft)
    sent = await weft.messages.send(thread, prompt="Is it?", generate=False)
    helper = agent("Yes.")
    options = GenerationOptions(save_messages=SaveMode.ALL)
    await weft.answers.generate_text(
        helper, thread_id=thread, prompt_message_id=sent.message.id, messages=drafts("a"), options=options
    )
    assert [row.text for row in await rows_of(weft, thread)] == ["Is it?", "Yes."]
    assert told(helper) == ["a", "Is it?"]


async def test_row_49_a_prompt_beside_a_stored_one_is_shown_in_its_place_and_not_stored(weft: Weft) -> None:
    thread = await thread_of(weft)
    sent = await weft.messages.send(thread, prompt="Is it?", generate=False)
    helper = agent("Yes.")
    answer = await weft.answers.generate_text(
        helper, thread_id=thread, prompt_message_id=sent.message.id, prompt="Answer in one word."
    )
    assert told(helper) == ["Answer in one word."]
    assert [row.text for row in await rows_of(weft, thread)] == ["Is it?", "Yes."]
    assert (answer.order, answer.saved_messages[0].step_order) == (0, 1)


async def test_row_49_a_prompt_may_be_content(weft: Weft) -> None:
    thread = await thread_of(weft)
    content = [{"type": "text", "text": "What is it?"}, {"type": "image", "image": "https://weft.example/a.png"}]
    helper = agent("A cat.")
    answer = await weft.answers.generate_text(helper, thread_id=thread, content=content)
    assert told(helper) == ["What is it?", "image"]
    assert answer.saved_messages[0].text == "What is it?"


async def test_row_49_messages_alone_are_answered(weft: Weft) -> None:
    thread = await thread_of(weft)
    said = [draft(role=SYSTEM, content=text("Be brief.")), *drafts("Is it?")]
    helper = agent("Yes.")
    answer = await weft.answers.generate_text(helper, thread_id=thread, messages=said)
    assert [row.role for row in answer.saved_messages] == [USER, ASSISTANT]
    assert told(helper) == ["Be brief.", "Is it?"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "there is nothing to answer"),
        ({"prompt": " "}, "the prompt is empty"),
        ({"prompt": "a", "content": text("a")}, "prompt or content, one of them"),
        ({"prompt_message_id": "msg_none"}, "msg_none"),
    ],
)
async def test_row_49_a_call_that_gives_nothing_to_answer_is_refused(
    weft: Weft, given: dict[str, Any], error: str
) -> None:
    thread = await thread_of(weft)
    with pytest.raises(InputError, match=error):
        await weft.answers.generate_text(agent("Yes."), thread_id=thread, **given)
    assert await rows_of(weft, thread) == []
