"""Waiting calls that nobody will decide any more get their end: each step's in one tool row, decisions and results."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from weft.agents.approval.decided import denied_output, error_output, response_part, result_part
from weft.agents.approval.verdicts import Verdict, settle
from weft.agents.next_rows import next_row
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import Generation
from weft.threads.messages import Message, MessageRole, Part
from weft.threads.pending_calls import PendingCall, PendingKind
from weft.threads.steps import Call, steps_of


async def close_open(store: Store, change: Change, generation: Generation, reason: str) -> None:
    """Ends the waiting calls of a generation that ends before they do.

    Open approvals are denied with the reason; a call that waited for its result, and one that was approved and has not
    run, fails with "Aborted: <reason>". Call it once the row being written has ended: the results in it count.
    """
    rows = await store.removals.turns(change.session, change.thread.id, [generation.order])
    for step in steps_of(rows):
        if step.open_calls:
            known = await store.pending_calls.of_message(change.session, step.row.id)
            ours = {call.tool_call_id: call for call in known if call.generation_id == generation.id}
            left = [(ours[call.id], call) for call in step.open_calls if call.id in ours]
            await _close(store, change, step.row, left, reason)


async def deny_calls(store: Store, change: Change, asking: Message, calls: Iterable[PendingCall], reason: str) -> None:
    """Denies open approvals that the row `asking` asked for."""
    asked = [part.get("approvalId") for part in asking.content]
    ordered = sorted(calls, key=lambda call: asked.index(call.id) if call.id in asked else len(asked))
    await _close(store, change, asking, [(call, None) for call in ordered], reason)


async def _close(
    store: Store, change: Change, asking: Message, calls: Sequence[tuple[PendingCall, Call | None]], reason: str
) -> None:
    decisions: list[Part] = []
    for call in (call for call, _ in calls if call.open):
        approval = call.kind is PendingKind.APPROVAL
        await settle(store, change, call, Verdict(False if approval else None, reason))
        if approval:
            decisions.append(response_part(call.id, approved=False, reason=reason))
    results = [result_part(call.tool_call_id, call.tool_name, _end(call, shown, reason)) for call, shown in calls]
    if results:
        await _write(store, change, asking, [*decisions, *results], calls[0][0].generation_id)


async def _write(store: Store, change: Change, asking: Message, parts: Sequence[Part], generation_id: str) -> None:
    """In a row of their own; in the step's last one when the answer's failure stands after it, to stay in its step."""
    rows = await store.removals.turns(change.session, change.thread.id, [asking.order])
    later = [row for row in rows if row.step_order > asking.step_order]
    step = list(takewhile(lambda row: row.role is MessageRole.TOOL, later))
    if step and len(step) < len(later):
        await change.replace_message(replace(step[-1], content=[*step[-1].content, *parts], updated_at=change.now))
    else:
        row = await next_row(change, asking, MessageRole.TOOL, parts)
        await change.insert_messages(row, generation_id=generation_id)


def _end(call: PendingCall, shown: Call | None, reason: str) -> Part:
    if call.kind is PendingKind.RESULT or call.approved:
        return error_output(f"Aborted: {reason}")
    return denied_output(reason if call.open or shown is None else shown.reason)
