"""Tools with Anthropic: how they are told, how calls come, and what a history with calls becomes."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, call, calls_of, events_of, finish_of, result, results, user
from tests.llm_script import Raw, Say, Think, Use
from tests.llm_sse import sse
from tests.llm_stub import LLMStub

from weft.llm.model import ModelMessage, ToolCalled, ToolInputDelta, ToolInputStarted, ToolSpec
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason, MessageRole

MODEL = "anthropic:claude-sonnet-5-5"
CITY = {"type": "object", "properties": {"city": {"type": "string", "minLength": 2}}, "required": ["city"]}
PLAIN: dict[str, Any] = {"anthropic": {"cacheControl": False}}
PNG = "iVBORw0KGgoAAAANSUhEUg=="


async def body_of(
    stub: LLMStub, *messages: ModelMessage, tools: tuple[ToolSpec, ...] = (), choice: str | None = None, **options: Any
) -> dict[str, Any]:
    """The body of the request that is sent for these."""
    stub.reply(Say("Yes"))
    request = ask(*messages, provider_options={"anthropic": PLAIN["anthropic"] | options})
    await events_of(resolve_model(MODEL), replace(request, tools=tools, tool_choice=choice))
    return stub.calls[-1].body


async def test_tools_are_told_with_their_schemas(stub: LLMStub) -> None:
    eager = {"anthropic": {"eager_input_streaming": True, "cacheControl": {"type": "ephemeral"}}, "openai": {"x": 1}}
    tools = (ToolSpec("lookup", None, {"properties": {}}), ToolSpec("weather", "How it is", CITY, None, eager))
    body = await body_of(stub, tools=tools)
    told = {"name": "weather", "description": "How it is", "input_schema": CITY}
    options = {"eager_input_streaming": True, "cache_control": {"type": "ephemeral"}}
    assert body["tools"] == [
        {"name": "lookup", "input_schema": {"type": "object", "properties": {}}},
        told | options,
    ]
    assert "tool_choice" not in body


async def test_a_strict_schema_says_what_the_api_enforces_and_describes_the_rest(stub: LLMStub) -> None:
    body = await body_of(stub, tools=(ToolSpec("weather", None, CITY, strict=True),))
    schema = body["tools"][0]["input_schema"]
    assert (body["tools"][0]["strict"], schema["additionalProperties"]) == (True, False)
    assert schema["properties"]["city"] == {"type": "string", "description": "{minLength: 2}"}


async def test_a_strict_schema_that_has_no_such_form_goes_as_it_is(stub: LLMStub) -> None:
    schema = {"type": "object", "properties": {"city": {"type": ["string", "null"]}}}
    body = await body_of(stub, tools=(ToolSpec("weather", None, schema, strict=True),))
    assert body["tools"][0]["input_schema"] == schema


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ("weather", {"type": "tool", "name": "weather"}),
    ],
)
async def test_a_tool_choice_in_the_words_of_the_api(stub: LLMStub, choice: str, told: dict[str, Any]) -> None:
    body = await body_of(stub, tools=(ToolSpec("weather", None, CITY),), choice=choice)
    assert body["tool_choice"] == told
    one = {"disable_parallel_tool_use": True}
    body = await body_of(stub, tools=(ToolSpec("weather", None, CITY),), choice=choice, tool_choice=one)
    assert body["tool_choice"] == (told if choice == "none" else told | one)


async def test_a_choice_without_tools_is_not_told(stub: LLMStub) -> None:
    assert "tool_choice" not in await body_of(stub, choice="required")


async def test_calls_come_piece_by_piece_and_several_in_an_answer(stub: LLMStub) -> None:
    stub.reply(Say("Let me see. "), Use("toolu_1", "weather", '{"city": "Köln"}'), Use("toolu_2", "clock", ""))
    events = await events_of(resolve_model(MODEL))
    started = [event for event in events if isinstance(event, ToolInputStarted)]
    assert started == [ToolInputStarted("toolu_1", "weather"), ToolInputStarted("toolu_2", "clock")]
    pieces = [event.text for event in events if isinstance(event, ToolInputDelta)]
    assert pieces == ['{"cit', 'y": "', 'Köln"', "}"]
    assert calls_of(events) == [
        ToolCalled("toolu_1", "weather", '{"city": "Köln"}'),
        ToolCalled("toolu_2", "clock", "{}"),
    ]
    finish = finish_of(events)
    assert finish.reason is FinishReason.TOOL_CALLS
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": "Let me see. "},
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "toolu_2", "name": "clock", "input": {}},
    ]
    assert finish.response["content"] == blocks
    assert finish.response["usage"]["output_tokens"] == 7


@pytest.mark.parametrize("written", ['{"city": "Kö', "nonsense", '["a"]'])
async def test_a_broken_input_comes_as_it_was_written(stub: LLMStub, written: str) -> None:
    stub.reply(Use("toolu_1", "weather", written), stop="length")
    events = await events_of(resolve_model(MODEL))
    assert ToolCalled("toolu_1", "weather", written) in events
    assert finish_of(events).reason is FinishReason.LENGTH
    assert finish_of(events).response["content"][0]["input"] == {}


async def test_a_server_that_sends_the_whole_input_at_once(stub: LLMStub) -> None:
    block = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Köln"}}
    start = sse({"type": "content_block_start", "index": 0, "content_block": block}, "content_block_start")
    stub.reply(Raw(start), Raw(sse({"type": "content_block_stop", "index": 0}, "content_block_stop")))
    assert ToolCalled("toolu_1", "weather", '{"city": "Köln"}') in await events_of(resolve_model(MODEL))


async def test_a_call_that_a_program_of_the_models_made_says_so_when_it_goes_back(stub: LLMStub) -> None:
    caller = {"type": "code_execution_20260120", "tool_id": "srvtoolu_1"}
    block = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}, "caller": caller}
    start = sse({"type": "content_block_start", "index": 0, "content_block": block}, "content_block_start")
    stub.reply(Raw(start), Raw(sse({"type": "content_block_stop", "index": 0}, "content_block_stop")))
    events = await events_of(resolve_model(MODEL))
    (called,) = calls_of(events)
    assert called.provider_metadata == {"anthropic": {"caller": caller}}
    back = call("toolu_1", providerMetadata=called.provider_metadata)
    body = await body_of(stub, user("Hi"), assistant(back), results(result("toolu_1", "sunny")))
    assert body["messages"][1]["content"][0]["caller"] == caller


async def test_results_come_first_and_directly_after_their_calls(stub: LLMStub) -> None:
    request = {"type": "tool-approval-request", "approvalId": "apr_1", "toolCallId": "b"}
    response = {"type": "tool-approval-response", "approvalId": "apr_1", "approved": True}
    body = await body_of(
        stub,
        user("Weather?"),
        assistant("Let me see.", call("a", input={"city": "Köln"}), call("b"), request),
        results(response),
        user("And hurry!"),
        results(result("b", "rain")),
        results(result("a", "sunny")),
        user("Well?"),
    )
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Let me see."},
                {"type": "tool_use", "id": "a", "name": "look", "input": {"city": "Köln"}},
                {"type": "tool_use", "id": "b", "name": "look", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "sunny"},
                {"type": "tool_result", "tool_use_id": "b", "content": "rain"},
                {"type": "text", "text": "And hurry!"},
                {"type": "text", "text": "Well?"},
            ],
        },
    ]


async def test_a_history_with_calls_names_their_tools_where_the_request_has_none(stub: LLMStub) -> None:
    body = await body_of(
        stub, user("Hi"), assistant(call("a"), call("b", "clock")), results(result("a", "sunny"), result("b", "sunny"))
    )
    empty = {"input_schema": {"type": "object"}}
    assert body["tools"] == [{"name": "clock"} | empty, {"name": "look"} | empty]
    assert body["tool_choice"] == {"type": "none"}


async def test_what_lost_its_other_half_never_reaches_the_wire(stub: LLMStub) -> None:
    lost = (assistant("One", call("a")), results(result("b", "sunny")), user("Two"), assistant(call("c")))
    body = await body_of(stub, user("Hi"), *lost)
    assert [block for message in body["messages"] for block in message["content"]] == [
        {"type": "text", "text": text} for text in ("Hi", "One", "Two")
    ]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ({"type": "text", "value": "sunny"}, {"content": "sunny"}),
        ({"type": "text", "value": " "}, {}),
        ({"type": "json", "value": {"b": 1, "a": "ü"}}, {"content": '{"b": 1, "a": "ü"}'}),
        ({"type": "json", "value": None}, {"content": "null"}),
        ({"type": "error-text", "value": "no such city"}, {"content": "no such city", "is_error": True}),
        ({"type": "error-text", "value": ""}, {"content": "The tool failed.", "is_error": True}),
        ({"type": "error-json", "value": {"code": 7}}, {"content": '{"code": 7}', "is_error": True}),
        ({"type": "execution-denied", "reason": "too dear"}, {"content": "too dear", "is_error": True}),
        ({"type": "execution-denied"}, {"content": "The call was denied.", "is_error": True}),
    ],
)
async def test_every_output_as_a_result(stub: LLMStub, output: dict[str, Any], told: dict[str, Any]) -> None:
    row = results({"type": "tool-result", "toolCallId": "a", "toolName": "weather", "output": output})
    body = await body_of(stub, user("Hi"), assistant(call("a")), row)
    assert body["messages"][2]["content"] == [{"type": "tool_result", "tool_use_id": "a"} | told]


async def test_images_and_documents_in_a_result(stub: LLMStub) -> None:
    items = [
        {"type": "text", "text": "Here:"},
        {"type": "file", "data": {"type": "data", "data": PNG}, "mediaType": "image/png"},
        {"type": "file", "data": {"type": "url", "url": "https://example.org/b.pdf"}, "mediaType": "application/pdf"},
        {"type": "file", "data": {"type": "text", "text": "Grüße"}, "mediaType": "text/plain", "filename": "a.txt"},
        {"type": "file", "data": {"type": "reference", "reference": {"anthropic": "file_1"}}, "mediaType": "image/png"},
        {"type": "file-id", "fileId": "file_2"},
        {"type": "file", "data": {"type": "data", "data": "UEsD"}, "mediaType": "application/zip", "filename": "a.zip"},
    ]
    body = await body_of(
        stub, user("Hi"), assistant(call("a")), results(result("a", {"type": "content", "value": items}))
    )
    (told,) = body["messages"][2]["content"]
    sources = [block.get("source") for block in told["content"][1:6]]
    assert [block["type"] for block in told["content"]] == [
        "text",
        "image",
        *["document"] * 2,
        "image",
        "document",
        "text",
    ]
    assert sources == [
        {"type": "base64", "media_type": "image/png", "data": PNG},
        {"type": "url", "url": "https://example.org/b.pdf"},
        {"type": "text", "media_type": "text/plain", "data": "Grüße"},
        {"type": "file", "file_id": "file_1"},
        {"type": "file", "file_id": "file_2"},
    ]
    assert told["content"][6]["text"].startswith("[a.zip: Anthropic cannot be given a file of type application/zip")


@pytest.mark.parametrize(
    ("value", "told"), [('{"a": 1}', {"a": 1}), ('{"a', {"invalid_input": '{"a'}), ([1], {"invalid_input": [1]})]
)
async def test_an_input_is_always_an_object(stub: LLMStub, value: Any, told: dict[str, Any]) -> None:
    body = await body_of(stub, user("Hi"), assistant(call("a", input=value)), results(result("a", "sunny")))
    assert body["messages"][1]["content"][0]["input"] == told


async def test_ids_that_another_provider_gave_are_made_legal_and_unlike(stub: LLMStub) -> None:
    turn = (assistant(call("call|1")), results(result("call|1", "ok")))
    body = await body_of(stub, user("Hi"), *turn, user("Again"), *turn)
    blocks = [block for message in body["messages"] for block in message["content"] if block["type"] != "text"]
    assert [block.get("id") or block["tool_use_id"] for block in blocks] == ["call_1"] * 2 + ["call_1_2"] * 2


async def test_thinking_goes_back_in_its_place_during_a_turn_with_tools(stub: LLMStub) -> None:
    signed = {"type": "reasoning", "text": "hm", "providerMetadata": {"anthropic": {"signature": "s"}}}
    hidden = {"type": "reasoning", "text": "", "providerMetadata": {"anthropic": {"redactedData": "sealed"}}}
    omitted = {"type": "reasoning", "text": "", "providerMetadata": {"anthropic": {"signature": "t"}}}
    foreign = {"type": "reasoning", "text": "so", "providerMetadata": {"openai": {"itemId": "rs_1"}}}
    said = (signed, "One.", hidden, call("a"), omitted, call("b"), foreign)
    body = await body_of(stub, user("Hi"), assistant(*said), results(result("a", "sunny"), result("b", "sunny")))
    kinds = [block["type"] for block in body["messages"][1]["content"]]
    assert kinds == ["thinking", "text", "redacted_thinking", "tool_use", "thinking", "tool_use"]
    assert body["messages"][1]["content"][0] == {"type": "thinking", "thinking": "hm", "signature": "s"}
    assert body["messages"][1]["content"][2] == {"type": "redacted_thinking", "data": "sealed"}
    assert body["messages"][1]["content"][4] == {"type": "thinking", "thinking": "", "signature": "t"}


async def test_thinking_that_led_to_nothing_is_left_out(stub: LLMStub) -> None:
    signed = {"type": "reasoning", "text": "hm", "providerMetadata": {"anthropic": {"signature": "s"}}}
    body = await body_of(stub, user("Hi"), assistant(signed), user("You there?"), assistant("Yes", signed), user("Ok"))
    assert [[block["type"] for block in message["content"]] for message in body["messages"]] == [
        ["text", "text"],
        ["text"],
        ["text"],
    ]


async def test_a_conversation_that_the_assistant_begins_gets_a_first_word(stub: LLMStub) -> None:
    body = await body_of(stub, assistant("Hello, I am Weft."), user("Hi"))
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]


async def test_a_turn_of_two_steps_with_the_events_of_the_first(stub: LLMStub) -> None:
    stub.reply(Think("let me see", proof="signed"), Use("toolu_1", "weather", json.dumps({"city": "Köln"})))
    first = await events_of(resolve_model(MODEL))
    (called,) = calls_of(first)
    thought = {"type": "reasoning", "text": "let me see", "providerMetadata": {"anthropic": {"signature": "signed"}}}
    said = ModelMessage(MessageRole.ASSISTANT, [thought, call(called.id, called.name, json.loads(called.input))])
    body = await body_of(stub, user("Hi"), said, results(result("toolu_1", "sunny")))
    response = finish_of(first).response["content"]
    assert body["messages"][1]["content"] == response
