"""Settings, options, structured answers and failures with Anthropic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from tests.llm_calls import ask, body_of, events_of, failure_of, finish_of, system, text_of
from tests.llm_script import Break, Deny, End, Say
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.model import ObjectSpec, RequestSent
from weft.llm.registry import resolve_model

MODEL = "anthropic:claude-sonnet-5-5"
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}


async def test_the_body_is_told_first_as_it_is_sent_and_holds_no_key(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    events = await events_of(resolve_model(MODEL), ask(instructions="Be kind", headers={"x-secret": "s"}))
    assert body_of(events) == stub.calls[0].body
    assert "sk-" not in str(body_of(events))


async def test_a_request_is_told_also_when_it_fails(stub: LLMStub) -> None:
    stub.deny(Deny(400, "invalid_request_error"))
    seen, _ = await failure_of(resolve_model(MODEL), ask(), ProviderError)
    assert [type(event) for event in seen] == [RequestSent]


async def test_headers_of_the_settings_are_sent(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    await events_of(resolve_model(MODEL), ask(headers={"anthropic-beta": "files-api-2026-01-01"}))
    assert stub.calls[0].headers["anthropic-beta"] == "files-api-2026-01-01"
    assert stub.calls[0].headers["authorization"] == "Bearer sk-stub-anthropic"


async def test_settings_that_the_api_no_longer_has_are_warnings(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    settings: dict[str, Any] = {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 5,
        "presence_penalty": 1,
        "frequency_penalty": 1,
        "seed": 7,
    }
    finish = finish_of(await events_of(resolve_model(MODEL), ask(**settings)))
    assert [warning["feature"] for warning in finish.warnings] == list(settings)
    assert not stub.calls[0].body.keys() & settings.keys()


async def test_options_have_the_last_word_but_not_on_streaming_and_messages(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    options: dict[str, Any] = {"service_tier": "standard_only", "max_tokens": 7, "stream": False, "messages": []}
    await events_of(resolve_model(MODEL), ask("Hello", max_output_tokens=99, provider_options={"anthropic": options}))
    body = stub.calls[0].body
    assert (body["service_tier"], body["max_tokens"], body["stream"]) == ("standard_only", 7, True)
    assert body["messages"][0]["content"][0]["text"] == "Hello"


async def test_an_object_is_asked_for_by_its_schema(stub: LLMStub) -> None:
    stub.reply(Say('{"n": 1}'))
    effort = {"anthropic": {"output_config": {"effort": "low"}}}
    request = replace(ask(provider_options=effort), output=ObjectSpec(SCHEMA, description="A number"))
    assert text_of(await events_of(resolve_model(MODEL), request)) == '{"n": 1}'
    config = stub.calls[0].body["output_config"]
    assert (config["effort"], config["format"]["type"]) == ("low", "json_schema")
    assert config["format"]["schema"] == {
        "type": "object",
        "description": "A number",
        "properties": {"n": {"type": "integer", "description": "{minimum: 1}"}},
        "additionalProperties": False,
        "required": ["n"],
    }
    assert "system" not in stub.calls[0].body


async def test_any_object_is_asked_for_in_words_after_the_instructions(stub: LLMStub) -> None:
    stub.reply(Say("{}"))
    request = replace(ask(system("Be kind"), "Hello", instructions="Be brief"), output=ObjectSpec(None))
    await events_of(resolve_model(MODEL), request)
    texts = [block["text"] for block in stub.calls[0].body["system"]]
    assert texts[:2] == ["Be brief", "Be kind"]
    assert "JSON object" in texts[2]
    assert "output_config" not in stub.calls[0].body


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limit_error"), (529, "overloaded_error")])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("retry-after", "7")], 7.0),
        ([("retry-after-ms", "250"), ("retry-after", "7")], 0.25),
        ([("retry-after", "soon")], None),
        ([("retry-after", "nan")], None),
        ([("retry-after", "Mon, 01 Jan 2024 00:00:00 GMT")], 0.0),
        ([], None),
    ],
)
async def test_a_limit_says_when_to_come_back(
    stub: LLMStub, status: int, code: str, headers: list[tuple[str, str]], seconds: float | None
) -> None:
    stub.deny(Deny(status, code, headers=headers))
    _, error = await failure_of(resolve_model(MODEL), ask(max_retries=0), ProviderError)
    assert (error.http_status, error.provider_code, error.retryable) == (status, code, True)
    assert error.retry_after == seconds


async def test_a_date_to_come_back_at_is_counted_from_now(stub: LLMStub) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    stub.deny(Deny(429, "rate_limit_error", headers=[("retry-after", later)]))
    _, error = await failure_of(resolve_model(MODEL), ask(max_retries=0), ProviderError)
    assert 3000 < error.retry_after <= 3600


@pytest.mark.parametrize(("code", "retryable"), [("overloaded_error", True), ("invalid_request_error", False)])
async def test_an_error_in_the_middle_is_not_tried_again(stub: LLMStub, code: str, retryable: bool) -> None:
    stub.reply(Say("Half an"), Break(code, "too busy"), End())
    seen, error = await failure_of(resolve_model(MODEL), ask(max_retries=3), ProviderError)
    assert (text_of(seen), len(stub.calls)) == ("Half an", 1)
    assert (error.provider_code, error.retryable) == (code, retryable)
