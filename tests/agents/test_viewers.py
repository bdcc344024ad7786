"""Runs as viewers see them: what is shown at every moment is what the rows will say, each part once."""

import asyncio
from itertools import pairwise

from tests.agents.runs import TOOLS, agent, at_rest, rows_of, thread_of
from tests.agents.viewers import Viewer, grows_into, screen, viewing
from tests.support import in_time, wait_until

from weft import ToolContext, tool
from weft.agents.agent import Agent
from weft.agents.answers import TextAnswer
from weft.agents.weft import Weft
from weft.testing import Answer, Call, Gate, ReasoningDelta, ToolAnswered, ToolCalled
from weft.threads.events import GenerationChanged, MessageSaved, StreamAdvanced, StreamEnded, StreamStarted
from weft.threads.generations import GenerationStatus
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import UIMessage, UIMessageStatus, ui_messages
from weft.threads.ui_parts import StepStartPart, UIPart

ROME = Call("weather", {"city": "Rome"})
PAY = Call("transfer", {"amount": 5})


class Door:
    """A tool that waits until it is let through."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

        @tool
        async def door(ctx: ToolContext) -> str:
            """Waits."""
            self.reached.set()
            await self.opened.wait()
            return "through"

        self.tool = door


def call_of(messages: list[UIMessage], name: str) -> ToolPart | None:
    """The newest call of a tool on a screen."""
    parts = [part for message in messages for part in message.parts]
    return next((part for part in reversed(parts) if isinstance(part, ToolPart) and part.tool_name == name), None)


def state_of(messages: list[UIMessage], name: str) -> ToolState | None:
    call = call_of(messages, name)
    return None if call is None else call.state


def ask(weft: Weft, helper: Agent, thread: str) -> "asyncio.Task[TextAnswer]":
    return asyncio.create_task(weft.answers.generate_text(helper, thread_id=thread, prompt="Hi"))


async def approve(weft: Weft, thread: str) -> str:
    """Allows the only call that waits; the id of its generation."""
    (part,) = await weft.approvals.pending(thread)
    assert part.approval is not None
    decision = await weft.approvals.approve(thread, part.approval.id, decided_by="ann")
    assert decision.generation is not None
    return decision.generation.id


async def same_for_all(weft: Weft, viewer: Viewer, thread: str) -> list[UIMessage]:
    """What the viewer and one who reads the thread now show, once both are at the same moment."""

    async def agree() -> bool:
        return await screen(weft, thread) == viewer.shown

    await wait_until(agree)
    return viewer.shown


async def check_the_end(weft: Weft, viewer: Viewer, thread: str) -> list[UIPart]:
    """The final parts; whatever was shown grew into them."""
    final = ui_messages(await rows_of(weft, thread))
    await viewer.sees(lambda shown: shown == final)
    await at_rest(weft, thread)
    parts = list(final[-1].parts)
    assert all(grows_into(moment, parts) for moment in viewer.moments[1:])
    assert all(grows_into(earlier, later) for earlier, later in pairwise(viewer.moments[1:]))
    return parts


async def test_a_run_of_several_steps_is_one_message_that_only_grows(weft: Weft) -> None:
    thread = await thread_of(weft)
    steps: list[Answer] = [
        [ReasoningDelta("Hm. "), "Look. ", ROME, ROME],
        ["More. ", ROME, Call("broken")],
        "It is sunny there.",
    ]
    async with viewing(weft, thread) as viewer:
        await in_time(ask(weft, agent(*steps), thread))
        parts = await check_the_end(weft, viewer, thread)
    kinds = [type(part).__name__ for part in parts]
    first = ["StepStartPart", "ReasoningPart", "TextPart", "ToolPart", "ToolPart"]
    assert kinds == [*first, "StepStartPart", "TextPart", "ToolPart", "ToolPart", "StepStartPart", "TextPart"]
    assert [part.step_order for part in parts if isinstance(part, StepStartPart)] == [1, 3, 5]


async def test_the_events_of_a_run_come_in_their_order(weft: Weft) -> None:
    thread, gate = await thread_of(weft), Gate()
    async with viewing(weft, thread) as viewer:
        answer = ask(weft, agent(["Look. ", gate, ROME], "Sunny."), thread)
        await viewer.sees(lambda shown: bool(shown) and shown[-1].text == "Look. ")
        gate.open()
        await in_time(answer)
        await check_the_end(weft, viewer, thread)
        told = (MessageSaved, GenerationChanged, StreamStarted, StreamEnded)
        await viewer.sees(lambda _: any(isinstance(event, StreamEnded) for event in viewer.events))
        kinds = [type(event) for event in viewer.events if isinstance(event, told)]
    assert kinds[:5] == [MessageSaved, MessageSaved, GenerationChanged, StreamStarted, GenerationChanged]
    assert kinds.count(StreamStarted) == kinds.count(StreamEnded) == 1
    ended = kinds.index(StreamEnded)
    assert kinds[ended - 1] is MessageSaved
    deltas = [event.delta for event in viewer.events if isinstance(event, StreamAdvanced)]
    assert [delta.start for delta in deltas] == [0, *(delta.end for delta in deltas[:-1])]
    assert StreamAdvanced not in [type(event) for event in viewer.events[viewer.events.index(_ended(viewer)) :]]


def _ended(viewer: Viewer) -> StreamEnded:
    return next(event for event in viewer.events if isinstance(event, StreamEnded))


async def test_whoever_comes_in_the_middle_is_shown_the_same(weft: Weft) -> None:
    thread, door = await thread_of(weft), Door()
    first, second = Gate(), Gate()
    steps: list[Answer] = [["One. ", first, ROME, Call("door")], ["Two. ", second, "Done."]]
    async with viewing(weft, thread) as viewer:
        answer = ask(weft, agent(*steps, tools=[*TOOLS, door.tool]), thread)
        await first.reached()
        await viewer.sees(lambda shown: shown != [] and shown[-1].text == "One. ")
        assert (await same_for_all(weft, viewer, thread))[-1].status is UIMessageStatus.STREAMING
        first.open()
        await in_time(door.reached.wait())
        await viewer.sees(lambda shown: state_of(shown, "weather") is ToolState.OUTPUT_AVAILABLE)
        assert state_of(await same_for_all(weft, viewer, thread), "door") is ToolState.INPUT_AVAILABLE
        door.opened.set()
        await second.reached()
        await viewer.sees(lambda shown: shown[-1].text.endswith("Two. "))
        assert (await same_for_all(weft, viewer, thread))[-1].text == "One.  Two. "
        second.open()
        await in_time(answer)
        await check_the_end(weft, viewer, thread)


async def test_row_88_after_a_decision_the_same_message_goes_on_in_a_second_stream(weft: Weft) -> None:
    thread, gate = await thread_of(weft), Gate()
    helper = agent(["Look. ", ROME], ["Pay. ", PAY, ROME], ["Paid. ", gate, ROME], "Done.")
    async with viewing(weft, thread) as viewer:
        await in_time(ask(weft, helper, thread))
        await viewer.sees(lambda shown: shown[-1].status is UIMessageStatus.SUCCESS)
        waiting = await same_for_all(weft, viewer, thread)
        assert state_of(waiting, "transfer") is ToolState.APPROVAL_REQUESTED
        generation = await approve(weft, thread)
        await gate.reached()
        await viewer.sees(lambda shown: shown[-1].text.endswith("Paid. "))
        going_on = await same_for_all(weft, viewer, thread)
        assert [message.key for message in going_on] == [message.key for message in waiting]
        assert state_of(going_on, "transfer") is ToolState.OUTPUT_AVAILABLE
        gate.open()
        await in_time(weft.waiters.settled(generation, 20))
        parts = await check_the_end(weft, viewer, thread)
    assert [part.step_order for part in parts if isinstance(part, StepStartPart)] == [1, 3, 7, 9]
    assert sum(isinstance(event, StreamStarted) for event in viewer.events) == 2


async def test_a_decision_made_while_other_tools_run_is_shown_at_once(weft: Weft) -> None:
    thread, door, gate = await thread_of(weft), Door(), Gate()
    steps: list[Answer] = [["Pay. ", PAY, Call("door")], ["Paid. ", gate, ROME], "Done."]
    async with viewing(weft, thread) as viewer:
        answer = ask(weft, agent(*steps, tools=[*TOOLS, door.tool]), thread)
        await in_time(door.reached.wait())
        await viewer.sees(lambda shown: state_of(shown, "transfer") is ToolState.APPROVAL_REQUESTED)
        await approve(weft, thread)
        await viewer.sees(lambda shown: state_of(shown, "transfer") is ToolState.APPROVAL_RESPONDED)
        decided = call_of(await same_for_all(weft, viewer, thread), "transfer")
        assert decided is not None
        assert decided.approval is not None
        assert (decided.approval.approved, decided.approval.decided_by) == (True, "ann")
        door.opened.set()
        await gate.reached()
        await viewer.sees(lambda shown: shown[-1].text.endswith("Paid. "))
        await same_for_all(weft, viewer, thread)
        gate.open()
        assert (await in_time(answer)).text == "Done."
        parts = await check_the_end(weft, viewer, thread)
    assert [part.step_order for part in parts if isinstance(part, StepStartPart)] == [1, 5, 7]


async def test_a_call_denied_while_other_tools_run_is_shown_as_denied(weft: Weft) -> None:
    thread, door = await thread_of(weft), Door()
    async with viewing(weft, thread) as viewer:
        answer = ask(weft, agent([PAY, Call("door")], "Not paid.", tools=[*TOOLS, door.tool]), thread)
        await in_time(door.reached.wait())
        (part,) = await weft.approvals.pending(thread)
        assert part.approval is not None
        await weft.approvals.deny(thread, part.approval.id, reason="too dear")
        await viewer.sees(lambda shown: state_of(shown, "transfer") is ToolState.OUTPUT_DENIED)
        await same_for_all(weft, viewer, thread)
        door.opened.set()
        assert (await in_time(answer)).text == "Not paid."
        await check_the_end(weft, viewer, thread)


async def test_a_call_that_its_provider_ran_is_shown_once(weft: Weft) -> None:
    thread = await thread_of(weft)
    search = ToolCalled("p1", "web_search", '{"q": "x"}', provider_executed=True)
    found = ToolAnswered("p1", "web_search", {"type": "json", "value": ["y"]})
    async with viewing(weft, thread) as viewer:
        await in_time(ask(weft, agent(["Look. ", search, found, "Found. ", ROME], "Done."), thread))
        parts = await check_the_end(weft, viewer, thread)
    assert [part.tool_name for part in parts if isinstance(part, ToolPart)] == ["web_search", "weather"]


async def test_an_answer_that_is_aborted_keeps_what_was_shown(weft: Weft) -> None:
    thread, gate = await thread_of(weft), Gate()
    async with viewing(weft, thread) as viewer:
        answer = ask(weft, agent(["Look. ", ROME], ["Half an ", gate, "answer."]), thread)
        await gate.reached()
        before = await viewer.sees(lambda shown: shown[-1].text.endswith("Half an "))
        assert isinstance(viewer.events[-1], StreamAdvanced)
        generation = next(event.generation for event in viewer.events if isinstance(event, GenerationChanged))
        stopped = await weft.generations.abort(generation.id, "Enough")
        assert stopped.status is GenerationStatus.ABORTED
        (outcome,) = await asyncio.gather(answer, return_exceptions=True)
        assert "Enough" in str(outcome)
        await check_the_end(weft, viewer, thread)
        after = viewer.shown
    assert (after[-1].text, after[-1].error, after[-1].key) == (before[-1].text, "Enough", before[-1].key)
