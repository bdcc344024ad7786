"""Prompts for Anthropic's cache: where they are marked, and that a later one begins with the earlier."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, call, events_of, finish_of, result, results, user
from tests.llm_script import Say
from tests.llm_stub import LLMStub

from weft.llm.model import ModelMessage, ModelRequest, ToolSpec
from weft.llm.registry import resolve_model
from weft.threads.messages import Part

MODEL = "anthropic:claude-sonnet-5-5"
FIVE: dict[str, Any] = {"type": "ephemeral"}
HOUR: dict[str, Any] = {"type": "ephemeral", "ttl": "1h"}
TOOLS = tuple(ToolSpec(name, "A tool", {"type": "object"}) for name in ("clock", "weather"))
SIGNED: Part = {"type": "reasoning", "text": "hm", "providerMetadata": {"anthropic": {"signature": "s"}}}
CONVERSATION = (
    user("Weather?"),
    assistant(SIGNED, "Let me see.", call("a"), call("b")),
    results(result("a", {"type": "json", "value": {"b": 1, "a": [2.5, None]}}), result("b", "rain")),
    assistant("Rain in Köln."),
    user("And now?", {"type": "image", "image": "iVBORw0KGgoAAAANSUhEUg=="}),
    assistant(SIGNED, call("c")),
    results(result("c", {"type": "execution-denied", "reason": "too dear"})),
)


def marked(text: str, mark: dict[str, Any]) -> Part:
    return {"type": "text", "text": text, "providerOptions": {"anthropic": {"cacheControl": mark}}}


async def body_of(stub: LLMStub, *messages: ModelMessage, **options: Any) -> dict[str, Any]:
    stub.reply(Say("Yes"))
    request = ask(*messages, instructions="Be kind", provider_options={"anthropic": options})
    await events_of(resolve_model(MODEL), replace(request, tools=TOOLS))
    return stub.calls[-1].body


def marks_of(body: dict[str, Any]) -> list[dict[str, Any] | None]:
    """The marks, tool by tool, block by block of the system prompt and the messages."""
    messages = [block for message in body["messages"] for block in message["content"]]
    return [block.get("cache_control") for block in (*body["tools"], *body["system"], *messages)]


def pieces_of(body: dict[str, Any]) -> list[str]:
    """The prompt in the order in which the API reads it, block by block, without marks."""
    said = [(message["role"], block) for message in body["messages"] for block in message["content"]]
    blocks = [("tools", tool) for tool in body["tools"]] + [("system", block) for block in body["system"]] + said
    return [json.dumps([role, {**block, "cache_control": None}]) for role, block in blocks]


async def test_the_ends_of_tools_system_prompt_and_the_last_two_user_turns_are_marked(stub: LLMStub) -> None:
    body = await body_of(stub, user("One"), assistant("Two"), user("Three", "Four"))
    assert marks_of(body) == [None, FIVE, FIVE, FIVE, None, None, FIVE]


async def test_each_prompt_begins_with_the_one_before_and_ends_marked_where_that_ended(stub: LLMStub) -> None:
    ends = [index + 1 for index, message in enumerate(CONVERSATION) if message.role.value != "assistant"]
    bodies = [await body_of(stub, *CONVERSATION[:end]) for end in ends]
    for earlier, later in pairwise(bodies):
        told = pieces_of(earlier)
        assert len(told) < len(pieces_of(later))
        assert pieces_of(later)[: len(told)] == told
        assert marks_of(later)[len(told) - 1] == marks_of(earlier)[-1] == FIVE


async def test_the_cache_can_be_switched_off(stub: LLMStub) -> None:
    body = await body_of(stub, *CONVERSATION, cacheControl=False)
    assert set(map(str, marks_of(body))) == {"None"}
    assert "cacheControl" not in body


async def test_another_mark_can_be_given(stub: LLMStub) -> None:
    body = await body_of(stub, user("One"), cacheControl=HOUR)
    assert marks_of(body) == [None, HOUR, HOUR, HOUR]


async def test_marks_of_the_caller_count_among_the_four(stub: LLMStub) -> None:
    body = await body_of(stub, user(marked("One", FIVE), marked("Two", FIVE)), assistant("Three"), user("Four"))
    assert marks_of(body) == [None, None, FIVE, FIVE, FIVE, None, FIVE]


async def test_of_too_many_marks_the_earliest_go(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    request = ask(user(*(marked(str(number), FIVE) for number in range(6))))
    finish = finish_of(await events_of(resolve_model(MODEL), request))
    content = stub.calls[0].body["messages"][0]["content"]
    assert [block.get("cache_control") for block in content] == [None, None, FIVE, FIVE, FIVE, FIVE]
    assert [warning["feature"] for warning in finish.warnings] == ["cache_control"]


async def test_marks_for_an_hour_come_before_those_for_minutes(stub: LLMStub) -> None:
    body = await body_of(stub, user(marked("One", HOUR)), assistant("Two"), user("Three"))
    assert marks_of(body) == [None, HOUR, HOUR, HOUR, None, FIVE]
    body = await body_of(stub, user(marked("One", FIVE)), assistant("Two"), user("Three"), cacheControl=HOUR)
    assert marks_of(body) == [None, HOUR, HOUR, FIVE, None, FIVE]


async def test_a_mark_for_the_whole_request_is_one_of_the_four_and_stands_at_its_end(stub: LLMStub) -> None:
    body = await body_of(stub, user("One"), assistant("Two"), user("Three"), cache_control=FIVE)
    assert marks_of(body) == [None, FIVE, FIVE, FIVE, None, None]


@pytest.mark.parametrize("own", [{"defer_loading": True}, {}])
async def test_a_tool_that_is_loaded_later_is_not_marked(stub: LLMStub, own: dict[str, Any]) -> None:
    stub.reply(Say("Yes"))
    late = ToolSpec("zoo", None, {"type": "object"}, provider_options={"anthropic": own})
    await events_of(resolve_model(MODEL), replace(ask("Hi"), tools=(*TOOLS, late)))
    marks = [tool.get("cache_control") for tool in stub.calls[0].body["tools"]]
    assert marks == ([None, FIVE, None] if own else [None, None, FIVE])


async def test_nothing_of_the_callers_is_changed(stub: LLMStub) -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    options: dict[str, Any] = {"tools": [search], "system": [{"type": "text", "text": "Be kind"}]}
    kept = json.dumps([options, [list(message.content) for message in CONVERSATION]])
    stub.reply(Say("Yes"))
    await events_of(resolve_model(MODEL), ask(*CONVERSATION, provider_options={"anthropic": options}))
    assert stub.calls[0].body["tools"] == [search | {"cache_control": FIVE}]
    assert stub.calls[0].body["system"] == [{"type": "text", "text": "Be kind", "cache_control": FIVE}]
    assert json.dumps([options, [list(message.content) for message in CONVERSATION]]) == kept


async def test_what_is_sent_is_the_same_each_time(stub: LLMStub) -> None:
    request = ModelRequest("Be kind", CONVERSATION, tools=TOOLS)
    for _ in range(2):
        stub.reply(Say("Yes"))
        await events_of(resolve_model(MODEL), request)
    assert json.dumps(stub.calls[0].body) == json.dumps(stub.calls[1].body)
