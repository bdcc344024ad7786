"""The parts of an answer while they are put together: calls are found by their id, and by their approval's."""

from dataclasses import replace
from typing import Any

from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_parts import UIPart


class ToolBook:
    """Of calls with the same id the newest is meant. What speaks of a call that is not here changes nothing."""

    def __init__(self, parts: list[UIPart]) -> None:
        self._parts = parts
        self._calls: dict[str, int] = {}
        self._approvals: dict[str, int] = {}
        for index, part in enumerate(parts):
            if isinstance(part, ToolPart):
                self._note(part, index)

    def add(self, part: ToolPart) -> None:
        self._parts.append(part)
        self._note(part, len(self._parts) - 1)

    def _note(self, part: ToolPart, index: int) -> None:
        self._calls[part.tool_call_id] = index
        if part.approval is not None:
            self._approvals[part.approval.id] = index

    def index(self, call_id: str) -> int | None:
        return self._calls.get(call_id)

    def call(self, call_id: str) -> ToolPart | None:
        return self._at(self._calls.get(call_id))

    def _at(self, index: int | None) -> ToolPart | None:
        part = None if index is None else self._parts[index]
        return part if isinstance(part, ToolPart) else None

    def change(self, call_id: str, **fields: Any) -> bool:
        """False when there is no such call."""
        index = self._calls.get(call_id)
        part = self._at(index)
        if index is None or part is None:
            return False
        self._parts[index] = replace(part, **fields)
        return True

    def request(self, call_id: str, approval: ToolApproval) -> None:
        part = self.call(call_id)
        if part is None:
            return
        self.change(call_id, approval=approval, state=_unless_final(part, ToolState.APPROVAL_REQUESTED))
        self._approvals[approval.id] = self._calls[call_id]

    def respond(self, approval_id: str, state: ToolState, **decision: Any) -> ToolPart | None:
        """Decides an approval; the call goes to `state` unless it has ended. None when nobody asked for it."""
        index = self._approvals.get(approval_id)
        part = self._at(index)
        if index is None or part is None or part.approval is None:
            return None
        decided = replace(part, approval=replace(part.approval, **decision), state=_unless_final(part, state))
        self._parts[index] = decided
        return decided

    def deny(self, call_id: str, reason: str | None) -> bool:
        """The call was not run. False when there is no such call."""
        part = self.call(call_id)
        if part is None:
            return False
        return self.change(call_id, state=ToolState.OUTPUT_DENIED, approval=denied(part.approval, reason))


def denied(approval: ToolApproval | None, reason: str | None) -> ToolApproval:
    """The approval when the call was denied; one that nobody asked for has no id (behaviour.md row 142)."""
    asked = approval or ToolApproval("")
    return replace(asked, approved=False, reason=asked.reason if reason is None else reason)


def _unless_final(part: ToolPart, state: ToolState) -> ToolState:
    return part.state if part.state.final else state
