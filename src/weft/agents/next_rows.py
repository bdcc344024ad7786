"""Rows that go on with a turn after one of its rows: of the same agent, at the next free step."""

from collections.abc import Sequence
from dataclasses import replace

from weft.storage.changes import Change
from weft.threads import ids
from weft.threads.messages import Message, MessageRole, MessageStatus, Part, is_tool_row, text_of


async def next_row(
    change: Change,
    earlier: Message,
    role: MessageRole,
    content: Sequence[Part],
    status: MessageStatus = MessageStatus.SUCCESS,
) -> Message:
    """A row of now, not stored yet. Model and provider are those of `earlier`, unless it is a tool row."""
    speaks = role is MessageRole.ASSISTANT
    return replace(
        earlier,
        id=ids.new_id(ids.MESSAGE),
        user_id=change.thread.user_id,
        client_id=None,
        step_order=await change.next_step(earlier.order),
        role=role,
        status=status,
        content=content,
        text=text_of(content, role),
        tool=is_tool_row(role, content),
        model=earlier.model if speaks else None,
        provider=earlier.provider if speaks else None,
        finish_reason=None,
        error=None,
        reasoning=None,
        usage=None,
        sources=None,
        warnings=None,
        provider_metadata=None,
        provider_options=None,
        created_at=change.now,
        updated_at=change.now,
        metadata=None,
        feedback=None,
        hidden_from_user_search=False,
        batch_id=None,
        receipt=None,
    )
