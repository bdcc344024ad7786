"""What is decided about a waiting call, and that it is decided once."""

from dataclasses import dataclass

from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.pending_calls import PendingCall, PendingKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, why and by whom; `approved` is None where a result was waited for."""

    approved: bool | None = None
    reason: str | None = None
    decided_by: str | None = None
    go_on: bool = True


async def settle(store: Store, change: Change, call: PendingCall, verdict: Verdict) -> None:
    """Marks a call as decided, and writes no row. Raises InputError when it was decided before."""
    decision = (verdict.approved, verdict.reason, verdict.decided_by, change.now)
    if not await store.pending_calls.decide(change.session, call.id, *decision):
        raise already_handled(call)


def already_handled(call: PendingCall) -> InputError:
    """The error for a decision that comes too late."""
    approval = call.kind is PendingKind.APPROVAL
    named = f"Approval {call.id}" if approval else f"Tool call {call.tool_call_id}"
    path = ("input", "approvalId" if approval else "toolCallId")
    return InputError(f"{named} was already handled", reason=ErrorCode.ALREADY_HANDLED, path=path)
