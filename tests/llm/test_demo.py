"""The model that needs no key."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, events_of, finish_of, text_of, user

from weft.agents.demo_tools import DEMO_TOOLS
from weft.llm.demo import READING_PACE, DemoModel
from weft.llm.model import ModelEvent, ModelMessage, ModelRequest, TextDelta, ToolCalled, UsageReported
from weft.threads.messages import FinishReason, MessageRole
from weft.threads.usage import Usage

DEMO = DemoModel(pace=0)


async def answer(*said: str) -> str:
    return text_of(await events_of(DEMO, ask(*said)))


async def test_says_that_it_is_a_demo_and_how_to_get_a_real_model() -> None:
    told = await answer("Where is my order?")
    assert "“Where is my order?”" in told
    assert "demo" in told
    for hint in ("OPENAI_API_KEY", 'model="openai:', "ANTHROPIC_API_KEY", 'model="anthropic:'):
        assert hint in told


async def test_is_long_enough_to_be_watched_and_short_enough_to_be_read() -> None:
    for number in range(40):
        assert 55 <= len((await answer(f"question {number}")).split()) <= 110


async def test_the_same_question_has_the_same_answer_and_others_vary() -> None:
    assert await answer("a") == await answer("a")
    openings = {(await answer(f"question {number}")).split(" You wrote")[0] for number in range(40)}
    assert len(openings) == 4


async def test_a_later_message_is_counted() -> None:
    told = text_of(await events_of(DEMO, ask("first", assistant("answer"), "second")))
    assert "message 2" in told
    assert "“second”" in told


async def test_quotes_the_start_of_a_long_message_on_one_line() -> None:
    told = await answer("word\n" * 500)
    assert "word word word…”" in told
    assert told.count("word ") < 40


async def test_a_picture_alone_cannot_be_quoted() -> None:
    told = text_of(await events_of(DEMO, ask(user({"type": "image", "image": "https://example.org/a.png"}))))
    assert "something without words" in told


async def test_usage_is_estimated_in_words() -> None:
    events = await events_of(DEMO, ask("three words here", instructions="and two"))
    told = sum(isinstance(event, TextDelta) for event in events)
    finish = finish_of(events)
    assert events[0] == UsageReported(Usage(input_tokens=5, total_tokens=5))
    assert finish.usage == Usage(input_tokens=5, output_tokens=told, total_tokens=5 + told)
    assert finish.provider_metadata == {"demo": {"usage": "estimated from words"}}


async def test_pauses_between_words_at_a_readable_pace() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    events = await events_of(DemoModel(sleep=sleep))
    words = sum(isinstance(event, TextDelta) for event in events)
    assert pauses == [READING_PACE] * (words - 1)
    assert 25 <= 1 / READING_PACE <= 40


def with_tools(request: ModelRequest, **changes: Any) -> ModelRequest:
    return replace(request, tools=[tool.spec for tool in DEMO_TOOLS], **changes)


def calls_in(events: Sequence[ModelEvent]) -> list[tuple[str, Any]]:
    return [(event.name, json.loads(event.input)) for event in events if isinstance(event, ToolCalled)]


def result(name: str, output: dict[str, Any]) -> ModelMessage:
    part = {"type": "tool-result", "toolCallId": "c1", "toolName": name, "output": output}
    return ModelMessage(MessageRole.TOOL, [part])


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("What is the weather in New York today?", ("demo_weather", {"city": "New York"})),
        ("will it rain?", ("demo_weather", {"city": "Rome"})),
        ("Send 250 to Ada Lovelace", ("demo_transfer", {"amount": 250, "to": "Ada Lovelace"})),
        ("please transfer some money", ("demo_transfer", {"amount": 250, "to": "Ada"})),
        ("Pay €40 to Émile for the weather report", ("demo_transfer", {"amount": 40, "to": "Émile"})),
    ],
)
async def test_calls_the_tool_that_the_message_is_about(said: str, call: tuple[str, Any]) -> None:
    events = await events_of(DEMO, with_tools(ask(said)))
    assert calls_in(events) == [call]
    assert text_of(events)
    assert finish_of(events).reason is FinishReason.TOOL_CALLS


async def test_its_calls_are_ones_that_the_tools_understand() -> None:
    tools = {tool.name: tool for tool in DEMO_TOOLS}
    for said in ("weather in Rome", "send 5 to Bo"):
        [(name, given)] = calls_in(await events_of(DEMO, with_tools(ask(said))))
        assert tools[name].parse(given)


async def test_only_the_transfer_asks_first() -> None:
    assert {tool.name: tool.needs_approval for tool in DEMO_TOOLS} == {"demo_weather": False, "demo_transfer": True}


async def test_calls_in_different_turns_have_different_ids() -> None:
    requests = (ask("weather?"), ask("weather?", assistant("Sunny."), "weather?"))
    told = [event for request in requests for event in await events_of(DEMO, with_tools(request))]
    assert len({event.id for event in told if isinstance(event, ToolCalled)}) == 2


@pytest.mark.parametrize("said", ["Hello", "I need time", "What do you repay?"])
async def test_otherwise_it_talks_and_says_what_to_try(said: str) -> None:
    events = await events_of(DEMO, with_tools(ask(said)))
    assert calls_in(events) == []
    assert "weather in Rome" in text_of(events)
    assert finish_of(events).reason is FinishReason.STOP


async def test_calls_nothing_that_it_was_not_given_or_must_not_call() -> None:
    assert calls_in(await events_of(DEMO, ask("weather in Rome"))) == []
    assert calls_in(await events_of(DEMO, with_tools(ask("weather in Rome"), tool_choice="none"))) == []


@pytest.mark.parametrize("choice", ["demo_transfer", "demo_weather", "required"])
async def test_calls_what_it_must_call(choice: str) -> None:
    [(name, _)] = calls_in(await events_of(DEMO, with_tools(ask("Hello"), tool_choice=choice)))
    assert name == ("demo_weather" if choice == "required" else choice)


@pytest.mark.parametrize(
    ("name", "output", "words"),
    [
        (
            "demo_weather",
            {"type": "text", "value": "In Rome it is 20 °C."},
            "In Rome it is 20 °C. The demo made that up",
        ),
        ("demo_transfer", {"type": "text", "value": "€5 gone."}, "€5 gone. No money has moved"),
        ("demo_transfer", {"type": "execution-denied", "reason": "no"}, "You said no"),
        ("demo_weather", {"type": "error-text", "value": "Error: closed"}, "could not do it: Error: closed"),
        ("other", {"type": "json", "value": {"a": 1}}, '{"a": 1}'),
    ],
)
async def test_says_what_came_of_a_call(name: str, output: dict[str, Any], words: str) -> None:
    events = await events_of(DEMO, with_tools(ask("weather?", result(name, output))))
    assert words in text_of(events)
    assert calls_in(events) == []
