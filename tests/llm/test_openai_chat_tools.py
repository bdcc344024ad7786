"""Chat completions with tools: what is sent of them, and calls in all the ways in which servers send them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, call, calls_of, events_of, finish_of, result, results, tool, user
from tests.llm_script import Raw, Say, Think, Use
from tests.llm_stub import LLMStub

from weft.llm import openai_chat
from weft.llm.model import ReasoningDelta, ToolInputStarted
from weft.llm.registry import resolve_model
from weft.llm.vendor import Vendor
from weft.threads.messages import FinishReason

PNG = "iVBORw0KGgoAAAANSUhEUg=="
MODEL = "openai-chat:llama"


def pieces(*deltas: dict[str, Any]) -> Raw:
    """Chunks with a piece of a call each."""
    chunks = [
        {"id": "c1", "model": "llama", "choices": [{"index": 0, "delta": {"tool_calls": [delta]}}]} for delta in deltas
    ]
    return Raw(b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks))


async def messages_for(stub: LLMStub, *turns: Any) -> list[dict[str, Any]]:
    stub.reply(Say("Yes"))
    await events_of(resolve_model(MODEL), ask(*turns))
    sent: list[dict[str, Any]] = stub.calls[-1].body["messages"]
    return sent


async def test_tools_and_settings_on_the_wire(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    request = ask(presence_penalty=0.5, frequency_penalty=-0.5, top_k=3)
    request = replace(request, tools=[tool("look", "Looks", at={"type": "string"})], tool_choice="look", cache_key="t")
    finish = finish_of(await events_of(resolve_model(MODEL), request))
    body = stub.calls[0].body
    schema = {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}
    assert body["tools"] == [
        {"type": "function", "function": {"name": "look", "description": "Looks", "parameters": schema}}
    ]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "look"}}
    assert (body["presence_penalty"], body["frequency_penalty"]) == (0.5, -0.5)
    assert [warning["feature"] for warning in finish.warnings] == ["top_k"]
    assert "prompt_cache_key" not in body


async def test_the_key_of_the_cache_is_for_openai_itself(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.reply(Say("Yes"))
    at_home = Vendor("openai-chat", "OpenAI", "OPENAI_API_KEY", "NOT_SET", f"{stub.url}/v1")
    monkeypatch.setattr(openai_chat, "CHAT", at_home)
    await events_of(resolve_model(MODEL), replace(ask(), cache_key="thr_1"))
    assert stub.calls[0].body["prompt_cache_key"] == "thr_1"


async def test_calls_and_results_on_the_wire(stub: LLMStub) -> None:
    picture = {"type": "file", "data": {"type": "data", "data": PNG}, "mediaType": "image/png"}
    lost = {"type": "file", "data": {"type": "url", "url": "https://a.b/c.pdf"}, "mediaType": "application/pdf"}
    shown = {"type": "content", "value": [{"type": "text", "text": "here"}, picture, lost]}
    held = {"type": "file", "data": {"type": "reference", "reference": {"openai": "file-1"}}, "mediaType": "text/x"}
    sent = await messages_for(
        stub,
        "Hi",
        assistant("Let me look.", call("call_1", input={"at": "ß"}), call("call_2")),
        results(result("call_2", {"type": "json", "value": [1]}), result("call_1", shown)),
        user(held),
    )
    calls = [
        {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at": "ß"}'}},
        {"id": "call_2", "type": "function", "function": {"name": "look", "arguments": "{}"}},
    ]
    assert sent[1:4] == [
        {"role": "assistant", "content": "Let me look.", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "call_1", "content": "here"},
        {"role": "tool", "tool_call_id": "call_2", "content": "[1]"},
    ]
    files = sent[4]["content"]
    assert [block["type"] for block in files] == ["text", "image_url", "text"]
    assert "openai:<name>" in files[2]["text"]
    assert sent[5] == {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}


async def test_pieces_of_calls_may_come_mixed(stub: LLMStub) -> None:
    stub.reply(
        pieces(
            {"index": 0, "id": "a", "function": {"name": "look", "arguments": ""}},
            {"index": 1, "id": "b", "function": {"name": "hear", "arguments": '{"x'}},
            {"index": 0, "function": {"arguments": '{"y'}},
            {"index": 1, "function": {"arguments": '": 1}'}},
            {"index": 0, "function": {"arguments": '": 2}'}},
        ),
        stop="tool-calls",
    )
    made = calls_of(await events_of(resolve_model(MODEL)))
    assert [(each.id, each.name, each.input) for each in made] == [("a", "look", '{"y": 2}'), ("b", "hear", '{"x": 1}')]


async def test_calls_that_all_have_the_same_index_are_told_apart_by_id(stub: LLMStub) -> None:
    whole = [{"index": 0, "id": id_, "function": {"name": "look", "arguments": f'"{id_}"'}} for id_ in ("a", "b")]
    stub.reply(pieces(*whole))
    made = calls_of(await events_of(resolve_model(MODEL)))
    assert [(each.id, each.input) for each in made] == [("a", '"a"'), ("b", '"b"')]


async def test_calls_without_index_and_id_are_told_apart_by_their_names(stub: LLMStub) -> None:
    stub.reply(
        pieces(
            {"function": {"name": "look", "arguments": "{"}},
            {"function": {"arguments": "}"}},
            {"function": {"name": "look", "arguments": ""}},
        )
    )
    events = await events_of(resolve_model(MODEL))
    first, second = calls_of(events)
    assert [first.input, second.input] == ["{}", "{}"]
    assert first.id != second.id
    assert [event.id for event in events if isinstance(event, ToolInputStarted)] == [first.id, second.id]
    assert finish_of(events).reason is FinishReason.TOOL_CALLS


async def test_the_name_may_be_said_again_with_every_piece(stub: LLMStub) -> None:
    stub.reply(pieces(*[{"index": 0, "id": "a", "function": {"name": "look", "arguments": text}} for text in "{}"]))
    assert [each.input for each in calls_of(await events_of(resolve_model(MODEL)))] == ["{}"]


async def test_of_calls_at_the_limit_the_complete_ones_stay(stub: LLMStub) -> None:
    stub.reply(Use("a", "look", '{"x": 1}'), Use("b", "look", '{"x": '), stop="length")
    events = await events_of(resolve_model(MODEL))
    assert ([each.id for each in calls_of(events)], finish_of(events).reason) == (["a"], FinishReason.LENGTH)


async def test_thoughts_go_back_under_their_name_while_tools_are_called(stub: LLMStub) -> None:
    stub.reply(Think("let me see"), Use("call_1", "look"))
    events = await events_of(resolve_model(MODEL))
    thoughts = [event for event in events if isinstance(event, ReasoningDelta)]
    facts = {"openai-chat": {"field": "reasoning_content"}}
    assert [each.provider_metadata for each in thoughts] == [facts, None, None]
    thought = {"type": "reasoning", "text": "let me see", "providerMetadata": facts}
    rows = (assistant(thought, call("call_1")), results(result("call_1", "so")), assistant(thought, "Done."))
    sent = await messages_for(stub, "Hi", *rows)
    assert sent[1]["reasoning_content"] == "let me see"
    assert sent[3] == {"role": "assistant", "content": "Done."}


async def test_what_a_provider_ran_itself_is_none_of_its_business(stub: LLMStub) -> None:
    ran = call("ws_1", "web_search", providerExecuted=True)
    told = result("ws_1", {"type": "json", "value": {}}, "web_search", providerExecuted=True)
    assert (await messages_for(stub, "Hi", assistant(ran, told, "So.")))[1:] == [
        {"role": "assistant", "content": "So."}
    ]


async def test_a_strict_tool_says_so_with_a_schema_that_strict_mode_takes(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    request = replace(ask(), tools=[replace(tool("look", at={"type": "string"}), strict=True)])
    await events_of(resolve_model(MODEL), request)
    function = stub.calls[0].body["tools"][0]["function"]
    assert (function["strict"], function["parameters"]["additionalProperties"]) == (True, False)
