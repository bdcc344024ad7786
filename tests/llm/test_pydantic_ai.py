"""Any model of pydantic-ai as one of Weft's, shown with pydantic-ai's own test models."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, cast

import pytest
from pydantic_ai import exceptions
from pydantic_ai.messages import (
    ModelMessage,
)
from pydantic_ai.models.function import AgentInfo, DeltaThinkingCalls, DeltaThinkingPart, DeltaToolCall, FunctionModel
from pydantic_ai.models.test import TestModel
from tests.llm_calls import DEADLINE, ask, assistant, events_of, failure_of, finish_of, text_of
from tests.llm_pydantic_ai import WEATHER, Scripted, call, request, result

from weft.errors import ConfigError, ProviderError
from weft.llm import model as weft
from weft.llm.model import (
    Finish,
    ModelEvent,
    ObjectSpec,
    ReasoningDelta,
    RequestSent,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.pydantic_ai import PydanticAIModel
from weft.threads.messages import FinishReason


async def test_streams_text_and_ends_with_one_finish() -> None:
    scripted = Scripted("Good ", "morning")
    events = await events_of(scripted.model)
    assert isinstance(events[0], RequestSent)
    assert [event for event in events if isinstance(event, TextDelta)] == [TextDelta("Good "), TextDelta("morning")]
    finish = finish_of(events)
    assert (finish.reason, finish.model) == (FinishReason.STOP, "tiny")
    assert finish.response["parts"][0]["content"] == "Good morning"
    assert (scripted.model.provider, scripted.model.name) == ("function", "tiny")


async def test_usage_is_reported_while_it_grows() -> None:
    events = await events_of(Scripted("one two ", "three").model)
    reports = [event.usage for event in events if isinstance(event, UsageReported)]
    used = finish_of(events).usage
    assert reports[-1] == used
    assert used.input_tokens > 0
    assert used.output_tokens > 0
    assert used.total_tokens == used.input_tokens + used.output_tokens


async def test_reasoning_comes_apart_with_its_signature() -> None:
    thought: DeltaThinkingCalls = {
        0: DeltaThinkingPart(content="let me "),
    }
    signed: DeltaThinkingCalls = {0: DeltaThinkingPart(content="see", signature="sig")}
    events = await events_of(Scripted(thought, signed, "Yes").model)
    thoughts = [event for event in events if isinstance(event, ReasoningDelta)]
    assert "".join(event.text for event in thoughts) == "let me see"
    assert len({event.id for event in thoughts}) == 1
    known = [event.provider_metadata for event in thoughts if event.provider_metadata]
    assert known[-1]["pydantic-ai"]["signature"] == "sig"
    assert text_of(events) == "Yes"


async def test_a_tool_call_comes_in_pieces_and_whole() -> None:
    first = {0: DeltaToolCall("weather", '{"ci', tool_call_id="c1")}
    events = await events_of(Scripted("Hm.", first, {0: DeltaToolCall(json_args='ty": "Rome"}')}).model)
    assert ToolInputStarted("c1", "weather") in events
    pieces = [event.text for event in events if isinstance(event, ToolInputDelta)]
    assert pieces == ['{"ci', 'ty": "Rome"}']
    assert ToolCalled("c1", "weather", '{"city": "Rome"}') in events
    assert finish_of(events).reason is FinishReason.TOOL_CALLS


async def test_broken_input_comes_out_as_it_was_written() -> None:
    events = await events_of(Scripted({0: DeltaToolCall("weather", '{"ci', tool_call_id="c1")}).model)
    assert ToolCalled("c1", "weather", '{"ci') in events


async def test_several_calls_are_several() -> None:
    both = {0: DeltaToolCall("weather", "{}", tool_call_id="c1"), 1: DeltaToolCall("weather", None, tool_call_id="c2")}
    events = await events_of(Scripted(both).model)
    assert [(event.id, event.input) for event in events if isinstance(event, ToolCalled)] == [
        ("c1", "{}"),
        ("c2", "{}"),
    ]


async def test_tools_and_settings_reach_the_model() -> None:
    scripted = Scripted("Yes")
    options = {"pydantic-ai": {"parallel_tool_calls": False}, "openai": {"surprise": 1}}
    settings = weft.ModelSettings(
        max_output_tokens=9, temperature=0.5, stop_sequences=("END",), provider_options=options
    )
    await events_of(scripted.model, request("Hi", tools=[WEATHER], tool_choice="weather", settings=settings))
    [tool] = scripted.asked.function_tools
    assert (tool.name, tool.description, tool.parameters_json_schema) == (
        WEATHER.name,
        WEATHER.description,
        WEATHER.input_schema,
    )
    assert scripted.asked.model_settings == {
        "max_tokens": 9,
        "temperature": 0.5,
        "stop_sequences": ["END"],
        "max_retries": 2,
        "tool_choice": ["weather"],
        "parallel_tool_calls": False,
    }


async def test_a_loop_with_a_tool_goes_round() -> None:
    model = PydanticAIModel(TestModel(custom_output_text="It is sunny."))
    first = await events_of(model, request("Weather in Rome?", tools=[WEATHER]))
    [made] = [event for event in first if isinstance(event, ToolCalled)]
    assert made.name == "weather"
    assert finish_of(first).reason is FinishReason.TOOL_CALLS
    history = [assistant(call(made.id, {"city": "Rome"})), result(made.id, {"type": "text", "value": "sunny"})]
    second = await events_of(model, request("Weather in Rome?", *history, tools=[WEATHER]))
    assert text_of(second) == "It is sunny."
    assert finish_of(second).reason is FinishReason.STOP


@pytest.mark.parametrize("schema", [None, {"type": "object", "properties": {"a": {"type": "integer"}}}])
async def test_an_object_is_asked_for(schema: dict[str, Any] | None) -> None:
    scripted = Scripted('{"a": 1}')
    events = await events_of(scripted.model, request("An object", output=ObjectSpec(schema, name="thing")))
    assert text_of(events) == '{"a": 1}'
    wanted = scripted.asked.model_request_parameters.output_object
    assert wanted is not None
    assert (wanted.json_schema, wanted.name) == (schema or {"type": "object"}, "thing")
    assert scripted.asked.model_request_parameters.output_mode == ("prompted" if schema is None else "native")


@pytest.mark.parametrize(
    ("raised", "code", "status", "retryable", "after"),
    [
        (exceptions.ModelHTTPError(429, "tiny", {"message": "slow down"}, retry_after=3), None, 429, True, 3),
        (exceptions.ModelHTTPError(400, "tiny", "no", provider_error_code="bad"), "bad", 400, False, None),
        (exceptions.ModelTimeoutError("tiny", "late"), "timeout", None, True, None),
        (exceptions.ModelConnectionError("tiny", "gone"), "connection_error", None, True, None),
        (exceptions.ModelUnavailableError("tiny", "down"), "ModelUnavailableError", None, True, None),
        (exceptions.ContentFilterError("not this"), "ContentFilterError", None, False, None),
        (exceptions.UserError("no such setting"), "UserError", None, False, None),
    ],
)
async def test_every_failure_of_the_provider_is_a_provider_error(
    raised: Exception, code: str | None, status: int | None, retryable: bool, after: float | None
) -> None:
    seen, error = await failure_of(Scripted("Half", raised).model, ask(), ProviderError)
    assert text_of(seen) == "Half"
    assert (error.provider_code, error.http_status, error.retryable, error.retry_after) == (
        code,
        status,
        retryable,
        after,
    )
    assert error.provider == "function"
    assert "tiny" in error.message


async def test_a_bug_in_a_model_is_not_taken_for_its_provider() -> None:
    await failure_of(Scripted("Half", ZeroDivisionError()).model, ask(), ZeroDivisionError)


async def test_closing_the_iterator_ends_the_call() -> None:
    ended = asyncio.Event()

    async def endless(_: list[ModelMessage], __: AgentInfo) -> AsyncIterator[str]:
        try:
            yield "word "
            await asyncio.Event().wait()
        finally:
            ended.set()

    model = PydanticAIModel(FunctionModel(stream_function=endless))
    answer = cast(AsyncGenerator[ModelEvent], model.stream(ask()))
    async with asyncio.timeout(DEADLINE):
        while not isinstance(await anext(answer), TextDelta):
            pass
        await answer.aclose()
        await ended.wait()


async def test_a_model_may_be_given_by_its_name() -> None:
    events = await events_of(PydanticAIModel("test"))
    assert isinstance(events[-1], Finish)


def test_a_name_that_pydantic_ai_does_not_know_is_refused() -> None:
    with pytest.raises(ConfigError, match="nobody"):
        PydanticAIModel("nobody:nothing")


def test_weft_without_pydantic_ai_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['pydantic_ai'] = None\n"
        "import weft\n"
        "from weft.errors import ConfigError\n"
        "try:\n    weft.PydanticAIModel\n"
        "except ConfigError as error:\n    print(error.message)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "pip install 'weft[pydantic-ai]'" in told.stdout
