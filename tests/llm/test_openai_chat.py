"""Chat completions: what is sent to OpenAI and to those that imitate it, and what they answer."""

import json
from typing import Any

import pytest
from tests.llm_calls import ask, assistant, events_of, failure_of, finish_of, system, text_of, user
from tests.llm_script import End, Raw, Say, Think
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm import openai_chat
from weft.llm.model import ReasoningDelta, UsageReported
from weft.llm.registry import resolve_model
from weft.llm.vendor import Vendor
from weft.threads.messages import FinishReason

PNG = "iVBORw0KGgoAAAANSUhEUg=="
MODEL = "openai-chat:llama"


def chunk(**fields: Any) -> Raw:
    return Raw(b"data: " + json.dumps({"id": "c1", "model": "llama", "choices": []} | fields).encode() + b"\n\n")


async def test_a_conversation_on_the_wire(stub: LLMStub) -> None:
    stub.reply(Say("Yes"))
    turns = (
        system("Be kind"),
        "Hello",
        assistant("Hi."),
        user("Look:", {"type": "image", "image": f"data:;base64,{PNG}"}),
        user({"type": "file", "data": "JVBERi0=", "mediaType": "application/pdf"}),
        user({"type": "file", "data": "SUQz", "mediaType": "audio/mpeg"}),
    )
    settings = {"max_output_tokens": 50, "temperature": 0.5, "top_p": 0.9, "seed": 7, "stop_sequences": ("END",)}
    await events_of(resolve_model(MODEL), ask(*turns, instructions="Be brief", **settings))
    assert stub.calls[0].path == "/v1/chat/completions"
    assert stub.calls[0].body == {
        "model": "llama",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 50,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
        "stop": ["END"],
        "messages": [
            {"role": "system", "content": "Be brief"},
            {"role": "system", "content": "Be kind"},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "file",
                        "file": {"filename": "file", "file_data": "data:application/pdf;base64,JVBERi0="},
                    }
                ],
            },
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}}]},
        ],
    }


async def test_openai_itself_gets_the_new_name_of_the_limit(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.reply(Say("Yes"))
    at_home = Vendor("openai-chat", "OpenAI", "OPENAI_API_KEY", "NOT_SET", f"{stub.url}/v1")
    monkeypatch.setattr(openai_chat, "CHAT", at_home)
    await events_of(resolve_model(MODEL), ask(max_output_tokens=50))
    body = stub.calls[0].body
    assert (body.get("max_completion_tokens"), body.get("max_tokens")) == (50, None)


async def test_a_server_of_ones_own_needs_no_key(stub: LLMStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    stub.reply(Say("Yes"))
    assert text_of(await events_of(resolve_model(MODEL))) == "Yes"
    assert stub.calls[0].headers["authorization"] == "Bearer none"


async def test_a_file_by_its_address_is_refused_before_anything_is_sent(stub: LLMStub) -> None:
    file = {"type": "file", "data": "https://example.org/b.pdf", "mediaType": "application/pdf"}
    _, error = await failure_of(resolve_model(MODEL), ask(user(file)), ProviderError)
    assert (error.provider_code, stub.calls) == ("unsupported_content", [])
    assert "openai:<name>" in error.message


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
async def test_thoughts_come_under_either_name(stub: LLMStub, name: str) -> None:
    thought = {"index": 0, "delta": {name: "hm"}, "finish_reason": None}
    stub.reply(chunk(choices=[thought]), Say("Yes"))
    events = await events_of(resolve_model(MODEL))
    assert [event.text for event in events if isinstance(event, ReasoningDelta)] == ["hm"]


async def test_a_server_that_leaves_things_out(stub: LLMStub) -> None:
    """No delta with the reason to stop, no [DONE], no details in usage, null choices."""
    bare = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    end = {"index": 0, "finish_reason": "eos_token"}
    stub.reply(Say("Yes"), chunk(choices=[end]), chunk(choices=None, usage=bare), End())
    events = await events_of(resolve_model(MODEL))
    finish = finish_of(events)
    assert (finish.reason, finish.usage.total_tokens, finish.model) == (FinishReason.OTHER, 4, "llama")
    assert text_of(events) == "Yes"


async def test_usage_told_along_the_way_is_passed_on_when_it_changes(stub: LLMStub) -> None:
    used = [{"prompt_tokens": 3, "completion_tokens": told, "total_tokens": 3 + told} for told in (1, 1, 2)]
    stub.reply(*(chunk(usage=usage) for usage in used), Say("Yes"), tokens=None)
    events = await events_of(resolve_model(MODEL))
    reported = [event.usage.output_tokens for event in events if isinstance(event, UsageReported)]
    assert reported == [1, 2]
    assert finish_of(events).usage.output_tokens == 2


async def test_the_answers_id_is_kept(stub: LLMStub) -> None:
    stub.reply(Think("hm"), Say("Yes"))
    finish = finish_of(await events_of(resolve_model(MODEL)))
    assert finish.provider_metadata == {"openai-chat": {"responseId": "chatcmpl-1"}}
