"""Runs that are aborted, wherever they stand: nothing is left open, and what was used and why are kept."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from tests.agents.runs import TOOLS, agent, at_rest, outline, outputs, rows_of, thread_of
from tests.agents.services import Services
from tests.support import in_time, wait_until

from weft import ToolContext, tool
from weft.agents.agent import Agent
from weft.agents.handlers import Outcome, UsageReport
from weft.agents.tools.definition import Tool
from weft.agents.turns import record_lost
from weft.agents.weft import Weft
from weft.errors import ErrorCode, GenerationFailed
from weft.storage.store import Store
from weft.testing import DEFAULT_USAGE, Answer, Call, Gate, Usage, UsageReported
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason
from weft.threads.paging import PageRequest
from weft.threads.streams import StreamState

ROME = Call("weather", {"city": "Rome"})
PAY = Call("transfer", {"amount": 5})
REPORTED = Usage(7, 2, 9)


@dataclass
class Stuck:
    """A tool that never ends by itself."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    contexts: list[ToolContext] = field(default_factory=list[ToolContext])

    @property
    def tool(self) -> Tool:
        @tool
        async def stuck(ctx: ToolContext) -> str:
            """Never ends."""
            self.contexts.append(ctx)
            self.reached.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise
            return "never"

        return stuck


class Run:
    """An agent's answer under way in a thread of its own."""

    def __init__(self, weft: Weft, thread: str, generation: Generation) -> None:
        self.weft = weft
        self.thread = thread
        self.generation = generation

    async def abort(self) -> Generation:
        return await self.weft.generations.abort(self.generation.id, "Enough")

    async def stored(self) -> Generation:
        found = await self.weft.generations.get(self.generation.id)
        assert found is not None
        return found

    async def ends_with_usage(self, usage: Usage) -> None:
        """Its usage, and so its thread's, once the attempt that was broken off has told of its own."""

        async def told() -> bool:
            thread = await self.weft.store.threads.get(self.thread)
            return thread is not None and thread.usage == (await self.stored()).usage == usage

        await wait_until(told)


@pytest.fixture
def stuck() -> Stuck:
    return Stuck()


async def started(weft: Weft) -> Run:
    """An answer of the only agent, asked for and perhaps not begun."""
    thread = await thread_of(weft)
    sent = await weft.messages.send(thread, prompt="Hi")
    assert sent.generation is not None
    return Run(weft, thread, sent.generation)


@asynccontextmanager
async def running(store: Store, helper: Agent) -> AsyncGenerator[Run, None]:
    async with Weft(store, [helper]) as weft:
        yield await started(weft)


async def test_row_113_a_run_that_is_aborted_while_the_model_writes_its_second_step(empty_store: Store) -> None:
    gate, reports = Gate(), list[UsageReport]()
    script: list[Answer] = [["Look. ", ROME], ["Half an ", UsageReported(REPORTED), gate, "answer."]]
    helper = agent(*script, usage_handler=reports.append)
    async with running(empty_store, helper) as run:
        await gate.reached()
        await written(run, "Half an ")
        await run.abort()
        await run.ends_with_usage(DEFAULT_USAGE + REPORTED)
        rows = await rows_of(run.weft, run.thread)
        assert outline(rows) == [
            (0, "user", "success"),
            (1, "assistant", "success"),
            (2, "tool", "success"),
            (3, "assistant", "failed"),
        ]
        assert (rows[3].text, rows[3].error, rows[3].finish_reason, rows[3].usage) == (
            "Half an ",
            "Enough",
            FinishReason.ABORTED,
            REPORTED,
        )
        await ended(run)
        assert [report.outcome for report in reports] == [Outcome.SUCCEEDED, Outcome.ABORTED]
        assert reports[1].usage == REPORTED


async def test_row_113_a_run_that_is_aborted_while_its_tools_run(empty_store: Store, stuck: Stuck) -> None:
    helper = agent([Call("stuck"), ROME], "Never.", tools=[*TOOLS, stuck.tool])
    async with running(empty_store, helper) as run:
        await in_time(stuck.reached.wait())
        await wait_until(lambda: recorded(run, "call_2"))
        await run.abort()
        await in_time(stuck.cancelled.wait())
        assert stuck.contexts[0].cancelled.is_set()
        await run.ends_with_usage(DEFAULT_USAGE)
        rows = await rows_of(run.weft, run.thread)
        assert outline(rows)[1:] == [(1, "assistant", "success"), (2, "tool", "success"), (3, "assistant", "failed")]
        assert outputs(rows) == {
            "call_1": {"type": "error-text", "value": "Error: Enough"},
            "call_2": {"type": "text", "value": "sunny in Rome"},
        }
        last = rows[3]
        assert (last.content, last.error, last.finish_reason) == ([], "Enough", FinishReason.ABORTED)
        assert (last.agent_name, last.model, last.provider) == ("helper", "scripted", "scripted")
        await ended(run)


async def test_row_113_a_run_that_is_aborted_while_tools_run_and_others_wait(empty_store: Store, stuck: Stuck) -> None:
    helper = agent([Call("stuck"), PAY], "Never.", tools=[*TOOLS, stuck.tool])
    async with running(empty_store, helper) as run:
        await in_time(stuck.reached.wait())
        await run.abort()
        await in_time(stuck.cancelled.wait())
        rows = await rows_of(run.weft, run.thread)
        assert outputs(rows) == {
            "call_1": {"type": "error-text", "value": "Error: Enough"},
            "call_2": {"type": "execution-denied", "reason": "Enough"},
        }
        assert (rows[-1].status.value, rows[-1].error) == ("failed", "Enough")
        await ended(run)


async def test_row_113_a_run_that_is_aborted_while_it_waits(empty_store: Store) -> None:
    async with running(empty_store, agent(["Pay. ", PAY, ROME], "Never.")) as run:
        waiting = await run.weft.waiters.settled(run.generation.id, 20)
        assert waiting.status is GenerationStatus.WAITING
        await run.abort()
        rows = await rows_of(run.weft, run.thread)
        assert outputs(rows) == {
            "call_1": {"type": "execution-denied", "reason": "Enough"},
            "call_2": {"type": "text", "value": "sunny in Rome"},
        }
        assert (await run.stored()).usage == DEFAULT_USAGE
        assert await run.weft.approvals.pending(run.thread) == []
        await ended(run, StreamState.FINISHED)


async def test_row_113_a_run_that_is_aborted_before_it_began(store: Store) -> None:
    weft = Weft(store, [agent("Never.")])
    run = await started(weft)
    await run.abort()
    rows = await rows_of(weft, run.thread)
    assert outline(rows) == [(0, "user", "success"), (1, "assistant", "failed")]
    assert (rows[1].error, (await run.stored()).status) == ("Enough", GenerationStatus.ABORTED)
    await at_rest(weft, run.thread)


async def test_whoever_waits_for_an_answer_that_is_aborted_is_told_why(weft: Weft) -> None:
    gate, thread = Gate(), await thread_of(weft)
    asking = asyncio.create_task(weft.answers.generate_text(agent([gate]), thread_id=thread, prompt="Hi"))
    await gate.reached()
    (generation,) = (await weft.generations.page(thread, PageRequest.of(None, None, None, None))).nodes
    await weft.generations.abort(generation.id, "Enough")
    with pytest.raises(GenerationFailed, match="Enough") as failed:
        await in_time(asking)
    assert failed.value.reason is ErrorCode.ABORTED


async def test_row_127_a_second_answer_to_the_prompt_of_one_that_runs_takes_its_place(
    empty_store: Store, stuck: Stuck
) -> None:
    helper = agent([Call("stuck")], "Here.", tools=[stuck.tool])
    async with running(empty_store, helper) as run:
        await in_time(stuck.reached.wait())
        prompt = (await rows_of(run.weft, run.thread))[0]
        second = await run.weft.generations.start("helper", run.thread, prompt.id, GenerationOptions())
        done = await run.weft.waiters.settled(second.id, 20)
        assert done.status is GenerationStatus.SUCCEEDED
        await in_time(stuck.cancelled.wait())
        assert ((await run.stored()).status, (await run.stored()).error) == (GenerationStatus.ABORTED, "Restarting")
        rows = await rows_of(run.weft, run.thread)
        assert [(row.role.value, row.status.value) for row in rows][-2:] == [
            ("assistant", "failed"),
            ("assistant", "success"),
        ]
        await at_rest(run.weft, run.thread)


async def test_a_call_that_was_stored_before_it_was_broken_off_is_not_charged_twice(store: Store) -> None:
    services = Services(store, agent(["Look. ", ROME], "Sunny."))
    job = await services.claimed(await services.asked())
    await in_time(services.attempt(job).run())
    done = await services.job(job.generation)
    first, _, last = await services.messages.of_generation(done)
    for row in (first, last):
        await record_lost(store, replace(job.generation, reply_message_id=row.id), job.lease_id, REPORTED)
    assert (await services.job(job.generation)).usage == done.usage == DEFAULT_USAGE + DEFAULT_USAGE


async def recorded(run: Run, call_id: str) -> bool:
    return call_id in outputs(await rows_of(run.weft, run.thread))


async def written(run: Run, text: str) -> None:
    """Waits until the store has this as the newest text of the stream."""

    async def there() -> bool:
        streams = await run.weft.streams.page(run.thread, 0, [StreamState.STREAMING])
        chunks = [chunk for stream in streams for chunk in (await run.weft.streams.load(stream)).chunks]
        return any(chunk.get("delta") == text for chunk in chunks)

    await wait_until(there)


async def ended(run: Run, state: StreamState = StreamState.ABORTED) -> None:
    """It is aborted for the reason given, and nothing of its thread is under way."""
    stored = await run.stored()
    assert (stored.status, stored.error) == (GenerationStatus.ABORTED, "Enough")
    assert stored.failure is not None
    assert stored.failure.code == ErrorCode.ABORTED.value
    (stream,) = await run.weft.streams.page(run.thread, 0, list(StreamState))
    assert (stream.state, stream.abort_reason) == (state, "Enough" if state is StreamState.ABORTED else None)
    await at_rest(run.weft, run.thread)
