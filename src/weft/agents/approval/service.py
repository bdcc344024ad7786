"""Tool calls that wait, as a person or a client reads and decides them."""

from collections.abc import Sequence
from typing import Any, Final

from weft.agents.approval.decided import error_output, output_of
from weft.agents.approval.decisions import Decision, answer, respond
from weft.agents.approval.verdicts import Verdict
from weft.agents.limits import MAX_CLIENT_ID, MAX_TEXT, check_json, check_text
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.messages import Message, Part
from weft.threads.pending_calls import PendingCall, PendingKind
from weft.threads.tool_parts import ToolPart
from weft.threads.ui_messages import ui_messages

MAX_OUTPUT_BYTES: Final = 1024 * 1024


class ApprovalService:
    """`weft.approvals`. When the last waiting call of a step is decided, its generation goes on by itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def approve(
        self,
        thread_id: str,
        approval_id: str,
        reason: str | None = None,
        decided_by: str | None = None,
        *,
        continue_generation: bool = True,
    ) -> Decision:
        """Lets a call run. `decided_by` says who decided; it is stored and shown.

        Raises:
            InputError: there is no such thread, or no such approval in it, or it was decided before.
        """
        return await self._respond(thread_id, approval_id, Verdict(True, reason, decided_by, continue_generation))

    async def deny(
        self,
        thread_id: str,
        approval_id: str,
        reason: str | None = None,
        decided_by: str | None = None,
        *,
        continue_generation: bool = True,
    ) -> Decision:
        """As `approve`, but the call does not run; the model is told so, with the reason."""
        return await self._respond(thread_id, approval_id, Verdict(False, reason, decided_by, continue_generation))

    async def submit(
        self,
        thread_id: str,
        tool_call_id: str,
        output: Any = None,
        error_text: str | None = None,
        answered_by: str | None = None,
        *,
        continue_generation: bool = True,
    ) -> Decision:
        """Gives the result of a call that no tool here runs: `output`, any JSON but null, or why there is none.

        Raises:
            InputError: both or neither were given, or more than 1 MiB; there is no such thread, or no such call in it;
                the call was answered before, or waits for approval.
        """
        result = _result(output, error_text)
        check_text(answered_by, MAX_CLIENT_ID, "input", "answeredBy")

        async def work(change: Change) -> Decision:
            call = await self._answerable(change, tool_call_id)
            verdict = Verdict(decided_by=answered_by, go_on=continue_generation)
            return await answer(self._store, change, call, result, verdict)

        return await self._store.change(thread_id, work)

    async def pending(self, thread_id: str) -> list[ToolPart]:
        """The calls of a thread that wait for a person or a client, oldest first, as a screen shows them."""
        calls = await self._store.pending_calls.open_of_thread(thread_id)
        if not calls:
            return []
        rows = await self._store.messages.turns(thread_id, {call.order for call in calls})
        return _shown(calls, rows)

    async def _respond(self, thread_id: str, approval_id: str, verdict: Verdict) -> Decision:
        check_text(verdict.reason, MAX_TEXT, "input", "reason")

        async def work(change: Change) -> Decision:
            call = await self._store.pending_calls.get(change.session, thread_id, approval_id)
            if call is None or call.kind is not PendingKind.APPROVAL:
                message = f"Approval request {approval_id:.80} was not found in thread {thread_id}"
                raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("input", "approvalId"))
            return await respond(self._store, change, call, verdict)

        return await self._store.change(thread_id, work)

    async def _answerable(self, change: Change, tool_call_id: str) -> PendingCall:
        """The newest call with this id, one that waits for its result before all others."""
        calls = await self._store.pending_calls.of_tool_call(change.session, change.thread.id, tool_call_id)
        if not calls:
            raise not_found("tool call", f"{tool_call_id:.80}", "input", "toolCallId")
        best = max(calls, key=lambda call: (call.open, call.kind is PendingKind.RESULT))
        if best.kind is PendingKind.APPROVAL:
            message = f"tool call {tool_call_id:.80} waits for approval: approveToolCall or denyToolCall decide it"
            raise InputError(message, path=("input", "toolCallId"))
        return best


def _result(output: Any, error_text: str | None) -> Part:
    if (output is None) == (error_text is None):
        raise InputError("give output or errorText, one of them", path=("input", "output"))
    if error_text is None:
        check_json(output, MAX_OUTPUT_BYTES, "input", "output")
        return output_of(output)
    check_json(error_text, MAX_OUTPUT_BYTES, "input", "errorText")
    return error_output(error_text)


def _shown(calls: Sequence[PendingCall], rows: Sequence[Message]) -> list[ToolPart]:
    """The parts of these calls, in the order of the screen."""
    asked = {(call.order, call.id if call.kind is PendingKind.APPROVAL else call.tool_call_id) for call in calls}
    return [
        part
        for message in ui_messages(rows)
        for part in message.parts
        if isinstance(part, ToolPart) and not part.state.final and asked & _keys(message.order, part)
    ]


def _keys(order: int, part: ToolPart) -> set[tuple[int, str]]:
    named = {(order, part.tool_call_id)}
    return named if part.approval is None else named | {(order, part.approval.id)}
