"""UI messages back to rows, to store them (behaviour.md row 146)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from weft.threads.content import content_of, step_contents
from weft.threads.messages import (
    FinishReason,
    Message,
    MessageRole,
    MessageStatus,
    Part,
    is_tool_row,
    reasoning_of,
    text_of,
)
from weft.threads.ui_messages import UIMessage, UIMessageRole, UIMessageStatus

_STATUS = {
    UIMessageStatus.PENDING: MessageStatus.PENDING,
    UIMessageStatus.STREAMING: MessageStatus.PENDING,
    UIMessageStatus.SUCCESS: MessageStatus.SUCCESS,
    UIMessageStatus.FAILED: MessageStatus.FAILED,
}


def rows_of(messages: Iterable[UIMessage]) -> list[Message]:
    """The rows that these messages could have been made of, in the same order.

    Row i of a message has the id `<id>-<i>` and i steps more. A message that failed, or is not complete yet, stays so.
    Models and providers are not known to a UI message; tokens go to its last row, the error to its last one of an
    assistant: on a tool row it would mean that the tools failed.
    """
    return [row for message in messages for row in _rows(message)]


def _rows(message: UIMessage) -> Iterable[Message]:
    contents = _contents(message)
    speaking = max(index for index, (role, _) in enumerate(contents) if role is not MessageRole.TOOL)
    for index, (role, content) in enumerate(contents):
        row = _row(message, index, role, content, last=index == len(contents) - 1)
        yield replace(row, error=message.error) if index == speaking else row


def _contents(message: UIMessage) -> Sequence[tuple[MessageRole, list[Part]]]:
    if message.role is not UIMessageRole.ASSISTANT:
        return [(MessageRole(message.role.value), content_of(message.parts))]
    return step_contents(message.parts) or [(MessageRole.ASSISTANT, [])]


def _row(message: UIMessage, index: int, role: MessageRole, content: list[Part], *, last: bool) -> Message:
    return Message(
        id=f"{message.id}-{index}",
        thread_id=message.thread_id,
        user_id=message.user_id,
        client_id=message.client_id if index == 0 else None,
        order=message.order,
        step_order=message.step_order + index,
        role=role,
        status=_STATUS[message.status] if last else MessageStatus.SUCCESS,
        content=content,
        text=text_of(content, role),
        tool=is_tool_row(role, content),
        agent_name=message.agent_name,
        model=None,
        provider=None,
        finish_reason=_finish_reason(message, role, content, last=last),
        error=None,
        reasoning=reasoning_of(content),
        usage=message.usage if last else None,
        sources=[part for part in content if part["type"] == "source"] or None,
        warnings=None,
        provider_metadata=None,
        provider_options=None,
        metadata=message.metadata if index == 0 else None,
        created_at=message.created_at,
        updated_at=message.created_at,
    )


def _finish_reason(message: UIMessage, role: MessageRole, content: list[Part], *, last: bool) -> FinishReason | None:
    if role is not MessageRole.ASSISTANT or (last and message.status is not UIMessageStatus.SUCCESS):
        return None
    return FinishReason.TOOL_CALLS if is_tool_row(role, content) else FinishReason.STOP
