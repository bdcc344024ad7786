"""What the client has decided about the calls of a message that wait: approvals, and results of its own tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weft.adapters.ai_sdk.answers import UNDER_WAY, Answer, answer_of, newest_generation
from weft.adapters.ai_sdk.requests import ClientMessage
from weft.adapters.ai_sdk.told import Told, steps_of
from weft.agents.access.seen import Services
from weft.errors import ErrorCode, InputError, not_found
from weft.threads.generations import Generation
from weft.threads.json_values import is_object, string
from weft.threads.threads import Thread
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_parts import StepStartPart, UIPart

_STATES = {state.value: state for state in ToolState}


@dataclass(frozen=True, slots=True)
class Decided:
    """The generation that goes on, what the client has of its message, and whether it has all there is."""

    generation: Generation
    told: Told
    nothing_new: bool


async def decide(weft: Services, thread: Thread, message: ClientMessage) -> Decided:
    """Takes the decisions that are new.

    Raises:
        InputError: there is no such message, or it has no call that was ever to be decided or is answered.
    """
    row = await weft.messages.get(message.id)
    if row is None or row.thread_id != thread.id:
        raise not_found("message", f"{message.id:.80}", *message.path, "id")
    waiting = {part.tool_call_id: part for part in await weft.approvals.pending(thread.id)}
    asked = {part.approval.id for part in waiting.values() if part.approval is not None}
    decided = 0
    for part in message.tools():
        decided += await _decide(weft, thread.id, part, asked, waiting)
    generation = await newest_generation(weft, thread.id, row.order)
    if generation is None:
        raise not_found("answer", f"{message.id:.80}", *message.path, "id")
    answer = await answer_of(weft, generation)
    behind = _parts(answer) > message.step_count
    new = decided > 0 or behind or generation.status in UNDER_WAY or _news(answer, message)
    if not new and not _complete(message):
        text = "no call of this message waits for a decision, and there is nothing more of it"
        raise InputError(text, reason=ErrorCode.CONFLICT, path=(*message.path, "parts"))
    return Decided(generation, Told(_known(answer, message)), not new)


async def _decide(
    weft: Services, thread_id: str, part: Mapping[str, Any], asked: set[str], waiting: Mapping[str, ToolPart]
) -> bool:
    """False when there is nothing to decide, or somebody else just did."""
    state, given = part.get("state"), part.get("approval")
    approval = given if is_object(given) else {}
    call = waiting.get(str(part.get("toolCallId")))
    try:
        if state == "approval-responded" and approval.get("id") in asked:
            respond = weft.approvals.approve if approval.get("approved") is True else weft.approvals.deny
            await respond(thread_id, str(approval["id"]), string(approval, "reason"))
        elif call is not None and call.approval is None and state == "output-available":
            await weft.approvals.submit(thread_id, call.tool_call_id, _output(part))
        elif call is not None and call.approval is None and state == "output-error":
            await weft.approvals.submit(thread_id, call.tool_call_id, error_text=str(part.get("errorText") or "failed"))
        else:
            return False
    except InputError as error:
        if error.reason is ErrorCode.ALREADY_HANDLED:
            return False
        raise
    return True


def _output(part: Mapping[str, Any]) -> Any:
    """A tool that gives nothing has still run."""
    output = part.get("output")
    return "" if output is None else output


def _parts(answer: Answer) -> int:
    return 0 if answer.message is None else len(steps_of(answer.message.parts))


def _news(answer: Answer, message: ClientMessage) -> bool:
    """Whether a call has come further than the client knows."""
    known = {part.get("toolCallId"): part.get("state") for part in message.tools()}
    parts = () if answer.message is None else answer.message.parts
    return any(
        part.state.final and known.get(part.tool_call_id) not in (None, part.state.value)
        for part in parts
        if isinstance(part, ToolPart)
    )


def _complete(message: ClientMessage) -> bool:
    """Whether the client may have sent it by itself: all its calls have ended, and so it asks for what follows."""
    states = [_STATES.get(str(part.get("state"))) for part in message.tools()]
    return bool(states) and all(state is not None and state.final for state in states)


def _known(answer: Answer, message: ClientMessage) -> Sequence[UIPart]:
    """The message's parts as the client has them: its steps, its calls in its states."""
    calls = {str(part.get("toolCallId")): part for part in message.tools()}
    known: list[UIPart] = []
    for step in steps_of(answer.message.parts if answer.message else ())[: message.step_count]:
        known += [StepStartPart(0), *(_as_known(part, calls) for part in step)]
    return known


def _as_known(part: UIPart, calls: Mapping[str, Mapping[str, Any]]) -> UIPart:
    if not isinstance(part, ToolPart):
        return part
    call = calls.get(part.tool_call_id, {})
    state = _STATES.get(str(call.get("state")))
    if state is None:
        return part
    approval, given = part.approval, call.get("approval")
    if approval is not None and not is_object(given):
        approval = None
    elif approval is not None and is_object(given) and given.get("approved") is not approval.approved:
        approval = replace(approval, approved=None)  # somebody else decided: what the client thinks is put right
    return replace(part, state=state, preliminary=False, approval=approval)
