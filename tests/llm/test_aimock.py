"""The real SDKs against aimock, a stub that is not ours: what we misread in a provider's reference would show here."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.llm_calls import (
    DEADLINE,
    ask,
    assistant,
    call,
    calls_of,
    events_of,
    failure_of,
    finish_of,
    result,
    results,
    text_of,
    tool,
)

from weft.errors import ProviderError
from weft.llm.clients import close_models
from weft.llm.model import ReasoningDelta, TextDelta, ToolInputDelta
from weft.llm.registry import resolve_model
from weft.threads.messages import FinishReason

CLI = Path(__file__).parents[1] / "node/node_modules/@copilotkit/aimock/dist/cli.js"
SPECS = ("openai:gpt-5-mini", "openai-chat:gpt-5-mini", "anthropic:claude-sonnet-5-5")
GREETING = "Hello! Grüße 👋 from the mock."
BROKEN = "breaks off in the middle"


def _error(status: int, type_: str) -> dict[str, Any]:
    return {"error": {"message": "not now", "type": type_}, "status": status}


ANSWERS: dict[str, dict[str, Any]] = {
    "hello": {"response": {"content": GREETING, "usage": {"prompt_tokens": 9, "completion_tokens": 6}}, "chunkSize": 3},
    "think": {"response": {"content": "So it is 4.", "reasoning": "two and two"}},
    "overloaded": {"response": _error(529, "overloaded_error")},
    "limited": {"response": _error(429, "rate_limit_error") | {"retryAfter": 9}},
    "cut": {
        "response": {"content": BROKEN},
        "chunkSize": 4,
        "truncateAfterChunks": 6,
        "latency": 5,
    },
}
CITIES = [{"city": "Rome", "unit": "celsius"}, {"city": "Oslo", "unit": "celsius"}]
CALLS = [{"name": "weather", "arguments": json.dumps(city)} for city in CITIES]
AFTER: list[dict[str, Any]] = [
    {
        "match": {"userMessage": "weather", "hasToolResult": False},
        "response": {"content": "Let me look.", "toolCalls": CALLS},
        "chunkSize": 4,
    },
    {
        "match": {"userMessage": "weather", "toolResultContains": "22 degrees"},
        "response": {"content": "It is 22 degrees."},
    },
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aimock(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    """The address of a running aimock."""
    if not CLI.exists():
        pytest.fail(f"{CLI} is missing: run `make test`, or `npm ci` in tests/node")
    fixtures = tmp_path_factory.mktemp("aimock")
    said = [{"match": {"userMessage": asked}} | answer for asked, answer in ANSWERS.items()]
    (fixtures / "answers.json").write_text(json.dumps({"fixtures": [*AFTER, *said]}))
    command = ("node", str(CLI), "-p", "0", "-f", str(fixtures), "--strict")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        yield await _address(process)
    finally:
        process.terminate()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE * 3):
        async for line in process.stdout:
            _, listening, address = line.decode().partition("listening on ")
            if listening:
                return address.strip()
    raise AssertionError("aimock ended before it listened")


@pytest.fixture(params=SPECS)
def spec(request: pytest.FixtureRequest, aimock: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-aimock")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{aimock}/v1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", aimock)
    return str(request.param)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def closed() -> AsyncGenerator[None]:
    yield
    await close_models()


async def test_streams_text_and_counts(spec: str) -> None:
    events = await events_of(resolve_model(spec), ask("hello"))
    assert text_of(events) == GREETING
    assert sum(isinstance(event, TextDelta) for event in events) == 10
    finish = finish_of(events)
    assert (finish.reason, finish.model) == (FinishReason.STOP, spec.partition(":")[2])
    assert (finish.usage.input_tokens, finish.usage.output_tokens, finish.usage.total_tokens) == (9, 6, 15)


async def test_reasoning_comes_apart_from_the_text(spec: str) -> None:
    events = await events_of(resolve_model(spec), ask("think"))
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == "two and two"
    assert text_of(events) == "So it is 4."


async def test_a_limit_that_passes_is_waited_for(spec: str, aimock: str) -> None:
    async with httpx2.AsyncClient(base_url=aimock) as control:
        one_error = {"status": 429, "body": {"message": "slow down", "type": "rate_limit_error"}}
        (await control.post("/__aimock/error", json=one_error)).raise_for_status()
    assert text_of(await events_of(resolve_model(spec), ask("hello"))) == GREETING


async def test_an_overload_is_told(spec: str) -> None:
    _, error = await failure_of(resolve_model(spec), ask("overloaded", max_retries=0), ProviderError)
    assert (error.http_status, error.provider_code, error.retryable) == (529, "overloaded_error", True)


async def test_an_answer_that_breaks_off_is_an_error(spec: str) -> None:
    seen, error = await failure_of(resolve_model(spec), ask("cut", max_retries=0), ProviderError)
    assert BROKEN.startswith(text_of(seen))
    assert (error.provider_code, error.retryable) == ("connection_error", True)


async def test_calls_in_pieces_and_their_results_go_round(spec: str) -> None:
    weather = tool("weather", "Tells the weather", city={"type": "string"}, unit={"type": "string"})
    events = await events_of(resolve_model(spec), replace(ask("weather"), tools=[weather]))
    made = calls_of(events)
    assert [(each.name, json.loads(each.input)) for each in made] == [("weather", city) for city in CITIES]
    for each in made:
        pieces = [event.text for event in events if isinstance(event, ToolInputDelta) and event.id == each.id]
        assert (len(pieces) > 1, "".join(pieces)) == (True, each.input)
    assert (text_of(events), finish_of(events).reason) == ("Let me look.", FinishReason.TOOL_CALLS)

    shown = [call(each.id, each.name, json.loads(each.input)) for each in made]
    told = results(*(result(each.id, {"type": "json", "value": "22 degrees"}, each.name) for each in made))
    request = ask("weather", assistant("Let me look.", *shown), told)
    events = await events_of(resolve_model(spec), replace(request, tools=[weather]))
    assert (text_of(events), finish_of(events).reason) == ("It is 22 degrees.", FinishReason.STOP)


async def test_a_limit_says_when_it_is_over(spec: str) -> None:
    _, error = await failure_of(resolve_model(spec), ask("limited", max_retries=0), ProviderError)
    assert (error.http_status, error.retryable, error.retry_after) == (429, True, 9.0)
