"""What somebody must say before a step's calls can end: that one may run, or the result of one nobody here runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from weft.agents.model_call import MadeCall
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.execution import needs_approval_of
from weft.threads import ids
from weft.threads.generations import Generation
from weft.threads.messages import Message
from weft.threads.pending_calls import PendingCall, PendingKind, fingerprint
from weft.threads.streams import Chunk


@dataclass(frozen=True, slots=True)
class Question:
    """One call that waits. `expires` is how long it may."""

    pending: PendingCall
    expires: timedelta | None

    @property
    def chunk(self) -> Chunk:
        """Asks the viewers for their approval. The signature binds their answer to the call as it is now."""
        asked = self.pending
        told = {"approvalId": asked.id, "toolCallId": asked.tool_call_id, "signature": asked.fingerprint}
        return {"type": "tool-approval-request", **told}

    def at(self, now: datetime) -> PendingCall:
        """The question as it is stored."""
        return replace(self.pending, created_at=now, expires_at=None if self.expires is None else now + self.expires)


async def questions_of(
    calls: Sequence[MadeCall],
    context_of: Callable[[str, str], ToolContext],
    generation: Generation,
    reply: Message,
) -> list[Question]:
    """The questions that the calls of an answer raise. Calls that are wrong raise none: they fail by themselves."""
    questions: list[Question] = []
    for call in calls:
        tool = call.tool
        if tool is None:
            continue
        kind: PendingKind | None = None
        if await needs_approval_of(tool, context_of(call.id, call.name), call.value):
            kind = PendingKind.APPROVAL
        elif tool.execute is None:
            kind = PendingKind.RESULT
        if kind is not None:
            questions.append(Question(_pending(call, kind, generation, reply), _expiry(tool, kind)))
    return questions


def _expiry(tool: Tool, kind: PendingKind) -> timedelta | None:
    return tool.approval_expires if kind is PendingKind.APPROVAL else None


def _pending(call: MadeCall, kind: PendingKind, generation: Generation, reply: Message) -> PendingCall:
    return PendingCall(
        id=ids.new_id(ids.APPROVAL),
        thread_id=reply.thread_id,
        order=reply.order,
        message_id=reply.id,
        generation_id=generation.id,
        tool_call_id=call.id,
        tool_name=call.name,
        kind=kind,
        fingerprint=fingerprint(call.name, call.input),
        expires_at=None,
        created_at=reply.created_at,
    )
