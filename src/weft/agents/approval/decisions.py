"""A waiting call is decided: once, in one row for all decisions of its step; with the last, its generation goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from weft.agents.approval.decided import response_part, result_part
from weft.agents.approval.resuming import resume
from weft.agents.approval.verdicts import Verdict, already_handled, settle
from weft.agents.next_rows import next_row
from weft.errors import not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import ACTIVE, Generation, GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus, Part
from weft.threads.pending_calls import PendingCall, PendingKind


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision did: the row that holds it, how many calls of the step still wait, and the generation now."""

    message_id: str
    still_pending: int
    generation: Generation | None


async def respond(store: Store, change: Change, call: PendingCall, verdict: Verdict) -> Decision:
    """Allows a call of the change's thread, or does not.

    Raises:
        InputError: it was decided before, or its generation has ended.
    """
    part = response_part(
        call.id, approved=verdict.approved is True, reason=verdict.reason, decided_by=verdict.decided_by
    )
    return await _decide(store, change, call, part, verdict)


async def answer(store: Store, change: Change, call: PendingCall, output: Part, verdict: Verdict) -> Decision:
    """Gives a call of the change's thread its result.

    Raises:
        InputError: it has one already, or its generation has ended.
    """
    part = result_part(call.tool_call_id, call.tool_name, output, verdict.decided_by)
    return await _decide(store, change, call, part, verdict)


async def _decide(store: Store, change: Change, call: PendingCall, part: Part, verdict: Verdict) -> Decision:
    generation = await store.generations.get(call.generation_id, change.session)
    if generation is not None and generation.status not in ACTIVE:
        raise already_handled(call)
    await settle(store, change, call, verdict)
    calls = await store.pending_calls.of_message(change.session, call.message_id)
    message_id = await _write(store, change, call, calls, part)
    left = sum(one.open for one in calls)
    if left == 0 and verdict.go_on and generation is not None and generation.status is GenerationStatus.WAITING:
        generation = await resume(store, change, generation)
    else:
        change.message_activity()
    return Decision(message_id, left, generation)


async def _write(store: Store, change: Change, call: PendingCall, calls: Sequence[PendingCall], part: Part) -> str:
    """Adds the part to the row with the decisions of the call's step, which this makes if need be; returns its id."""
    rows = await store.removals.turns(change.session, change.thread.id, [call.order])
    asking = next((row for row in rows if row.id == call.message_id), None)
    if asking is None:
        raise not_found("message", call.message_id)
    row = _decisions_after(rows, asking, calls)
    if row is None:
        row = await next_row(change, asking, MessageRole.TOOL, [part])
        await change.insert_messages(row, generation_id=call.generation_id)
    else:
        await change.replace_message(replace(row, content=[*row.content, part], updated_at=change.now))
    return row.id


def _decisions_after(rows: Sequence[Message], asking: Message, calls: Sequence[PendingCall]) -> Message | None:
    """The row of the step that holds nothing but decisions about these calls."""
    answered = {call.tool_call_id for call in calls if call.kind is PendingKind.RESULT}
    for row in rows:
        if row.step_order <= asking.step_order:
            continue
        if row.role is not MessageRole.TOOL:
            return None
        if (
            row.status is MessageStatus.SUCCESS
            and row.content
            and all(_decides(part, answered) for part in row.content)
        ):
            return row
    return None


def _decides(part: Part, answered: set[str]) -> bool:
    if part.get("type") == "tool-result":
        return part.get("toolCallId") in answered
    return part.get("type") == "tool-approval-response"
