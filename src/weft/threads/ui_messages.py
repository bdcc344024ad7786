"""UI messages: rows and live streams as a screen shows them (behaviour.md rows 131–145).

Rows of one turn that belong to one answer become one UI message; its key never changes while it streams or is saved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

from weft.threads.ai_sdk import ai_sdk_part
from weft.threads.chunks import ChunkReducer
from weft.threads.live_parts import with_rows
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.positions import ui_key
from weft.threads.projection import shown_parts
from weft.threads.streams import Chunk, Stream, StreamState
from weft.threads.ui_parts import StepStartPart, TextPart, UIPart
from weft.threads.usage import Usage
from weft.threads.values import value


class UIMessageRole(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class UIMessageStatus(StrEnum):
    PENDING = "pending"
    STREAMING = "streaming"
    SUCCESS = "success"
    FAILED = "failed"


@value
class UIMessage:
    """What a screen shows for one row, or for the rows of one answer.

    `pending_step` is the step of its last row while that is pending: where a stream may be writing.
    """

    id: str
    key: str
    thread_id: str
    order: int
    step_order: int
    role: UIMessageRole
    status: UIMessageStatus
    text: str
    parts: Sequence[UIPart]
    agent_name: str | None
    user_id: str | None
    client_id: str | None
    error: str | None
    usage: Usage | None
    created_at: datetime
    pending_step: int | None = None
    metadata: Any = None

    def ai_sdk(self) -> dict[str, Any]:
        """The same message as one AI SDK `UIMessage` value. There only an assistant's may be without parts."""
        parts = [ai_sdk_part(part) for part in self.parts]
        if not parts and self.role is not UIMessageRole.ASSISTANT:
            parts = [{"type": "text", "text": ""}]
        value: dict[str, Any] = {"id": self.id, "role": self.role.value, "parts": parts}
        return value if self.metadata is None else {**value, "metadata": self.metadata}


@dataclass(frozen=True, slots=True)
class LiveStream:
    """A stream with all its chunks up to `stream.end`. `before` is what earlier rows of its message say."""

    stream: Stream
    chunks: Sequence[Chunk]
    before: Sequence[UIPart] = ()

    def parts(self, before: Sequence[UIPart] = ()) -> list[UIPart]:
        """What has been streamed, as the continuation of the parts of earlier rows."""
        return ChunkReducer(self.chunks, before=before, step_order=self.stream.step_order).parts()

    def ui_message(self) -> UIMessage:
        """The message as far as it has been streamed (row 131)."""
        stream, parts = self.stream, self.parts(self.before)
        return UIMessage(
            id=f"stream:{stream.id}",
            key=stream.key,
            thread_id=stream.thread_id,
            order=stream.order,
            step_order=stream.message_step,
            role=UIMessageRole.ASSISTANT,
            status=_STREAM_STATUS[stream.state],
            text=shown_text(parts),
            parts=parts,
            agent_name=stream.agent_name,
            user_id=stream.user_id,
            client_id=None,
            error=stream.abort_reason,
            usage=None,
            created_at=stream.started_at,
        )


_STREAM_STATUS = {
    StreamState.STREAMING: UIMessageStatus.STREAMING,
    StreamState.FINISHED: UIMessageStatus.SUCCESS,
    StreamState.ABORTED: UIMessageStatus.FAILED,
}


def shown_text(parts: Iterable[UIPart]) -> str:
    """The text parts joined with one space (row 145)."""
    return " ".join([part.text for part in parts if isinstance(part, TextPart)])


# Looked up for every row of a page: a member's call, or its value, would cost more than all else here.
_ALONE = frozenset({MessageRole.USER, MessageRole.SYSTEM})
_ANSWER = MessageRole.ASSISTANT
_ROLES = {MessageRole.TOOL: UIMessageRole.ASSISTANT} | {MessageRole(role.value): role for role in UIMessageRole}
_STATUSES = {status: UIMessageStatus(status.value) for status in MessageStatus}
_PENDING = MessageStatus.PENDING


def ui_messages(rows: Iterable[Message]) -> list[UIMessage]:
    """Rows, in ascending position, as UI messages in the same order."""
    return [_ui_message(group) for group in _groups(rows)]


def _groups(rows: Iterable[Message]) -> Iterable[list[Message]]:
    """User and system rows stand alone; an answer's rows go together up to one that calls no tool (row 139)."""
    group: list[Message] = []
    for row in rows:
        alone = row.role in _ALONE
        if group and (alone or row.order != group[-1].order):
            yield group
            group = []
        group.append(row)
        if alone or (row.role is _ANSWER and not row.tool):
            yield group
            group = []
    if group:
        yield group


def _ui_message(group: Sequence[Message]) -> UIMessage:
    first = group[0]
    # A decision may be stored behind a row of tools that still run: the answer goes on.
    last = group[-1] if len(group) == 1 else next((row for row in group if row.status is _PENDING), group[-1])
    parts = shown_parts(group)
    usages = [row.usage for row in group if row.usage is not None]
    errors = [row.error for row in group if row.error]
    return UIMessage(
        id=first.id,
        key=ui_key(first.thread_id, first.order, first.step_order),
        thread_id=first.thread_id,
        order=first.order,
        step_order=first.step_order,
        role=_ROLES[first.role],
        status=_STATUSES[last.status],
        text=shown_text(parts),
        parts=parts,
        agent_name=first.agent_name,
        user_id=first.user_id,
        client_id=first.client_id,
        error=errors[0] if errors else None,
        usage=reduce(add, usages) if usages else None,
        created_at=first.created_at,
        pending_step=last.step_order if last.status is _PENDING else None,
        metadata=next((row.metadata for row in group if row.metadata is not None), None),
    )


def with_streams(messages: Sequence[UIMessage], live: Sequence[LiveStream]) -> list[UIMessage]:
    """Pending messages that are being streamed show what has been streamed; saved ones win over streams (row 132)."""
    by_turn = {(live_stream.stream.thread_id, live_stream.stream.order): live_stream for live_stream in live}
    return [_streamed(message, by_turn.get((message.thread_id, message.order))) for message in messages]


def parts_before(message: UIMessage, step_order: int) -> Sequence[UIPart]:
    """What the message's rows before a step have written."""
    return _before(message.parts, step_order)


def _streamed(message: UIMessage, live: LiveStream | None) -> UIMessage:
    if live is None or message.pending_step is None:
        return message
    if not message.step_order <= live.stream.step_order <= message.pending_step:
        return message
    streamed = live.parts(_before(message.parts, live.stream.step_order))
    parts = with_rows(streamed, message.parts, message.pending_step)
    return replace(message, status=UIMessageStatus.STREAMING, text=shown_text(parts), parts=parts)


def _before(parts: Sequence[UIPart], step_order: int) -> Sequence[UIPart]:
    """What the rows before a step have written; the step's own is what its stream says."""
    for index, part in enumerate(parts):
        if isinstance(part, StepStartPart) and part.step_order >= step_order:
            return parts[:index]
    return parts if any(isinstance(part, StepStartPart) for part in parts) else ()
