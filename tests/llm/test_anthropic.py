"""Anthropic's Messages API: what is sent, and what only this API tells."""

import base64
import json
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, events_of, failure_of, finish_of, system, text_of, user
from tests.llm_script import Cite, Cut, Raw, Say, Think, Tokens
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.model import ModelEvent, ReasoningDelta, SourceFound, TextDelta, UsageReported
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

PNG = "iVBORw0KGgoAAAANSUhEUg=="
MODEL = "anthropic:claude-sonnet-5-5"


def sse(type_: str, **fields: Any) -> Raw:
    return Raw(f"event: {type_}\ndata: {json.dumps({'type': type_} | fields)}\n\n".encode())


def reported(events: list[ModelEvent]) -> list[Usage]:
    return [event.usage for event in events if isinstance(event, UsageReported)]


async def test_a_conversation_on_the_wire(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    notes = base64.b64encode("Grüße".encode()).decode()
    turns = (
        system("Be kind"),
        user("Look:", "", {"type": "image", "image": PNG}, {"type": "image", "image": "https://example.org/a.png"}),
        assistant({"type": "reasoning", "text": "hm"}, "One."),
        assistant(""),
        user(
            {"type": "file", "data": "JVBERi0=", "mediaType": "application/pdf", "filename": "a.pdf"},
            {"type": "file", "data": "https://example.org/b.pdf", "mediaType": "application/pdf"},
            {"type": "file", "data": notes, "mediaType": "text/markdown", "filename": "notes.md"},
        ),
    )
    plain = {"anthropic": {"cacheControl": False}}
    settings: dict[str, Any] = {"stop_sequences": ("END",), "provider_options": plain}
    await events_of(resolve_model(MODEL), ask(*turns, instructions="Be brief", **settings))
    call = stub.calls[0]
    assert (call.path, call.headers["authorization"]) == ("/v1/messages", "Bearer sk-stub-anthropic")
    assert call.body == {
        "model": "claude-sonnet-5-5",
        "stream": True,
        "max_tokens": 8192,
        "stop_sequences": ["END"],
        "system": [{"type": "text", "text": "Be brief"}, {"type": "text", "text": "Be kind"}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
                    {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": "One."}]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "document",
                        "title": "a.pdf",
                        "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                    },
                    {"type": "document", "source": {"type": "url", "url": "https://example.org/b.pdf"}},
                    {
                        "type": "document",
                        "title": "notes.md",
                        "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"},
                    },
                ],
            },
        ],
    }


async def test_thinking_comes_on_top_of_the_answer(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    options = {"anthropic": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}
    await events_of(resolve_model(MODEL), ask(provider_options=options))
    body = stub.calls[0].body
    assert (body["max_tokens"], body["thinking"]) == (10192, {"type": "enabled", "budget_tokens": 2000})


async def test_a_cache_breakpoint_goes_with_its_part(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    mark = {"type": "ephemeral", "ttl": "1h"}
    texts = [
        {"type": "text", "text": "long", "providerOptions": {"anthropic": {name: mark}}}
        for name in ("cache_control", "cacheControl")
    ]
    await events_of(resolve_model(MODEL), ask(user(*texts), provider_options={"anthropic": {"cacheControl": False}}))
    told = {"type": "text", "text": "long", "cache_control": mark}
    assert stub.calls[0].body["messages"][0]["content"] == [told, told]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [("UEsD", "application/zip"), ("/w==", "text/plain"), ("https://example.org/a.txt", "text/plain")],
)
async def test_files_it_cannot_read_are_refused_before_anything_is_sent(
    stub: LLMStub, data: str, media_type: str
) -> None:
    file = {"type": "file", "data": data, "mediaType": media_type}
    _, error = await failure_of(resolve_model(MODEL), ask(user(file)), ProviderError)
    assert (error.provider_code, stub.calls) == ("unsupported_content", [])


async def test_thinking_is_signed(stub: LLMStub) -> None:
    stub.reply(Think("let me see", proof="signed"), Say("Yes"))
    events = await events_of(resolve_model(MODEL))
    last = [event for event in events if isinstance(event, ReasoningDelta)][-1]
    assert last == ReasoningDelta("", "0", {"anthropic": {"signature": "signed"}})


async def test_hidden_thinking_is_kept(stub: LLMStub) -> None:
    block = {"type": "redacted_thinking", "data": "sealed"}
    stub.reply(sse("content_block_start", index=0, content_block=block), Say("Yes"))
    assert ReasoningDelta("", "0", {"anthropic": {"redactedData": "sealed"}}) in await events_of(resolve_model(MODEL))


async def test_text_that_citations_split_stays_one_text(stub: LLMStub) -> None:
    page = Cite("https://example.org/a", "A")
    stub.reply(Say("It is "), page, Say("four."), Think("sure?"), Say("Yes."))
    events = await events_of(resolve_model(MODEL))
    texts = [(event.id, event.text) for event in events if isinstance(event, TextDelta)]
    assert texts == [("0", "It "), ("0", "is "), ("0", "four."), ("4", "Yes.")]


async def test_input_is_counted_before_the_first_word(stub: LLMStub) -> None:
    stub.reply(Say("Half an"), Cut(), tokens=Tokens(uncached=8, cached=4, written=3))
    seen, _ = await failure_of(resolve_model(MODEL), ask(), ProviderError)
    assert isinstance(seen[1], UsageReported)
    assert reported(seen) == [Usage(15, 1, 16, 4, 3, 0)]
    assert text_of(seen) == "Half an"


async def test_later_counts_replace_only_what_they_name(stub: LLMStub) -> None:
    stub.reply(Say("Yes"), tokens=Tokens(uncached=8, cached=4, written=3, output=7, reasoning=2))
    events = await events_of(resolve_model(MODEL))
    assert reported(events) == [Usage(15, 1, 16, 4, 3, 0), Usage(15, 7, 22, 4, 3, 2)]


async def test_a_search_result_with_an_address_is_a_source(stub: LLMStub) -> None:
    def cited(source: str) -> Raw:
        place = {"search_result_index": 0, "start_block_index": 0, "end_block_index": 1}
        citation = {"type": "search_result_location", "source": source, "title": "T", "cited_text": "x"} | place
        return sse("content_block_delta", index=0, delta={"type": "citations_delta", "citation": citation})

    stub.reply(Say("Yes"), cited("https://example.org/a"), cited("shelf 7"))
    sources = [event for event in await events_of(resolve_model(MODEL)) if isinstance(event, SourceFound)]
    assert sources == [SourceFound("source-1", "https://example.org/a", "T")]


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("stop_sequence", FinishReason.STOP),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("tool_use", FinishReason.TOOL_CALLS),
        ("something_new", FinishReason.OTHER),
    ],
)
async def test_every_reason_to_stop(stub: LLMStub, stop: str, reason: FinishReason) -> None:
    delta = {"stop_reason": stop, "stop_sequence": "END" if stop == "stop_sequence" else None}
    end = (sse("message_delta", delta=delta, usage={"output_tokens": 2}), sse("message_stop"))
    stub.reply(Say("Yes"), *end)
    finish = finish_of(await events_of(resolve_model(MODEL)))
    assert finish.reason is reason
    told = {"responseId": "msg_1", "stopReason": stop} | ({"stopSequence": "END"} if stop == "stop_sequence" else {})
    assert finish.provider_metadata == {"anthropic": told}


async def test_a_refusal_says_of_what_kind(stub: LLMStub) -> None:
    details = {"type": "refusal", "category": "bio", "explanation": "not this"}
    delta = {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}
    stub.reply(sse("message_delta", delta=delta, usage={"output_tokens": 2}), sse("message_stop"))
    metadata = finish_of(await events_of(resolve_model(MODEL))).provider_metadata
    assert metadata is not None
    assert metadata["anthropic"]["refusalCategory"] == "bio"
    assert metadata["anthropic"]["refusalExplanation"] == "not this"
