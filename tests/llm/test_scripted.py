"""The scripted model, the public tool of everyone's tests."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.llm_calls import DEADLINE, ask, events_of, failure_of, finish_of, text_of

from weft.errors import ConfigError
from weft.llm.words import words_of
from weft.testing import (
    DEFAULT_USAGE,
    Fail,
    Finish,
    FinishReason,
    Gate,
    ModelRequest,
    ProviderError,
    ReasoningDelta,
    ScriptedModel,
    SourceFound,
    Step,
    TextDelta,
    Usage,
    UsageReported,
)


async def test_a_text_comes_word_by_word_with_its_spaces() -> None:
    text = " Hello  big\nworld "
    events = await events_of(ScriptedModel([text]))
    words = [event.text for event in events if isinstance(event, TextDelta)]
    assert words == [" ", "Hello ", " ", "big\nworld "]
    assert "".join(words) == text


@given(st.text())
def test_no_text_loses_a_character(text: str) -> None:
    assert "".join(words_of(text)) == text


async def test_ends_as_a_provider_would() -> None:
    events = await events_of(ScriptedModel(["Hi"], name="tiny"))
    assert events == [TextDelta("Hi"), Finish(FinishReason.STOP, DEFAULT_USAGE, "tiny")]
    assert Usage(input_tokens=3, output_tokens=10, total_tokens=13) == DEFAULT_USAGE


async def test_answers_come_in_turn_and_requests_are_kept() -> None:
    model = ScriptedModel(["one", "two"])
    first, second = ask("a"), ask("b")
    assert [text_of(await events_of(model, request)) for request in (first, second)] == ["one", "two"]
    assert model.requests == [first, second]


async def test_events_are_given_as_scripted() -> None:
    page = SourceFound("source-1", "https://example.org", "Example")
    script: list[Step] = [ReasoningDelta("hm"), "a b", page, TextDelta("c", "1")]
    events = await events_of(ScriptedModel([script]))
    assert events[:-1] == [ReasoningDelta("hm"), TextDelta("a "), TextDelta("b"), page, TextDelta("c", "1")]


async def test_a_finish_of_ones_own_ends_the_answer() -> None:
    end = Finish(FinishReason.LENGTH, Usage(1, 2, 3), "other")
    assert await events_of(ScriptedModel([["a", end, "never"]])) == [TextDelta("a"), end]


async def test_the_usage_reported_last_is_the_final_one() -> None:
    reports = [UsageReported(Usage(1, 1, 2)), UsageReported(Usage(1, 5, 6))]
    assert finish_of(await events_of(ScriptedModel([[*reports, "a"]]))).usage == Usage(1, 5, 6)


async def test_an_answer_may_depend_on_the_request() -> None:
    def echo(request: ModelRequest) -> str:
        return f"You said {request.messages[-1].content[0]['text']}"

    assert text_of(await events_of(ScriptedModel([echo]), ask("hey"))) == "You said hey"


async def test_a_gate_holds_the_answer_until_the_test_opens_it() -> None:
    gate = Gate()
    seen: list[str] = []

    async def listen() -> None:
        async for event in ScriptedModel([["before ", gate, "after"]]).stream(ask()):
            if isinstance(event, TextDelta):
                seen.append(event.text)

    async with asyncio.timeout(DEADLINE):
        listening = asyncio.create_task(listen())
        await gate.reached()
        assert seen == ["before "]
        gate.open()
        await listening
    assert seen == ["before ", "after"]


async def test_a_gate_opened_early_holds_nobody() -> None:
    gate = Gate()
    gate.open()
    assert text_of(await events_of(ScriptedModel([["a", gate, "b"]], repeat=True))) == "ab"


async def test_a_gate_that_nobody_comes_to() -> None:
    with pytest.raises(TimeoutError):
        await Gate().reached(timeout=0.01)


async def test_fails_where_the_script_says_so() -> None:
    error = ProviderError("busy", provider="scripted", http_status=529, retryable=True)
    seen, raised = await failure_of(ScriptedModel([["half", Fail(error)]]), ask(), ProviderError)
    assert raised is error
    assert seen == [TextDelta("half")]


async def test_a_call_too_many_says_so() -> None:
    model = ScriptedModel(["one"])
    await events_of(model)
    _, error = await failure_of(model, ask(), ProviderError)
    assert (error.provider_code, error.retryable) == ("script_exhausted", False)
    assert "all its 1 answers" in error.message
    assert len(model.requests) == 2


async def test_a_script_can_be_repeated() -> None:
    model = ScriptedModel(["one", "two"], repeat=True)
    assert [text_of(await events_of(model)) for _ in range(5)] == ["one", "two", "one", "two", "one"]


async def test_counts_the_calls_that_were_closed_early() -> None:
    model = ScriptedModel([["a", Gate(), "b"]], repeat=True)
    answer: Any = model.stream(ask())
    assert await anext(answer) == TextDelta("a")
    await answer.aclose()
    assert model.cancelled == 1
    whole = ScriptedModel(["a"])
    answer = whole.stream(ask())
    while not isinstance(await anext(answer), Finish):
        pass
    await answer.aclose()
    assert whole.cancelled == 0


async def test_a_delay_is_kept_before_each_word() -> None:
    model = ScriptedModel(["a b"], delay=0.001)
    assert text_of(await events_of(model)) == "a b"


@pytest.mark.parametrize("script", ["Hi", [TextDelta("Hi")], [7], [["Hi", None]]])
def test_a_script_that_is_none_is_refused_when_it_is_written(script: Any) -> None:
    with pytest.raises(ConfigError):
        ScriptedModel(script)


async def test_an_answer_made_of_nonsense_is_refused_when_it_is_made() -> None:
    def nonsense(request: ModelRequest) -> Any:
        return 7

    await failure_of(ScriptedModel([nonsense]), ask(), ConfigError)
