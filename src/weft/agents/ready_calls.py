"""Which calls the tools of a row are to answer: those of the newest step before it that wait for nobody.

Calls that were decided while others of their step ran have their decision in a later row, and the row after it is
theirs: what was denied meanwhile must not run here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weft.storage.store import Store
from weft.threads.messages import Message
from weft.threads.pending_calls import PendingCall
from weft.threads.steps import Call, Step, steps_of


@dataclass(frozen=True, slots=True)
class ReadyCalls:
    """The calls to run now, in their order. `asked` are those of the step that somebody was asked about, by id."""

    step: Step
    calls: Sequence[Call]
    asked: Mapping[str, PendingCall]


async def ready_calls(store: Store, row: Message) -> ReadyCalls:
    """The calls that the pending tool row is for."""
    turn = await store.messages.turns(row.thread_id, [row.order])
    step = steps_of(each for each in turn if each.step_order <= row.step_order)[-1]
    pending = await store.pending_calls.of_message(None, step.row.id)
    if not all(call.open for call in pending):  # read again, after the decisions: their rows are there now
        turn = await store.messages.turns(row.thread_id, [row.order])
    others = {call.tool_call_id for call in pending if call.open} | _decided_after(row, turn)
    calls = [call for call in step.open_calls if call.id not in others]
    return ReadyCalls(step, calls, {call.tool_call_id: call for call in pending})


def _decided_after(row: Message, turn: Sequence[Message]) -> set[str]:
    """The calls that were decided, or answered, in rows after this one."""
    later = [part for each in turn if each.step_order > row.step_order for part in each.content]
    responses = {part.get("approvalId") for part in later if part["type"] == "tool-approval-response"}
    calls = [call for step in steps_of(turn) for call in step.calls]
    answered = {str(part.get("toolCallId")) for part in later if part["type"] == "tool-result"}
    return answered | {call.id for call in calls if call.approval_id in responses}
