"""Message rows: what is stored, one row a user message or a model step, in the model-message form."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from weft.threads.positions import Position
from weft.threads.usage import Usage
from weft.threads.values import value

Part = dict[str, Any]


class MessageRole(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class MessageStatus(StrEnum):
    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content-filter"
    TOOL_CALLS = "tool-calls"
    ERROR = "error"
    ABORTED = "aborted"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thinks of a message: -1, 0 or 1, and perhaps why."""

    rating: int
    comment: str | None
    user_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever sends the same message again is told: the number of its event, and the job that it started."""

    seq: int
    generation_id: str | None


@value
class Message:
    """One stored row. `content` is a list of parts; `text` and `tool` are derived from it.

    `metadata` is the application's own, 16 KiB at most. `batch_id` is shared by the rows of one save that can be
    asked for again by `client_id`.
    """

    id: str
    thread_id: str
    user_id: str | None
    client_id: str | None
    order: int
    step_order: int
    role: MessageRole
    status: MessageStatus
    content: Sequence[Part]
    text: str | None
    tool: bool
    agent_name: str | None
    model: str | None
    provider: str | None
    finish_reason: FinishReason | None
    error: str | None
    reasoning: str | None
    usage: Usage | None
    sources: Any
    warnings: Any
    provider_metadata: Any
    provider_options: Any
    created_at: datetime
    updated_at: datetime
    metadata: Any = None
    feedback: Feedback | None = None
    hidden_from_user_search: bool = False
    batch_id: str | None = None
    receipt: Receipt | None = None

    @property
    def position(self) -> Position:
        return Position(self.order, self.step_order)


def text_of(content: Iterable[Part], role: MessageRole | None = None) -> str | None:
    """The text parts joined with one space; None when there is none, and on a tool row (behaviour.md row 27)."""
    texts = [] if role is MessageRole.TOOL else list(_texts("text", content))
    return " ".join(texts) if texts else None


def reasoning_of(content: Iterable[Part]) -> str | None:
    """The reasoning parts joined by line breaks; None when there is none."""
    return "\n".join(filter(None, _texts("reasoning", content))) or None


def is_tool_row(role: MessageRole, content: Iterable[Part]) -> bool:
    """True for a tool row and for an assistant row that calls tools (behaviour.md row 27)."""
    return role is MessageRole.TOOL or (
        role is MessageRole.ASSISTANT and any(part.get("type") == "tool-call" for part in content)
    )


def _texts(kind: str, content: Iterable[Part]) -> Iterator[str]:
    for part in content:
        if part.get("type") == kind and isinstance(text := part.get("text"), str):
            yield text
