"""OpenAI's Responses API with tools: what is sent of them, what of its own tools comes back, and what is given back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, call, calls_of, events_of, finish_of, result, results, tool
from tests.llm_script import Raw, Say, Think, Use
from tests.llm_sse import sse
from tests.llm_stub import LLMStub

from weft.llm.model import (
    FileMade,
    ModelRequest,
    ReasoningDelta,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    ToolInputStarted,
    ToolSpec,
)
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason, Part

PNG = "iVBORw0KGgoAAAANSUhEUg=="
CALL = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}


async def input_for(stub: LLMStub, *turns: Any, **settings: Any) -> list[dict[str, Any]]:
    stub.reply(Say("Yes"))
    await events_of(resolve_model("openai:gpt-5-mini"), ask(*turns, **settings))
    sent: list[dict[str, Any]] = stub.calls[-1].body["input"]
    return sent


async def body_for(stub: LLMStub, **changes: Any) -> dict[str, Any]:
    stub.reply(Say("Yes"))
    request: ModelRequest = replace(ask(**changes.pop("settings", {})), **changes)
    await events_of(resolve_model("openai:gpt-5-mini"), request)
    return stub.calls[-1].body


def thought(text: str, **facts: Any) -> Part:
    return {"type": "reasoning", "text": text, "providerMetadata": {"openai": facts}}


def own(id_: str) -> dict[str, Any]:
    return {"providerMetadata": {"openai": {"itemId": id_}}}


def item(**fields: Any) -> Raw:
    """An item of the answer, from its beginning to its end."""
    place = {"sequence_number": 9, "output_index": 5}
    added = {"type": "response.output_item.added", **place, "item": fields | {"status": "in_progress"}}
    done = {"type": "response.output_item.done", **place, "item": fields}
    return Raw(b"".join(sse(each, str(each["type"])) for each in (added, done)))


async def test_tools_on_the_wire(stub: LLMStub) -> None:
    body = await body_for(stub, tools=[tool("look", "Looks", at={"type": "string"})], tool_choice="look")
    schema = {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}
    assert body["tools"] == [
        {"type": "function", "name": "look", "description": "Looks", "parameters": schema, "strict": False}
    ]
    assert body["tool_choice"] == {"type": "function", "name": "look"}


async def test_a_strict_tool_has_a_schema_that_strict_mode_takes(stub: LLMStub) -> None:
    strict = replace(tool("look", at={"type": "string", "default": "here"}), strict=True)
    sent = (await body_for(stub, tools=[strict]))["tools"][0]
    assert sent["strict"] is True
    assert sent["parameters"]["additionalProperties"] is False
    assert sent["parameters"]["properties"] == {"at": {"type": "string"}}


async def test_its_own_tools_come_after_ours_and_can_be_chosen(stub: LLMStub) -> None:
    settings = {"provider_options": {"openai": {"tools": [{"type": "image_generation"}]}}}
    body = await body_for(stub, tools=[tool()], tool_choice="image_generation", settings=settings)
    assert [each["type"] for each in body["tools"]] == ["function", "image_generation"]
    assert body["tool_choice"] == {"type": "image_generation"}


async def test_a_choice_without_tools_is_not_sent(stub: LLMStub) -> None:
    assert "tool_choice" not in await body_for(stub, tool_choice="required")


async def test_options_of_a_tool_go_with_it(stub: LLMStub) -> None:
    spec = ToolSpec("look", None, {"type": "object", "properties": {}}, provider_options={"openai": {"strict": None}})
    assert (await body_for(stub, tools=[spec]))["tools"][0]["strict"] is None


async def test_the_thread_is_the_key_of_the_cache(stub: LLMStub) -> None:
    assert (await body_for(stub, cache_key="thr_1"))["prompt_cache_key"] == "thr_1"


async def test_what_this_api_does_not_know_is_a_warning(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    settings: dict[str, Any] = {"top_k": 3, "presence_penalty": 0.5, "frequency_penalty": 0.5}
    finish = finish_of(await events_of(resolve_model("openai:gpt-5-mini"), ask(**settings)))
    assert {warning["feature"] for warning in finish.warnings} == settings.keys()


async def test_reasoning_and_ids_go_back_as_they_came(stub: LLMStub) -> None:
    turn = assistant(
        thought("One.", itemId="rs_1"),
        thought("Two.", itemId="rs_1", reasoningEncryptedContent="sealed"),
        {
            "type": "text",
            "text": "Let me look.",
            "providerMetadata": {"openai": {"itemId": "m_1", "phase": "commentary"}},
        },
        call("call_1", **own("fc_1")),
    )
    sent = await input_for(stub, "Hi", turn, results(result("call_1", "so")))
    summary = [{"type": "summary_text", "text": "One."}, {"type": "summary_text", "text": "Two."}]
    said: Part = {"type": "output_text", "text": "Let me look.", "annotations": []}
    message = {"type": "message", "role": "assistant", "id": "m_1", "status": "completed", "phase": "commentary"}
    assert sent[1:] == [
        {"type": "reasoning", "id": "rs_1", "summary": summary, "encrypted_content": "sealed"},
        message | {"content": [said]},
        CALL | {"id": "fc_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "so"},
    ]


async def test_reasoning_that_nobody_keeps_and_nobody_sealed_is_left_out_with_all_ids(stub: LLMStub) -> None:
    turn = assistant(thought("One.", itemId="rs_1"), call("call_1", **own("fc_1")))
    options = {"openai": {"store": False}}
    sent = await input_for(stub, "Hi", turn, results(result("call_1", "so")), provider_options=options)
    assert sent[1] == CALL


async def test_reasoning_that_led_to_nothing_is_left_out(stub: LLMStub) -> None:
    turn = assistant(thought("One.", itemId="rs_1"), call("call_1"))
    assert [each.get("role") for each in await input_for(stub, "Hi", turn, "And?")] == ["user", "user"]


async def test_the_reasoning_of_others_is_left_out(stub: LLMStub) -> None:
    foreign = {"type": "reasoning", "text": "hm", "providerMetadata": {"anthropic": {"signature": "s"}}}
    sent = await input_for(stub, "Hi", assistant(foreign, call("call_1", **own("fc_1"))), results(result("call_1", "")))
    assert sent[1] == CALL


async def test_reasoning_that_is_never_shown_is_kept(stub: LLMStub) -> None:
    stub.reply(Think("", proof="sealed"), Use("call_1", "look"))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    facts = {"openai": {"itemId": "rs_0", "reasoningEncryptedContent": "sealed"}}
    assert ReasoningDelta("", "0.0", facts) in events
    assert calls_of(events)[0].provider_metadata == {"openai": {"itemId": "fc_1"}}


async def test_each_part_of_a_summary_knows_where_it_is_from(stub: LLMStub) -> None:
    stub.reply(Think("one\n\ntwo", proof="sealed"), Say("Yes sir"))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    thoughts = [event for event in events if isinstance(event, ReasoningDelta)]
    assert [(each.id, each.text) for each in thoughts] == [("0.0", "one"), ("0.1", "two"), ("0.1", "")]
    assert all((each.provider_metadata or {})["openai"]["itemId"] == "rs_0" for each in thoughts)
    said = [event.provider_metadata for event in events if isinstance(event, TextDelta)]
    assert said == [{"openai": {"itemId": "msg_1"}}, None]


async def test_input_that_was_broken_goes_back_as_an_object(stub: LLMStub) -> None:
    turn = assistant(call("call_1", input='{"city": "Ro'), call("call_2", input='{"a": 1}'), call("call_3", input=""))
    rows = results(*(result(f"call_{number}", "no") for number in (1, 2, 3)))
    arguments = [json.loads(each["arguments"]) for each in (await input_for(stub, "Hi", turn, rows))[1:4]]
    assert arguments == [{"invalid_input": '{"city": "Ro'}, {"a": 1}, {}]


async def test_files_of_a_result_stay_with_it(stub: LLMStub) -> None:
    files: list[Part] = [
        {"type": "text", "text": "here"},
        {"type": "file", "data": {"type": "data", "data": PNG}, "mediaType": "image/png"},
        {"type": "file", "data": {"type": "url", "url": "https://a.b/c.pdf"}, "mediaType": "application/pdf"},
        {"type": "file", "data": {"type": "text", "text": "Grüße"}, "mediaType": "text/plain", "filename": "g.txt"},
        {"type": "file", "data": {"type": "reference", "reference": {"openai": "file-1"}}, "mediaType": "image/png"},
        {"type": "file-id", "fileId": "file-2"},
        {"type": "file", "data": {"type": "url", "url": "ftp://a.b/c"}, "mediaType": "text/plain"},
        {"type": "custom"},
    ]
    rows = results(result("call_1", {"type": "content", "value": files}))
    sent = (await input_for(stub, "Hi", assistant(call("call_1")), rows))[2]["output"]
    assert sent == [
        {"type": "input_text", "text": "here"},
        {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{PNG}"},
        {"type": "input_file", "file_url": "https://a.b/c.pdf"},
        {"type": "input_file", "filename": "g.txt", "file_data": "data:text/plain;base64,R3LDvMOfZQ=="},
        {"type": "input_image", "detail": "auto", "file_id": "file-1"},
        {"type": "input_file", "file_id": "file-2"},
        {"type": "input_text", "text": sent[6]["text"]},
    ]
    assert "cannot be given a file at a ftp: address" in sent[6]["text"]


SEARCH = {"id": "ws_1", "type": "web_search_call", "action": {"type": "search", "query": "weft"}}
FILES = {"id": "fs_1", "type": "file_search_call", "queries": ["weft"], "results": [{"file_id": "f", "text": "so"}]}
CODE = {
    "id": "ci_1",
    "type": "code_interpreter_call",
    "code": "1+1",
    "container_id": "c_1",
    "outputs": [{"type": "logs", "logs": "2"}],
}


@pytest.mark.parametrize("ran", [SEARCH, FILES, CODE], ids=["web", "files", "code"])
async def test_what_it_ran_itself_is_told_and_goes_back(stub: LLMStub, ran: dict[str, Any]) -> None:
    stub.reply(item(**ran, status="completed"), Say("So."))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    name = ran["type"].removesuffix("_call")
    begun = ToolInputStarted(ran["id"], name, provider_executed=True)
    made, told = calls_of(events)[0], next(event for event in events if isinstance(event, ToolAnswered))
    assert begun in events
    assert (made.id, made.provider_executed, told.id) == (ran["id"], True, ran["id"])
    assert finish_of(events).reason is FinishReason.STOP
    shown = call(made.id, name, json.loads(made.input), providerExecuted=True, providerMetadata=made.provider_metadata)
    answered = result(told.id, told.output, name, providerExecuted=True)
    sent = await input_for(stub, "Hi", assistant(shown, answered, "So."), "And?")
    assert sent[1:3] == [ran | {"status": "completed"}, {"role": "assistant", "content": "So."}]


async def test_a_picture_it_made_is_a_file(stub: LLMStub) -> None:
    stub.reply(item(id="ig_1", type="image_generation_call", result=PNG, status="completed", revised_prompt="a cat"))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    ran = [event for event in events if isinstance(event, ToolCalled | FileMade | ToolAnswered)]
    facts = {"openai": {"itemId": "ig_1"}}
    told = {"type": "json", "value": {"status": "completed", "revised_prompt": "a cat"}}
    assert ran == [
        ToolCalled("ig_1", "image_generation", "{}", provider_executed=True, provider_metadata=facts),
        FileMade("image/png", PNG),
        ToolAnswered("ig_1", "image_generation", told, facts),
    ]
    assert PNG not in json.dumps(finish_of(events).response)


@pytest.mark.parametrize(("store", "kept"), [(None, True), (False, False)])
async def test_a_picture_goes_back_by_its_id_where_it_is_kept(stub: LLMStub, store: bool | None, kept: bool) -> None:
    made = call("ig_1", "image_generation", providerExecuted=True, **own("ig_1"))
    told = result("ig_1", {"type": "json", "value": {}}, "image_generation", providerExecuted=True)
    sent = await input_for(stub, "Hi", assistant(made, told, "So."), provider_options={"openai": {"store": store}})
    assert ({"type": "item_reference", "id": "ig_1"} in sent) is kept


async def test_a_search_that_failed_says_so(stub: LLMStub) -> None:
    stub.reply(item(**SEARCH, status="failed"), Say("No."))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    told = next(event for event in events if isinstance(event, ToolAnswered))
    assert told.output == {"type": "error-json", "value": {"status": "failed"}}


async def test_what_others_ran_is_left_out(stub: LLMStub) -> None:
    foreign = call("srv_1", "web_search", providerExecuted=True)
    told = result("srv_1", {"type": "json", "value": {}}, "web_search", providerExecuted=True)
    sent = await input_for(stub, "Hi", assistant(foreign, told, "So."), "And?")
    assert [each.get("content") for each in sent][1] == "So."
    assert len(sent) == 3


async def test_a_call_cut_off_by_the_limit_is_none(stub: LLMStub) -> None:
    stub.reply(Use("call_1", "weather", '{"city": "Ro'), stop="length")
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    assert (calls_of(events), finish_of(events).reason) == ([], FinishReason.LENGTH)
