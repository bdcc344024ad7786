"""What handlers are told of model calls, and that they can harm nothing."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from tests.support import DEADLINE, in_time

from weft.agents.agent import Agent
from weft.agents.handlers import Exchange, Outcome, UsageReport, report_call, told
from weft.agents.masking import MASK, without_secrets
from weft.agents.run_context import RunContext
from weft.agents.weft import Weft
from weft.testing import Finish, FinishReason, ScriptedModel, Usage
from weft.threads.messages import Part

MODEL = ScriptedModel([], name="tiny", provider="acme")
USED = Usage(3, 10, 13)
END = Finish(FinishReason.STOP, USED, "tiny-1", {"acme": {"tier": "flex"}}, response={"id": "r1", "api_key": "k"})


@dataclass
class Call:
    """A model call that has ended."""

    usage: Usage = USED
    sent: dict[str, Any] | None = field(default_factory=lambda: {"model": "tiny", "headers": {"Authorization": "k"}})
    finish: Finish | None = END

    def content(self) -> Sequence[Part]:
        return [{"type": "text", "text": "Hi"}]


def run_of(usage: Callable[[Any], Any] | None = None, exchange: Callable[[Any], Any] | None = None) -> RunContext:
    agent = Agent("support", model=MODEL, usage_handler=usage, exchange_handler=exchange)
    return RunContext(cast(Weft, None), agent, "u1", "thr_1", 4, "msg_1", "gen_1")


async def test_usage_is_told_with_whose_it_is() -> None:
    seen: list[UsageReport] = []
    await report_call(run_of(usage=seen.append), 2, MODEL, Call(), Outcome.SUCCEEDED)
    metadata = {"acme": {"tier": "flex"}}
    report = UsageReport("u1", "thr_1", "support", "gen_1", 2, "tiny", "acme", USED, metadata, Outcome.SUCCEEDED)
    assert seen == [report]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ABORTED])
async def test_usage_is_told_of_a_call_that_did_not_end_well(outcome: Outcome) -> None:
    seen: list[UsageReport] = []
    await report_call(run_of(usage=seen.append), 0, MODEL, Call(finish=None), outcome)
    assert [(report.usage, report.outcome, report.provider_metadata) for report in seen] == [(USED, outcome, None)]


async def test_what_was_sent_and_answered_is_told_without_secrets() -> None:
    seen: list[Exchange] = []
    await report_call(run_of(exchange=seen.append), 1, MODEL, Call(), Outcome.SUCCEEDED)
    request = {"model": "tiny", "headers": {"Authorization": MASK}}
    assert seen == [Exchange("u1", "thr_1", "support", "gen_1", 1, request, {"id": "r1", "api_key": MASK})]


@pytest.mark.parametrize("finish", [None, replace(END, response=None)])
async def test_where_the_response_is_not_known_its_content_is_told(finish: Finish | None) -> None:
    seen: list[Exchange] = []
    await report_call(run_of(exchange=seen.append), 0, MODEL, Call(sent=None, finish=finish), Outcome.FAILED)
    assert [(exchange.request, exchange.response) for exchange in seen] == [
        (None, {"content": [{"type": "text", "text": "Hi"}]})
    ]


async def test_without_handlers_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await report_call(run_of(), 0, MODEL, Call(), Outcome.SUCCEEDED)
    assert not caplog.records


async def test_the_trace_logs_what_was_sent_and_answered(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "weft.trace")
    monkeypatch.setenv("WEFT_TRACE", "1")
    await report_call(run_of(), 0, MODEL, Call(), Outcome.SUCCEEDED)
    [record] = [vars(record) for record in caplog.records]
    assert record["request"] == {"model": "tiny", "headers": {"Authorization": MASK}}
    assert (record["response"], record["generation_id"]) == ({"id": "r1", "api_key": MASK}, "gen_1")


async def test_an_async_handler_is_waited_for() -> None:
    seen: list[int] = []

    async def handler(value: int) -> None:
        await asyncio.sleep(0)
        seen.append(value)

    await told(handler, 7)
    await told(lambda value: handler(value + 1), 7)
    assert seen == [7, 8]


async def test_a_plain_handler_does_not_hold_up_the_loop() -> None:
    held, free = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def handler(_: object) -> None:
        loop.call_soon_threadsafe(free.set)
        held.wait(DEADLINE)

    telling = asyncio.create_task(told(handler, None))
    await in_time(free.wait())
    held.set()
    await in_time(telling)


@pytest.mark.parametrize("broken", [ValueError("no"), asyncio.CancelledError()])
async def test_a_handler_that_fails_harms_nobody(broken: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(_: object) -> None:
        raise broken

    def plain(_: object) -> None:
        raise ValueError("no")

    await in_time(told(handler, None))
    await in_time(told(plain, None))
    assert "a handler failed" in caplog.messages


async def test_a_handler_that_does_not_end_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    ended = asyncio.Event()

    async def handler(_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    await in_time(told(handler, None, deadline=0.01))
    assert ended.is_set()
    assert any("did not end in time" in message for message in caplog.messages)


async def test_an_abort_while_a_handler_runs_does_not_lose_what_it_was_told() -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handler(_: object) -> None:
        begun.set()
        await go_on.wait()
        done.set()

    telling = asyncio.create_task(told(handler, None))
    await in_time(begun.wait())
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    go_on.set()
    await in_time(done.wait())


@pytest.mark.parametrize(
    "name", ["Authorization", "api_key", "x-api-key", "apiKey", "OPENAI_API_KEY", "token", "Password", "client_secret"]
)
def test_what_stands_under_a_secret_name_is_removed(name: str) -> None:
    value: dict[str, Any] = {"deep": [{name: "a", "more": 1}], name: {"value": ["b", 2]}}
    assert without_secrets(value) == {"deep": [{name: MASK, "more": 1}], name: {"value": [MASK, MASK]}}


@pytest.mark.parametrize("name", ["input_tokens", "max_output_tokens", "model", "tokens", "prompt_cache_key"])
def test_what_is_no_secret_stays(name: str) -> None:
    value = {name: 7, "text": "Ask for the sk- prefix", "list": [None, True, 1.5]}
    assert without_secrets(value) == value


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my key is sk-proj-abcdefghij0123456789, keep it", f"my key is {MASK}, keep it"),
        ("Authorization: Bearer abc.def.ghi1", f"Authorization: Bearer {MASK}"),
        ("mongodb://me:p4ss@db/x", f"mongodb://{MASK}@db/x"),
        ("ghp_abcdefghijklmnopqrst", MASK),
        ("AKIAABCDEFGHIJKLMNOP", MASK),
        ("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", MASK),
        ("https://example.org:80/task-list-of-the-week", "https://example.org:80/task-list-of-the-week"),
    ],
)
def test_what_looks_like_a_key_is_removed_from_texts(text: str, left: str) -> None:
    assert without_secrets([text]) == [left]


def test_what_is_not_json_becomes_its_text() -> None:
    assert without_secrets({1: ValueError("no")}) == {"1": "no"}
