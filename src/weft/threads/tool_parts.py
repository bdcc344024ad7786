"""A tool call on a screen: one part from the first character of its input to its result."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from weft.threads.values import value


class ToolState(StrEnum):
    INPUT_STREAMING = "input-streaming"
    INPUT_AVAILABLE = "input-available"
    APPROVAL_REQUESTED = "approval-requested"
    APPROVAL_RESPONDED = "approval-responded"
    OUTPUT_AVAILABLE = "output-available"
    OUTPUT_ERROR = "output-error"
    OUTPUT_DENIED = "output-denied"

    @property
    def final(self) -> bool:
        """Whether the call has ended: what is said about its approval afterwards does not change its state."""
        return self in _FINAL


_FINAL: Final = frozenset({ToolState.OUTPUT_AVAILABLE, ToolState.OUTPUT_ERROR, ToolState.OUTPUT_DENIED})


@value
class ToolApproval:
    """Asks a person whether a call may run; `approved` is None until it is decided."""

    id: str
    approved: bool | None = None
    reason: str | None = None
    is_automatic: bool = False
    signature: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


@value
class ToolPart:
    """`raw_input` is the input as written, while it is incomplete or when it could not be read."""

    tool_call_id: str
    tool_name: str
    state: ToolState
    title: str | None = None
    dynamic: bool = False
    input: Any = None
    raw_input: str | None = None
    output: Any = None
    preliminary: bool = False
    error_text: str | None = None
    approval: ToolApproval | None = None
    provider_executed: bool = False
    metadata: Any = None
    call_provider_metadata: Any = None
    result_provider_metadata: Any = None
