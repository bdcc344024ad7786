"""Whole runs, seen from outside: what handlers are told, the demo agent, a model of pydantic-ai with a tool."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic_ai.models.test import TestModel
from tests.support import DEADLINE, in_time, new_thread, wait_until

from weft.agents.agent import Agent
from weft.agents.handlers import Exchange, Outcome, UsageReport
from weft.agents.tools.decorator import tool
from weft.agents.weft import Weft
from weft.app import DEMO_AGENT
from weft.errors import GenerationFailed
from weft.llm.demo import DemoModel
from weft.llm.pydantic_ai import PydanticAIModel
from weft.storage.store import Store
from weft.testing import (
    DEFAULT_USAGE,
    Call,
    Fail,
    Finish,
    FinishReason,
    Gate,
    Model,
    ProviderError,
    RequestSent,
    ScriptedModel,
    Usage,
    UsageReported,
)
from weft.threads.generations import GenerationStatus
from weft.threads.messages import MessageRole

USED = Usage(5, 2, 7)
SENT = RequestSent({"model": "scripted", "headers": {"authorization": "k"}})


@tool
async def look(place: str) -> str:
    """Looks at a place."""
    return f"{place} is there."


class Watched:
    """An agent with handlers, at work."""

    def __init__(self, model: Model) -> None:
        self.reports: list[UsageReport] = []
        self.exchanges: list[Exchange] = []
        handlers: dict[str, Any] = {"usage_handler": self.reports.append, "exchange_handler": self.exchanges.append}
        self.agent = Agent("helper", model=model, tools=[look], **handlers)

    def outcomes(self) -> list[tuple[int, Outcome, int]]:
        return [(report.step, report.outcome, report.usage.total_tokens) for report in self.reports]


async def test_handlers_are_told_of_every_step(empty_store: Store) -> None:
    answered = Finish(FinishReason.STOP, USED, "scripted", response={"id": "r2"})
    watched = Watched(ScriptedModel([[SENT, Call("look", {"place": "Rome"})], [SENT, "Yes", answered]]))
    async with Weft(empty_store, [watched.agent]) as weft:
        thread = await new_thread(empty_store, user_id="u1")
        answer = await in_time(weft.answers.generate_text("helper", thread_id=thread.id, prompt="Look"))
    assert watched.outcomes() == [(0, Outcome.SUCCEEDED, DEFAULT_USAGE.total_tokens), (1, Outcome.SUCCEEDED, 7)]
    assert answer.generation is not None
    first, second = watched.exchanges
    assert {(told.thread_id, told.generation_id) for told in watched.exchanges} == {(thread.id, answer.generation.id)}
    assert first.request == {"model": "scripted", "headers": {"authorization": "[removed]"}}
    assert [part["type"] for part in first.response["content"]] == ["tool-call"]
    assert second.response == {"id": "r2"}


async def test_what_a_failed_call_used_is_told(empty_store: Store) -> None:
    failure = Fail(ProviderError("busy", provider="scripted", provider_code="overloaded"))
    watched = Watched(ScriptedModel([[UsageReported(USED), "Half", failure]]))
    async with Weft(empty_store, [watched.agent]) as weft:
        thread = await new_thread(empty_store)
        with pytest.raises(GenerationFailed):
            await in_time(weft.answers.generate_text("helper", thread_id=thread.id, prompt="Look"))
    assert watched.outcomes() == [(0, Outcome.FAILED, 7)]


async def test_what_an_aborted_call_used_is_told(empty_store: Store) -> None:
    gate = Gate()
    watched = Watched(ScriptedModel([[UsageReported(USED), "Half", gate, "more"]]))
    async with Weft(empty_store, [watched.agent]) as weft:
        thread = await new_thread(empty_store)
        sent = await weft.messages.send(thread.id, agent_name="helper", prompt="Look")
        assert sent.generation is not None
        await gate.reached()
        await weft.generations.abort(sent.generation.id, "enough")
        await wait_until(lambda: bool(watched.reports))
    assert watched.outcomes() == [(0, Outcome.ABORTED, 7)]


async def test_a_handler_that_fails_does_not_harm_the_run(empty_store: Store) -> None:
    def broken(_: object) -> None:
        raise ValueError("no")

    agent = Agent("helper", model=ScriptedModel(["Yes"]), usage_handler=broken, exchange_handler=broken)
    async with Weft(empty_store, [agent]) as weft:
        thread = await new_thread(empty_store)
        answer = await in_time(weft.answers.generate_text("helper", thread_id=thread.id, prompt="Look"))
    assert answer.text == "Yes"


async def test_a_model_of_pydantic_ai_goes_round_the_loop(empty_store: Store) -> None:
    watched = Watched(PydanticAIModel(TestModel(custom_output_text="There it is.")))
    async with Weft(empty_store, [watched.agent]) as weft:
        thread = await new_thread(empty_store)
        answer = await in_time(weft.answers.generate_text("helper", thread_id=thread.id, prompt="Look"))
    assert answer.text == "There it is."
    assert [outcome for _, outcome, _ in watched.outcomes()] == [Outcome.SUCCEEDED] * 2
    assert all(report.provider == "test" for report in watched.reports)
    roles = [row.role for row in answer.saved_messages]
    assert roles == [MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL, MessageRole.ASSISTANT]


async def test_the_demo_agent_calls_a_tool_and_asks_for_an_approval(empty_store: Store) -> None:
    demo = replace(DEMO_AGENT, model=DemoModel(pace=0))
    async with Weft(empty_store, [demo]) as weft:
        thread = await new_thread(empty_store)
        weather = await in_time(weft.answers.generate_text("demo", thread_id=thread.id, prompt="Weather in Rome?"))
        assert "In Rome it is" in weather.text
        asked = await in_time(weft.answers.generate_text("demo", thread_id=thread.id, prompt="Send 250 to Ada"))
        assert asked.finish_reason is FinishReason.TOOL_CALLS
        [waiting] = await weft.approvals.pending(thread.id)
        assert (waiting.tool_name, waiting.input) == ("demo_transfer", {"amount": 250, "to": "Ada"})
        assert waiting.approval is not None
        await weft.approvals.approve(thread.id, waiting.approval.id)
        assert asked.generation is not None
        ended = await weft.waiters.settled(asked.generation.id, DEADLINE)
        assert ended.status is GenerationStatus.SUCCEEDED
        rows = await empty_store.messages.turns(thread.id, [asked.order])
    assert rows[-1].text is not None
    assert "€250 would now be on their way to Ada" in rows[-1].text
