"""OpenAI's Responses API: what is sent, and what only this API tells."""

import json
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, events_of, failure_of, finish_of, system, user
from tests.llm_script import Break, End, Fail, Raw, Say, Think
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.model import (
    DocumentCited,
    ModelMessage,
    ReasoningDelta,
    RequestSent,
    SourceFound,
    TextDelta,
    UsageReported,
)
from weft.llm.openai_responses import OpenAIResponses
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason, MessageRole

PNG = "iVBORw0KGgoAAAANSUhEUg=="


def sse(type_: str, **fields: Any) -> Raw:
    event = {"type": type_, "sequence_number": 9} | fields
    return Raw(f"event: {type_}\ndata: {json.dumps(event)}\n\n".encode())


async def test_a_conversation_on_the_wire(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    turns = (
        system("Be kind"),
        user("Look:", {"type": "image", "image": PNG}, {"type": "image", "image": "https://example.org/a.png"}),
        assistant({"type": "reasoning", "text": "hm"}, "One.", "Two."),
        user({"type": "file", "data": "JVBERi0=", "mediaType": "application/pdf", "filename": "a.pdf"}),
        assistant(),
        user({"type": "file", "data": "https://example.org/b.pdf", "mediaType": "application/pdf"}, "And?"),
    )
    await events_of(
        resolve_model("openai:gpt-5-mini"),
        ask(*turns, instructions="Be brief", max_output_tokens=50, temperature=0.5, top_p=0.9),
    )
    call = stub.calls[0]
    assert (call.path, call.headers["authorization"]) == ("/v1/responses", "Bearer sk-stub-openai")
    assert call.body == {
        "model": "gpt-5-mini",
        "stream": True,
        "instructions": "Be brief",
        "max_output_tokens": 50,
        "temperature": 0.5,
        "top_p": 0.9,
        "input": [
            {"role": "system", "content": "Be kind"},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Look:"},
                    {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{PNG}"},
                    {"type": "input_image", "detail": "auto", "image_url": "https://example.org/a.png"},
                ],
            },
            {"role": "assistant", "content": "One.\n\nTwo."},
            {
                "role": "user",
                "content": [
                    {
                        "type": "input_file",
                        "filename": "a.pdf",
                        "file_data": "data:application/pdf;base64,JVBERi0=",
                    }
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "input_file", "file_url": "https://example.org/b.pdf"},
                    {"type": "input_text", "text": "And?"},
                ],
            },
        ],
    }


async def test_a_plain_request_sends_nothing_that_was_not_asked_for(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    await events_of(resolve_model("openai:gpt-5-mini"))
    hello = [{"role": "user", "content": [{"type": "input_text", "text": "Hello"}]}]
    assert stub.calls[0].body == {"model": "gpt-5-mini", "stream": True, "input": hello}


async def test_a_parts_own_options_go_with_it(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    options = {"openai": {"detail": "low"}, "anthropic": {"cache_control": {"type": "ephemeral"}}}
    image = {"type": "image", "image": PNG, "providerOptions": options}
    await events_of(resolve_model("openai:gpt-5-mini"), ask(user(image)))
    block = stub.calls[0].body["input"][0]["content"][0]
    assert block == {"type": "input_image", "detail": "low", "image_url": f"data:image/png;base64,{PNG}"}


async def test_a_tool_row_is_not_shown_as_speech(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    await events_of(resolve_model("openai:gpt-5-mini"), ask(ModelMessage(MessageRole.TOOL, []), "Hello"))
    assert len(stub.calls[0].body["input"]) == 1


async def test_the_reasoning_item_can_be_given_back(stub: LLMStub) -> None:
    stub.reply(Think("let me see", proof="sealed"), Say("Yes"))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    last = [event for event in events if isinstance(event, ReasoningDelta)][-1]
    assert last == ReasoningDelta("", "0.0", {"openai": {"itemId": "rs_0", "reasoningEncryptedContent": "sealed"}})
    metadata = finish_of(events).provider_metadata
    assert metadata == {"openai": {"responseId": "resp_1", "serviceTier": "default"}}


async def test_a_failed_response_still_reports_what_it_used(stub: LLMStub) -> None:
    stub.reply(Say("Half"), Fail("server_error", "sorry"), End())
    seen, _ = await failure_of(resolve_model("openai:gpt-5-mini"), ask(), ProviderError)
    reported = seen[-1]
    assert isinstance(reported, UsageReported)
    assert reported.usage.total_tokens == 19


@pytest.mark.parametrize(("code", "retryable"), [("server_error", True), ("invalid_prompt", False)])
async def test_some_failures_are_worth_another_try(stub: LLMStub, code: str, retryable: bool) -> None:
    stub.reply(Break(code, "sorry"), End())
    _, error = await failure_of(resolve_model("openai:gpt-5-mini"), ask(), ProviderError)
    assert error.retryable is retryable


async def test_key_and_address_can_be_given_in_code(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    stub.reply(Say("Yes"))
    await events_of(OpenAIResponses("gpt-5-mini", api_key="sk-mine", base_url=f"{stub.url}/v1"))
    assert stub.calls[0].headers["authorization"] == "Bearer sk-mine"


async def test_a_failure_may_say_nothing_at_all(stub: LLMStub) -> None:
    response: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "status": "failed",
        "output": [],
        "error": None,
        "usage": None,
    }
    stub.reply(sse("response.failed", response=response), End())
    seen, error = await failure_of(resolve_model("openai:gpt-5-mini"), ask(), ProviderError)
    assert [type(event) for event in seen] == [RequestSent]
    assert (error.provider_code, error.retryable) == (None, True)
    assert error.message == "OpenAI failed while answering: no explanation given"


async def test_the_reasoning_of_an_open_model_comes_unabridged(stub: LLMStub) -> None:
    place = {"item_id": "rs_0", "output_index": 0, "content_index": 0}
    stub.reply(sse("response.reasoning_text.delta", delta="hm", **place), Say("Yes"))
    first = ReasoningDelta("hm", "0.0", {"openai": {"itemId": "rs_0"}})
    assert first in await events_of(resolve_model("openai:gpt-5-mini"))


async def test_an_answer_that_calls_a_tool_says_so(stub: LLMStub) -> None:
    call = {"type": "function_call", "id": "fc_0", "call_id": "c", "name": "look", "arguments": "{}"}
    stub.reply(sse("response.output_item.done", output_index=0, item=call))
    finish = finish_of(await events_of(resolve_model("openai:gpt-5-mini")))
    assert finish.reason is FinishReason.TOOL_CALLS


async def test_what_kind_of_message_it_was_is_kept_with_the_text(stub: LLMStub) -> None:
    message: dict[str, Any] = {
        "id": "msg_9",
        "type": "message",
        "role": "assistant",
        "phase": "commentary",
        "content": [],
    }
    place = {"item_id": "msg_9", "output_index": 0, "content_index": 0}
    stub.reply(
        sse("response.output_item.added", output_index=0, item=message | {"status": "in_progress"}),
        sse("response.output_text.delta", delta="Let me", logprobs=[], **place),
    )
    facts = {"openai": {"itemId": "msg_9", "phase": "commentary"}}
    assert TextDelta("Let me", "0.0", facts) in await events_of(resolve_model("openai:gpt-5-mini"))


async def test_a_file_that_it_wrote_is_cited_and_an_unknown_citation_is_none(stub: LLMStub) -> None:
    place = {"item_id": "msg_0", "output_index": 0, "content_index": 0, "annotation_index": 0}
    written = {"type": "container_file_citation", "container_id": "c", "file_id": "f_1", "filename": "sums.csv"}
    notes = (written | {"start_index": 0, "end_index": 1}, {"type": "tomorrow's"})
    stub.reply(Say("Yes"), *(sse("response.output_text.annotation.added", annotation=note, **place) for note in notes))
    events = await events_of(resolve_model("openai:gpt-5-mini"))
    cited = [event for event in events if isinstance(event, DocumentCited | SourceFound)]
    assert cited == [DocumentCited("source-1", "sums.csv", "text/csv", "sums.csv")]
