"""Tool calls that wait for a person or for this program: seen, decided once, and answered."""

import asyncio

import pytest
from tests.clients_python.world import Served, answered, client, until
from weft_client import AlreadyHandledError, InvalidInputError, ToolPart, ToolState, View, Weft


def waits(view: View) -> bool:
    return view.is_waiting and not view.is_answering


def call(view: View) -> ToolPart:
    (found,) = view.messages[1].tool_calls
    return found


async def test_a_call_that_is_approved_runs_and_the_answer_goes_on(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Pay", agent_name="payer")
        view = await until(live, waits)
        (asked,) = live.pending_calls
        assert (asked.tool_name, asked.input, asked.state) == ("pay", {"amount": 9}, ToolState.APPROVAL_REQUESTED)
        assert asked == call(view)
        assert await weft.threads.pending_calls(thread.id) == (asked,)
        assert (await live.approve(asked, reason="fine")).still_pending == 0
        view = await until(live, lambda view: answered(view) and not view.is_waiting)
    assert view.messages[1].text.endswith("It is paid.")
    assert (call(view).state, call(view).output) == (ToolState.OUTPUT_AVAILABLE, "paid 9")
    assert [part.approval and part.approval.reason for part in view.messages[1].tool_calls] == ["fine"]
    assert view.messages == (await weft.messages.ui_page(thread.id)).nodes


async def test_a_call_that_is_denied_does_not_run(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Pay", agent_name="payer")
        await until(live, waits)
        await live.deny(live.pending_calls[0], reason="too much")
        view = await until(live, lambda view: answered(view) and not view.is_waiting)
    assert call(view).state is ToolState.OUTPUT_DENIED
    assert view.messages == (await weft.messages.ui_page(thread.id)).nodes


async def test_of_two_who_decide_one_call_one_is_told_that_it_was_decided(weft: Weft, served: Served) -> None:
    thread = await weft.threads.create()
    async with client(served.url) as other, weft.thread(thread.id) as mine, other.thread(thread.id) as theirs:
        await mine.send("Pay", agent_name="payer")
        await asyncio.gather(until(mine, waits), until(theirs, waits))
        outcomes = await asyncio.gather(
            mine.approve(mine.pending_calls[0]), theirs.deny(theirs.pending_calls[0]), return_exceptions=True
        )
        views = await asyncio.gather(
            *(until(live, lambda view: answered(view) and not view.is_waiting) for live in (mine, theirs))
        )
    (refused,) = (outcome for outcome in outcomes if isinstance(outcome, BaseException))
    assert isinstance(refused, AlreadyHandledError)
    assert refused.code == "ALREADY_HANDLED"
    assert views[0].messages == views[1].messages


@pytest.mark.parametrize("output", [{"city": "Oslo"}, [None], 0, False, ""])
async def test_a_call_of_this_program_gets_any_json_as_its_result(weft: Weft, output: object) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Where am I?", agent_name="locator")
        view = await until(live, waits)
        await live.submit(call(view), output)
        view = await until(live, lambda view: answered(view) and not view.is_waiting)
    assert (call(view).state, call(view).output) == (ToolState.OUTPUT_AVAILABLE, output)


async def test_nothing_is_no_result(weft: Weft) -> None:
    thread = await weft.threads.create()
    with pytest.raises(InvalidInputError):
        await weft.thread(thread.id).submit("where-1")


async def test_a_call_of_this_program_may_fail(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Where am I?", agent_name="locator")
        view = await until(live, waits)
        await live.submit(call(view), error_text="no signal")
        view = await until(live, lambda view: answered(view) and not view.is_waiting)
        with pytest.raises(AlreadyHandledError):
            await live.submit("where-1", "Oslo")
    assert (call(view).state, call(view).error_text) == (ToolState.OUTPUT_ERROR, "no signal")
