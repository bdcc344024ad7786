"""When OpenAI says that it may be asked again: in headers of two kinds, or only in words."""

import pytest
from tests.llm_calls import ask, failure_of
from tests.llm_script import Break, Deny, End, Fail, Say
from tests.llm_stub import LLMStub

from weft.errors import ProviderError
from weft.llm.registry import resolve_model

SPECS = ("openai:gpt-5-mini", "openai-chat:llama")


def limits(requests: tuple[str, str], tokens: tuple[str, str]) -> list[tuple[str, str]]:
    told = (("requests", requests), ("tokens", tokens))
    return [
        header
        for kind, (remaining, reset) in told
        for header in ((f"x-ratelimit-remaining-{kind}", remaining), (f"x-ratelimit-reset-{kind}", reset))
    ]


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (limits(("0", "1s"), ("100", "6m0s")), 1.0),
        (limits(("5", "1s"), ("0", "6m0s")), 360.0),
        (limits(("0", "1h0m1.5s"), ("0", "120ms")), 3601.5),
        (limits(("5", "2s"), ("9", "20ms")), 2.0),
        ([*limits(("0", "9s"), ("0", "9s")), ("retry-after", "3")], 3.0),
        (limits(("0", "soon"), ("0", "")), None),
    ],
)
async def test_the_limits_say_when_they_are_new(
    stub: LLMStub, spec: str, headers: list[tuple[str, str]], seconds: float | None
) -> None:
    stub.deny(Deny(429, "rate_limit_exceeded", headers=headers))
    _, error = await failure_of(resolve_model(spec), ask(max_retries=0), ProviderError)
    assert error.retry_after == (None if seconds is None else pytest.approx(seconds))


async def test_limits_mean_nothing_to_an_error_that_stays(stub: LLMStub) -> None:
    stub.deny(Deny(400, "invalid_request_error", headers=limits(("5", "2s"), ("9", "20ms"))))
    _, error = await failure_of(resolve_model("openai:gpt-5-mini"), ask(), ProviderError)
    assert (error.retryable, error.retry_after) == (False, None)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("kind", [Break, Fail])
@pytest.mark.parametrize(("words", "seconds"), [("Please try again in 1m2.5s. Visit", 62.5), ("No.", None)])
async def test_in_the_middle_only_words_say_it(
    stub: LLMStub, spec: str, kind: type[Break] | type[Fail], words: str, seconds: float | None
) -> None:
    stub.reply(Say("Half"), kind("rate_limit_exceeded", f"Rate limit reached. {words}"), End())
    _, error = await failure_of(resolve_model(spec), ask(), ProviderError)
    assert (error.retryable, error.retry_after) == (True, seconds)
