"""A provider that falls silent is given up; how long that takes is set in one place."""

import asyncio

import pytest
from httpx2 import Timeout
from tests.llm_calls import ask, events_of, failure_of, text_of
from tests.llm_script import Hold, Say
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm import anthropic, openai_sdk, timeouts
from weft.llm.registry import resolve_model

SPECS = ("openai:stub-model", "openai-chat:stub-model", "anthropic:stub-model")


@pytest.mark.parametrize("spec", SPECS)
async def test_silence_in_the_middle_is_an_error(stub: LLMStub, monkeypatch: pytest.MonkeyPatch, spec: str) -> None:
    stub.reply(Say("Yes"))
    await events_of(resolve_model(spec))  # the stub's first check of an API takes a second
    for module in (openai_sdk, anthropic):
        monkeypatch.setattr(module, "TIMEOUT", Timeout(0.5))
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(variable, "sk-of-an-impatient-client")
    stub.reply(Say("Half an"), Hold(asyncio.Event()))
    seen, error = await failure_of(resolve_model(spec), ask(max_retries=0), ProviderError)
    assert text_of(seen) == "Half an"
    assert (error.provider_code, error.retryable) == ("timeout", True)


def test_a_connection_is_given_seconds_and_an_answer_minutes() -> None:
    assert (timeouts.TIMEOUT.connect, timeouts.TIMEOUT.read) == (5.0, 120.0)
