"""Messages as a screen shows them. Values: a message that changed is another one, so they may be kept and compared.

Parts are meant for `match`: `case TextPart(text)`, `case ToolPart(state=ToolState.APPROVAL_REQUESTED) as call`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from weft_client.api.enums import PartState, ToolState, UIMessageRole, UIMessageStatus
from weft_client.api.fragments import Approval, Usage

Role: TypeAlias = UIMessageRole
MessageState: TypeAlias = UIMessageStatus


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text that the user or the model wrote."""

    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """The model's reasoning before its answer; may be empty if the provider keeps it to itself."""

    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@dataclass(frozen=True, slots=True)
class FilePart:
    """An image or another file; `url` is `https:`, `data:`, or empty if only the provider holds it."""

    media_type: str
    url: str
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class SourceUrlPart:
    """A web page that the answer rests on."""

    source_id: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SourceDocumentPart:
    """A document that the answer rests on."""

    source_id: str
    media_type: str
    title: str
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class StepStartPart:
    """Where a step of an answer with tools begins. `step_order` is its row's; None while it is being written."""

    step_order: int | None


@dataclass(frozen=True, slots=True)
class DataPart:
    """What an application shows beside the text. Of parts with one `name` and `part_id` the last one counts."""

    name: str
    part_id: str | None
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPart:
    """A call of a tool, from the first character of its input to its result.

    `raw_input` is the input as written while it is incomplete, or if it cannot be read. `approval.id` is what
    `thread.approve` and `thread.deny` take, `tool_call_id` what `thread.submit` takes.
    """

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
    approval: Approval | None = None
    provider_executed: bool = False

    @property
    def ended(self) -> bool:
        """Whether it has a result, failed or was denied; what is said of its approval then changes no state."""
        return self.state in _ENDED


_ENDED = frozenset({ToolState.OUTPUT_AVAILABLE, ToolState.OUTPUT_ERROR, ToolState.OUTPUT_DENIED})

Part: TypeAlias = (
    TextPart | ReasoningPart | ToolPart | FilePart | SourceUrlPart | SourceDocumentPart | StepStartPart | DataPart
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a user, or the whole answer of a turn.

    `key` is the same while it streams and after it is saved. Of a message that is only here yet, because it is being
    sent or could not be, `local` is true, `status` is PENDING or FAILED, and `client_id` names it.
    """

    id: str
    key: str
    thread_id: str
    order: int
    step_order: int
    role: Role
    status: MessageState
    text: str
    parts: tuple[Part, ...]
    agent_name: str | None = None
    user_id: str | None = None
    client_id: str | None = None
    error: str | None = None
    usage: Usage | None = None
    metadata: Any = None
    created_at: datetime
    local: bool = False

    @property
    def identity(self) -> str:
        """The same from the moment it is sent: what a screen keeps it under."""
        return self.client_id or self.key

    @property
    def settled(self) -> bool:
        """Whether it is complete, or failed: it does not grow any more by itself."""
        return self.status in (MessageState.SUCCESS, MessageState.FAILED)

    @property
    def tool_calls(self) -> tuple[ToolPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolPart))


def text_of(parts: Sequence[Part]) -> str:
    """The text parts joined with one space."""
    return " ".join(part.text for part in parts if isinstance(part, TextPart))
