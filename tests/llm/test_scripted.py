"""The scripted model, the public tool of everyone's tests."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.llm_calls import DEADLINE, ask, events_of, failure_of, finish_of, text_of

from weft.errors import ConfigError
from weft.llm.words import words_of
from weft.testing import (
    DEFAULT_USAGE,
    Call,
    Fail,
    Finish,
    FinishReason,
    Flaky,
    Gate,
    ModelRequest,
    ProviderError,
    ReasoningDelta,
    ScriptedModel,
    SourceFound,
    Step,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
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


async def test_a_call_is_written_in_pieces_and_ends_the_answer_for_its_result() -> None:
    events = await events_of(ScriptedModel([Call("weather", {"city": "Köln"})]))
    assert events[0] == ToolInputStarted("call_1", "weather")
    pieces = [event.text for event in events if isinstance(event, ToolInputDelta)]
    assert len(pieces) > 1
    assert "".join(pieces) == '{"city": "Köln"}'
    assert events[-2] == ToolCalled("call_1", "weather", '{"city": "Köln"}')
    assert finish_of(events) == Finish(FinishReason.TOOL_CALLS, DEFAULT_USAGE, "scripted")


async def test_calls_of_one_model_have_different_ids_in_all_its_answers() -> None:
    model = ScriptedModel([["Let me see.", Call("a"), Call("b", id="mine")], Call("c"), "Done"])
    told = [event for _ in range(3) for event in await events_of(model)]
    assert [event.id for event in told if isinstance(event, ToolCalled)] == ["call_1", "mine", "call_2"]
    reasons = [event.reason for event in told if isinstance(event, Finish)]
    assert reasons == [FinishReason.TOOL_CALLS, FinishReason.TOOL_CALLS, FinishReason.STOP]


async def test_a_call_may_have_a_broken_input() -> None:
    events = await events_of(ScriptedModel([Call("weather", raw='{"ci')]))
    assert ToolCalled("call_1", "weather", '{"ci') in events


async def test_a_call_without_input_is_one_of_an_empty_object() -> None:
    assert ToolCalled("call_1", "now", "{}") in await events_of(ScriptedModel([Call("now")]))


async def test_a_long_input_comes_in_few_pieces() -> None:
    events = await events_of(ScriptedModel([Call("write", {"text": "x" * 100_000})]))
    assert sum(isinstance(event, ToolInputDelta) for event in events) == 100


async def test_what_the_provider_runs_itself_does_not_end_the_answer() -> None:
    asked = ToolCalled("srv_1", "web_search", "{}", provider_executed=True)
    found = ToolAnswered("srv_1", "web_search", {"type": "json", "value": []})
    events = await events_of(ScriptedModel([[asked, found, "Nothing"]]))
    assert finish_of(events).reason is FinishReason.STOP


@pytest.mark.parametrize("script", [[{"a": [1, "ü x"]}], [[{"a": [1, "ü x"]}]]])
async def test_an_object_is_streamed_as_its_json(script: Any) -> None:
    events = await events_of(ScriptedModel(script))
    assert sum(isinstance(event, TextDelta) for event in events) > 1
    assert json.loads(text_of(events)) == {"a": [1, "ü x"]}


async def test_a_list_among_the_steps_is_streamed_as_its_json() -> None:
    assert json.loads(text_of(await events_of(ScriptedModel([[[1, 2, "three"]]])))) == [1, 2, "three"]


async def test_fails_as_often_as_wanted_and_always_at_the_same_calls() -> None:
    async def outcomes() -> list[str]:
        model = ScriptedModel(["Yes"], repeat=True, fail=Flaky(0.5, "busy", seed=4))
        return [await outcome(model) for _ in range(60)]

    first = await outcomes()
    assert first == await outcomes()
    assert 15 < first.count("busy") < 45
    assert set(first) == {"Yes", "busy"}


async def test_a_call_that_failed_by_chance_has_used_up_no_answer() -> None:
    model = ScriptedModel(["one", "two"], fail=Flaky(0.5))
    said: list[str] = []
    while len(said) < 2:
        if (told := await outcome(model)) != Flaky().message:
            said.append(told)
    assert said == ["one", "two"]
    assert len(model.requests) >= 2


async def test_a_failure_that_is_certain_says_what_a_provider_would() -> None:
    model = ScriptedModel(["never"], fail=Flaky(message="quota", retryable=False))
    seen, error = await failure_of(model, ask(), ProviderError)
    assert (seen, error.message, error.retryable, error.provider) == ([], "quota", False, "scripted")
    assert error.provider_code == "scripted_failure"


async def outcome(model: ScriptedModel) -> str:
    try:
        return text_of(await events_of(model))
    except ProviderError as error:
        return error.message


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_a_probability_that_is_none_is_refused(probability: float) -> None:
    with pytest.raises(ConfigError):
        ScriptedModel([], fail=Flaky(probability))


async def test_the_finish_carries_the_metadata_of_the_provider() -> None:
    model = ScriptedModel(["Yes"], provider_metadata={"scripted": {"tier": "flex"}})
    assert finish_of(await events_of(model)).provider_metadata == {"scripted": {"tier": "flex"}}


@pytest.mark.parametrize("script", ["Hi", [TextDelta("Hi")], [7], [["Hi", None]]])
def test_a_script_that_is_none_is_refused_when_it_is_written(script: Any) -> None:
    with pytest.raises(ConfigError):
        ScriptedModel(script)


async def test_an_answer_made_of_nonsense_is_refused_when_it_is_made() -> None:
    def nonsense(request: ModelRequest) -> Any:
        return 7

    await failure_of(ScriptedModel([nonsense]), ask(), ConfigError)
