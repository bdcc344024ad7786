"""A stream that goes on with an answer, after a wait or a takeover, writes the same message under the same key."""

import asyncio

from tests.agents.services import EXPIRED, Services, stream_of
from tests.support import DEADLINE, in_time

from weft import Agent, tool
from weft.storage.store import Store
from weft.testing import Call, Gate, ScriptedModel
from weft.threads.paging import PageRequest
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import with_streams


@tool(needs_approval=True)
async def pay(euros: int) -> str:
    """Pays."""
    return f"{euros} paid"


def cashier() -> Agent:
    model = ScriptedModel([["May I? ", Call("pay", {"euros": 5})], "Done."])
    return Agent("cashier", model=model, tools=[pay])


async def test_after_an_approval_the_second_stream_has_the_messages_key_and_all_of_its_parts(store: Store) -> None:
    services = Services(store, cashier())
    generation = await services.asked()
    await in_time(services.attempt(await services.claimed(generation)).run())
    [asked] = await services.approvals.pending(generation.thread_id)
    assert asked.approval is not None
    await services.approvals.approve(generation.thread_id, asked.approval.id)
    job = await services.claimed(generation)
    thread = await services.weft.threads.get(generation.thread_id)
    assert thread is not None
    [live] = (await services.streams.moment(thread)).live
    shown = (await services.messages.ui_page(thread.id, PageRequest.of(last=5))).nodes[-1]
    streamed = live.ui_message()
    assert stream_of(job).step_order > stream_of(job).message_step == 1
    assert streamed.key == stream_of(job).key == shown.key
    assert (streamed.order, streamed.step_order) == (shown.order, shown.step_order)
    [call] = [part for part in streamed.parts if isinstance(part, ToolPart)]
    assert (streamed.text, call.state) == ("May I? ", ToolState.APPROVAL_RESPONDED)
    assert streamed.parts == with_streams([shown], [live])[0].parts
    await in_time(services.attempt(job).run())
    done = (await services.streams.load(await services.stream(job))).ui_message()
    saved = (await services.messages.ui_page(thread.id, PageRequest.of(last=5))).nodes[-1]
    assert (done.key, done.text, list(done.parts)) == (saved.key, saved.text, list(saved.parts))


async def test_a_takeover_at_a_later_step_goes_on_under_the_key_of_the_message(store: Store) -> None:
    @tool
    async def look() -> str:
        """Looks."""
        return "seen"

    gate = Gate()
    model = ScriptedModel([[Call("look")], [gate, "Whole."]])
    services = Services(store, Agent("watcher", model=model, tools=[look]))
    generation = await services.asked()
    first = await services.claimed(generation, EXPIRED)
    running = asyncio.create_task(services.attempt(first).run())
    await gate.reached(DEADLINE)
    second = await services.claimed(generation)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (stream_of(second).step_order, stream_of(second).key) == (3, stream_of(first).key)
