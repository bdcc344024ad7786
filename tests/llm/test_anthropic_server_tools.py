"""Tools that Anthropic runs itself, pauses, and what an answer rests on."""

import json
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, call, calls_of, events_of, failure_of, finish_of, result, text_of, user
from tests.llm_script import Cite, Cut, Deny, Quote, Raw, Say, Think, Tokens
from tests.llm_sse import sse
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.model import (
    DocumentCited,
    ModelEvent,
    RequestSent,
    SourceFound,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    UsageReported,
)
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason, Part

MODEL = "anthropic:claude-sonnet-5-5"
SEARCH: dict[str, Any] = {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}
PAGE = {"type": "web_search_result", "url": "https://example.org/a", "title": "A", "encrypted_content": "e" * 9}
CALL: dict[str, Any] = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weft"}}
FOUND: dict[str, Any] = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [PAGE]}


def event(type_: str, **fields: Any) -> Raw:
    return Raw(sse({"type": type_, **fields}, type_))


def cited(citation: Any) -> Raw:
    return event("content_block_delta", index=0, delta={"type": "citations_delta", "citation": citation})


def block(index: int, content_block: dict[str, Any], *written: str) -> list[Raw]:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in written]
    grown = [event("content_block_delta", index=index, delta=delta) for delta in deltas]
    start = event("content_block_start", index=index, content_block=content_block)
    return [start, *grown, event("content_block_stop", index=index)]


def search(index: int = 0, id_: str = "srvtoolu_1") -> list[Raw]:
    empty: dict[str, Any] = {"id": id_, "input": {}}
    query = json.dumps(CALL["input"])
    return [*block(index, CALL | empty, "", query[:4], query[4:]), *block(index + 1, FOUND | {"tool_use_id": id_})]


def stop(reason: str, **more: Any) -> list[Raw]:
    delta = {"stop_reason": reason, "stop_sequence": None, **more}
    return [event("message_delta", delta=delta, usage={"output_tokens": 5}), event("message_stop")]


def executed(events: list[ModelEvent]) -> list[Part]:
    """The calls and results of an answer, as they are stored."""
    parts: list[Part] = []
    for told in events:
        if isinstance(told, ToolCalled):
            value = json.loads(told.input)
            parts.append(
                call(told.id, told.name, value, providerExecuted=True, providerMetadata=told.provider_metadata)
            )
        elif isinstance(told, ToolAnswered):
            how = {"providerExecuted": True, "providerMetadata": told.provider_metadata}
            parts.append(result(told.id, told.output, told.name, **how))
    return parts


async def test_a_search_is_a_call_with_its_result_and_both_go_back_as_they_came(stub: LLMStub) -> None:
    stub.reply(*search(), Say("So it is."))
    options = {"anthropic": {"tools": [SEARCH], "cacheControl": False}}
    events = await events_of(resolve_model(MODEL), ask(provider_options=options))
    assert stub.calls[0].body["tools"] == [SEARCH]
    (called,) = calls_of(events)
    assert (called.id, called.name, called.input) == ("srvtoolu_1", "web_search", '{"query": "weft"}')
    assert called.provider_executed
    (found,) = [told for told in events if isinstance(told, ToolAnswered)]
    assert (found.id, found.name) == ("srvtoolu_1", "web_search")
    assert found.output == {"type": "json", "value": [{"url": "https://example.org/a", "title": "A"}]}
    assert finish_of(events).reason is FinishReason.STOP
    stub.reply(Say("Yes"))
    history = (user("Hi"), assistant(*executed(events), "So it is."), user("Sure?"))
    await events_of(resolve_model(MODEL), ask(*history, provider_options=options))
    assert stub.calls[1].body["messages"][1]["content"] == [CALL, FOUND, {"type": "text", "text": "So it is."}]


@pytest.mark.parametrize(
    ("content", "output"),
    [
        (
            {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"},
            {"type": "error-text", "value": "max_uses_exceeded"},
        ),
        ([], {"type": "json", "value": []}),
    ],
)
async def test_a_search_without_a_result(stub: LLMStub, content: Any, output: Part) -> None:
    stub.reply(*block(0, CALL), *block(1, FOUND | {"content": content}), Say("Hm."))
    events = await events_of(resolve_model(MODEL))
    assert [told.output for told in events if isinstance(told, ToolAnswered)] == [output]
    assert [told.input for told in calls_of(events)] == ['{"query": "weft"}']


async def test_code_that_was_run_is_told_with_all_that_came_of_it(stub: LLMStub) -> None:
    ran: dict[str, Any] = {
        "type": "bash_code_execution_result",
        "stdout": "4",
        "stderr": "",
        "return_code": 0,
        "content": [],
    }
    answer = {"type": "bash_code_execution_tool_result", "tool_use_id": "srvtoolu_1", "content": ran}
    container = {"id": "container_1", "expires_at": "2026-11-23T00:00:00Z"}
    stub.reply(
        *block(0, CALL | {"name": "bash_code_execution"}), *block(1, answer), *stop("end_turn", container=container)
    )
    events = await events_of(resolve_model(MODEL))
    assert [told.output for told in events if isinstance(told, ToolAnswered)] == [{"type": "json", "value": ran}]
    metadata = finish_of(events).provider_metadata
    assert metadata is not None
    assert metadata["anthropic"]["container"] == "container_1"


async def test_calls_that_the_api_ran_without_a_result_or_for_another_provider_stay_away(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    own = call("srvtoolu_1", "web_search", providerExecuted=True, providerMetadata={"anthropic": {"block": CALL}})
    foreign = call("ws_1", "web_search", providerExecuted=True, providerMetadata={"openai": {"itemId": "ws_1"}})
    await events_of(resolve_model(MODEL), ask(user("Hi"), assistant(own, foreign, "Hm."), user("And?")))
    kinds = [each["type"] for message in stub.calls[0].body["messages"] for each in message["content"]]
    assert kinds == ["text", "text", "text"]


async def test_a_pause_is_gone_on_with_in_the_same_answer(stub: LLMStub) -> None:
    tokens = Tokens(uncached=8, cached=0, written=0, output=5, reasoning=0)
    container = {"id": "container_1", "expires_at": "2026-11-23T00:00:00Z"}
    stub.reply(Think("hm", proof="s"), *search(1), *stop("pause_turn", container=container), tokens=tokens)
    stub.reply(*search(0, "srvtoolu_2"), *stop("pause_turn"), tokens=tokens)
    stub.reply(Say("So it is."), tokens=tokens)
    events = await events_of(resolve_model(MODEL), ask(provider_options={"anthropic": {"tools": [SEARCH]}}))
    assert [told.id for told in calls_of(events)] == ["srvtoolu_1", "srvtoolu_2"]
    assert text_of(events) == "So it is."
    assert sum(isinstance(told, RequestSent) for told in events) == 1
    first, second, third = (sent.body["messages"] for sent in stub.calls)
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    said: list[dict[str, Any]] = [thought, CALL, FOUND]
    assert second == [*first, {"role": "assistant", "content": said}]
    assert [each["type"] for each in third[-1]["content"][3:]] == ["server_tool_use", "web_search_tool_result"]
    assert stub.calls[1].body["container"] == "container_1"
    finish = finish_of(events)
    assert finish.reason is FinishReason.STOP
    assert (finish.usage.input_tokens, finish.usage.output_tokens) == (24, 15)
    reported = [told.usage.total_tokens for told in events if isinstance(told, UsageReported)]
    assert reported == sorted(reported)
    assert len(finish.response["content"]) == 6


async def test_parts_after_a_pause_have_ids_of_their_own(stub: LLMStub) -> None:
    stub.reply(Say("One "), *stop("pause_turn"))
    stub.reply(Say("two"))
    events = await events_of(resolve_model(MODEL))
    assert [(told.id, told.text) for told in events if isinstance(told, TextDelta)] == [("0", "One "), ("1", "two")]


async def test_an_answer_that_pauses_for_ever_ends_as_it_is(stub: LLMStub) -> None:
    for _ in range(11):
        stub.reply(Say("On and on"), *stop("pause_turn"))
    finish = finish_of(await events_of(resolve_model(MODEL)))
    assert (finish.reason, len(stub.calls)) == (FinishReason.OTHER, 11)
    assert finish.provider_metadata == {"anthropic": {"responseId": "msg_1", "stopReason": "pause_turn"}}


@pytest.mark.parametrize("fault", [Deny(529, "overloaded_error"), None])
async def test_what_fails_after_a_pause_fails_the_answer(stub: LLMStub, fault: Deny | None) -> None:
    stub.reply(Say("Half an"), *stop("pause_turn"))
    if fault is None:
        stub.reply(Cut())
    else:
        stub.deny(fault)
    seen, error = await failure_of(resolve_model(MODEL), ask(max_retries=0), ProviderError)
    assert text_of(seen) == "Half an"
    assert error.retryable


async def test_pages_and_documents_that_were_cited(stub: LLMStub) -> None:
    pages = {"type": "page_location", "cited_text": "x", "start_page_number": 1, "end_page_number": 2}
    quotes = (Quote("notes.md"), Quote("notes.md"), cited(pages | {"document_index": 1}))
    stub.reply(Say("So"), Cite("https://example.org/a", "A"), *quotes)
    may = {"anthropic": {"citations": {"enabled": True}}}
    notes = {"type": "file", "data": "R3LDvMOfZQ==", "mediaType": "text/markdown", "filename": "notes.md"}
    paper = {"type": "file", "data": "https://example.org/b.pdf", "mediaType": "application/pdf"}
    asked = user(*({**file, "providerOptions": may} for file in (notes, paper)))
    events = await events_of(resolve_model(MODEL), ask(asked))
    assert stub.calls[0].body["messages"][0]["content"][0]["citations"] == {"enabled": True}
    assert [told for told in events if isinstance(told, SourceFound | DocumentCited)] == [
        SourceFound("source-1", "https://example.org/a", "A"),
        DocumentCited("source-2", "notes.md", "text/plain"),
        SourceFound("source-3", "https://example.org/b.pdf"),
    ]


async def test_citations_that_name_nothing_known_harm_nobody(stub: LLMStub) -> None:
    missing = {"type": "char_location", "document_index": 9}
    shelf = {"type": "search_result_location", "source": "shelf 7", "cited_text": "x"}
    stub.reply(Say("So"), cited({"type": "of_tomorrow"}), cited(missing), cited(shelf))
    events = await events_of(resolve_model(MODEL))
    assert [told for told in events if isinstance(told, SourceFound | DocumentCited)] == [
        DocumentCited("source-1", "Document 10", "application/octet-stream"),
        DocumentCited("source-2", "shelf 7", "text/plain"),
    ]
