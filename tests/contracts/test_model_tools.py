"""Tools, objects and what is told of the exchange: every provider alike, with its real SDK against the stub.

The ScriptedModel stands in the same tests where it is the events that matter: what passes with it passes with them.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import pytest
from tests.llm_calls import (
    ask,
    assistant,
    body_of,
    call,
    calls_of,
    events_of,
    failure_of,
    finish_of,
    result,
    results,
    text_of,
    tool,
    user,
)
from tests.llm_script import Break, Deny, End, Quote, Say, Think, Use
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.model import (
    DocumentCited,
    Model,
    ModelEvent,
    ModelRequest,
    ObjectSpec,
    ReasoningDelta,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
)
from weft.llm.registry import resolve_model
from weft.llm.scripted import ScriptedModel
from weft.threads.messages import FinishReason

SPECS = ("openai:stub-model", "openai-chat:stub-model", "anthropic:stub-model")
WEATHER = tool("weather", "Tells the weather", city={"type": "string"})
CLOCK = tool("clock", "Tells the time")


@pytest.fixture(params=SPECS)
def model(request: pytest.FixtureRequest, stub: LLMStub) -> Model:
    return resolve_model(str(request.param))


class Provider(Protocol):
    """Something to ask, whose answers are said beforehand."""

    @property
    def model(self) -> Model: ...
    def reply(self, *steps: Say | Use) -> None: ...


class Wired:
    def __init__(self, spec: str, stub: LLMStub) -> None:
        self.model: Model = resolve_model(spec)
        self._stub = stub

    def reply(self, *steps: Say | Use) -> None:
        self._stub.reply(*steps)


class Scripted:
    def __init__(self) -> None:
        self._answers: list[Sequence[ModelEvent]] = []

    @property
    def model(self) -> Model:
        return ScriptedModel(self._answers)

    def reply(self, *steps: Say | Use) -> None:
        self._answers.append([event for step in steps for event in self._events(step)])

    @staticmethod
    def _events(step: Say | Use) -> list[ModelEvent]:
        if isinstance(step, Say):
            return [TextDelta(step.text)]
        pieces = [ToolInputDelta(step.id, piece) for piece in step.pieces]
        return [ToolInputStarted(step.id, step.name), *pieces, ToolCalled(step.id, step.name, step.input)]


@pytest.fixture(params=[*SPECS, "scripted"])
def provider(request: pytest.FixtureRequest, stub: LLMStub) -> Provider:
    return Scripted() if request.param == "scripted" else Wired(str(request.param), stub)


def with_tools(request: ModelRequest | None = None, **changes: Any) -> ModelRequest:
    return replace(request or ask("What is it like in Rome?"), tools=[CLOCK, WEATHER], **changes)


def inputs(events: Sequence[ModelEvent]) -> dict[str, str]:
    """The inputs as they came in pieces, by call."""
    told: dict[str, str] = {}
    for event in events:
        if isinstance(event, ToolInputStarted):
            assert event.id not in told
            told[event.id] = ""
        elif isinstance(event, ToolInputDelta):
            told[event.id] += event.text
    return told


async def test_a_call_comes_in_pieces_and_then_whole(provider: Provider) -> None:
    said = '{"city": "Rome", "unit": "\\u00b0C"}'
    provider.reply(Say("Let me look."), Use("call_1", "weather", said))
    events = await events_of(provider.model, with_tools())
    made = calls_of(events)
    assert [(each.id, each.name, each.input) for each in made] == [("call_1", "weather", said)]
    assert inputs(events) == {"call_1": said}
    assert sum(isinstance(event, ToolInputDelta) for event in events) > 3
    assert text_of(events) == "Let me look."


async def test_calls_of_one_answer_do_not_mix(provider: Provider) -> None:
    rome, oslo = '{"city": "Rome"}', '{"city": "Oslo"}'
    provider.reply(Use("call_1", "weather", rome), Use("call_2", "weather", oslo), Use("call_3", "clock"))
    events = await events_of(provider.model, with_tools())
    made = [(each.id, each.name, each.input) for each in calls_of(events)]
    assert made == [("call_1", "weather", rome), ("call_2", "weather", oslo), ("call_3", "clock", "{}")]
    assert inputs(events) == {id_: text for id_, _, text in made}


@pytest.mark.parametrize("broken", ['{"city": "Ro', '{"city": "Rome"}}', "city=Rome", '{"a": NaN, }'])
async def test_broken_json_is_passed_on_as_it_came(provider: Provider, broken: str) -> None:
    provider.reply(Use("call_1", "weather", broken))
    assert [each.input for each in calls_of(await events_of(provider.model, with_tools()))] == [broken]


async def test_an_answer_that_calls_says_so(model: Model, stub: LLMStub) -> None:
    stub.reply(Use("call_1", "clock"))
    assert finish_of(await events_of(model, with_tools())).reason is FinishReason.TOOL_CALLS


async def test_tools_and_results_go_round_until_there_is_an_answer(model: Model, stub: LLMStub) -> None:
    """Call, result, two calls at once, results, answer; the stub takes no request that the provider would refuse."""
    stub.reply(Think("hm"), Say("First the time."), Use("call_1", "clock"))
    stub.reply(Use("call_2", "weather", '{"city": "Rome"}'), Use("call_3", "weather", '{"city": "Os'))
    stub.reply(Say("Noon, and sunny."))
    turns = [user("What is it like in Rome?")]
    for _ in range(2):
        events = await events_of(model, with_tools(ask(*turns)))
        made = calls_of(events)
        shown = [call(each.id, each.name, _read(each.input)) for each in made]
        turns += [assistant(*filter(None, [text_of(events)]), *shown), results(*(result(e.id, "fine") for e in made))]
    events = await events_of(model, with_tools(ask(*turns)))
    assert (text_of(events), finish_of(events).reason) == ("Noon, and sunny.", FinishReason.STOP)
    sent = json.dumps(stub.calls[-1].body)
    assert [sent.count(id_) for id_ in ("call_1", "call_2", "call_3")] == [2, 2, 2]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def test_what_has_lost_its_other_half_is_not_sent(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    asked = {"type": "tool-approval-request", "approvalId": "apr_1", "toolCallId": "lost_1"}
    answered = {"type": "tool-approval-response", "approvalId": "apr_1", "approved": True}
    turns = (
        user("Hello"),
        assistant(call("lost_1"), asked),
        results(answered),
        user("And?"),
        assistant("Wait.", call("kept_1"), call("lost_2")),
        results(result("lost_3", "so"), result("kept_1", "so"), result("kept_1", "twice")),
        user("Well?"),
    )
    await events_of(model, with_tools(ask(*turns)))
    sent = json.dumps(stub.calls[0].body)
    assert "lost" not in sent
    assert "apr_1" not in sent
    assert "twice" not in sent
    assert sent.count("kept_1") == 2


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"type": "text", "value": "sunny"}, "sunny"),
        ({"type": "json", "value": {"sky": "blau"}}, '{"sky": "blau"}'),
        ({"type": "error-text", "value": "no such place"}, "no such place"),
        ({"type": "error-json", "value": {"code": 7}}, '{"code": 7}'),
        ({"type": "execution-denied", "reason": "not today"}, "not today"),
        ({"type": "content", "value": [{"type": "text", "text": "so it is"}]}, "so it is"),
    ],
)
async def test_every_form_of_a_result_is_told(model: Model, stub: LLMStub, output: dict[str, Any], said: str) -> None:
    stub.reply(Say("Yes"))
    await events_of(model, with_tools(ask("Hi", assistant(call("call_1")), results(result("call_1", output)))))
    assert json.dumps(said, ensure_ascii=False)[1:-1] in json.dumps(stub.calls[0].body, ensure_ascii=False)


async def test_a_picture_in_a_result_is_shown_as_a_picture(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    png = "iVBORw0KGgoAAAANSUhEUg=="
    picture = {"type": "file", "data": {"type": "data", "data": png}, "mediaType": "image/png"}
    output = {"type": "content", "value": [{"type": "text", "text": "here"}, picture]}
    await events_of(model, with_tools(ask("Hi", assistant(call("call_1")), results(result("call_1", output)))))
    sent = json.dumps(stub.calls[0].body)
    assert sent.count(png) == 1
    assert any(kind in sent for kind in ('"input_image"', '"image_url"', '"image"'))


@pytest.mark.parametrize("choice", ["auto", "none", "required", "clock"])
async def test_a_tool_choice_is_one_that_the_provider_knows(model: Model, stub: LLMStub, choice: str) -> None:
    stub.reply(Say("Yes"))
    events = await events_of(model, with_tools(tool_choice=choice))
    assert json.dumps(body_of(events)).count("Tells the") in (0, 2)


async def test_tools_are_told_in_the_order_given(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    await events_of(model, with_tools())
    told = [each.get("name") or each["function"]["name"] for each in stub.calls[0].body["tools"]]
    assert told == ["clock", "weather"]


SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("schema", [SCHEMA, {**SCHEMA, "required": ["name"]}, None])
async def test_an_object_is_asked_for_in_the_providers_own_way(
    model: Model, stub: LLMStub, schema: dict[str, Any] | None
) -> None:
    stub.reply(Say('{"name": "Ada", "age": 36}'))
    spec = ObjectSpec(schema, "person", "Whoever is meant")
    events = await events_of(model, replace(ask("Who wrote it?"), output=spec))
    assert json.loads(text_of(events)) == {"name": "Ada", "age": 36}


async def test_what_was_sent_is_told_first_and_exactly(model: Model, stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    events = await events_of(model, with_tools(ask("Hi", max_output_tokens=9, headers={"x-tenant": "blue"})))
    assert body_of(events) == stub.calls[0].body
    assert stub.calls[0].headers["x-tenant"] == "blue"
    assert "sk-stub" not in json.dumps(body_of(events))


async def test_what_was_answered_is_told_for_those_who_look_into_it(model: Model, stub: LLMStub) -> None:
    stub.reply(Think("hm"), Say("Let me look."), Use("call_1", "clock"))
    response = finish_of(await events_of(model, with_tools())).response
    told = json.dumps(response)
    assert "Let me look." in told
    assert "call_1" in told


@pytest.mark.parametrize("spec", [spec for spec in SPECS if "chat" not in spec])  # chat cites nothing but pages
async def test_a_document_cited_twice_is_one_source(stub: LLMStub, spec: str) -> None:
    stub.reply(Say("Yes"), Quote("report.txt"), Quote("report.txt"))
    request = ask(user({"type": "file", "data": "SGk=", "mediaType": "text/plain", "filename": "report.txt"}))
    cited = [event for event in await events_of(resolve_model(spec), request) if isinstance(event, DocumentCited)]
    assert [(each.id, each.title, each.media_type) for each in cited] == [("source-1", "report.txt", "text/plain")]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("retry-after", "7")], 7.0),
        ([("retry-after-ms", "1500"), ("retry-after", "7")], 1.5),
        ([("retry-after", "Fri, 01 Jan 2021 00:00:00 GMT")], 0.0),
        ([], None),
    ],
)
async def test_an_error_says_when_to_ask_again(
    model: Model, stub: LLMStub, headers: list[tuple[str, str]], seconds: float | None
) -> None:
    stub.deny(Deny(429, "rate_limit_error", headers=headers))
    _, error = await failure_of(model, ask(max_retries=0), ProviderError)
    assert (error.retryable, error.retry_after) == (True, seconds)


async def test_after_the_first_event_nothing_is_tried_again(model: Model, stub: LLMStub) -> None:
    stub.reply(Use("call_1", "clock"), Break("overloaded_error", "too busy"), End())
    stub.reply(Say("never asked for"))
    seen, error = await failure_of(model, with_tools(ask(max_retries=5)), ProviderError)
    assert error.retryable
    assert any(isinstance(event, ToolInputStarted) for event in seen)
    assert len(stub.calls) == 1


async def test_reasoning_goes_back_with_the_calls_it_led_to(model: Model, stub: LLMStub) -> None:
    stub.reply(Think("let me see", proof="sealed"), Use("call_1", "clock"))
    stub.reply(Say("Yes"))
    events = await events_of(model, with_tools())
    thoughts = [event for event in events if isinstance(event, ReasoningDelta)]
    facts = {key: value for event in thoughts for key, value in (event.provider_metadata or {}).items()}
    text = "".join(event.text for event in thoughts)
    thought = {"type": "reasoning", "text": text, "providerMetadata": facts}
    turns = ("Hi", assistant(thought, call("call_1", "clock")), results(result("call_1", "noon", "clock")))
    await events_of(model, with_tools(ask(*turns)))
    assert "let me see" in json.dumps(stub.calls[1].body)
