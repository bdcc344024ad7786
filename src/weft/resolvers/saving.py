"""Saving, changing and rating messages."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.messages import Message
from weft.schema.saving import (
    MessagePayload,
    RateMessageInput,
    SaveMessagesInput,
    SaveMessagesPayload,
    UpdateMessageInput,
)

Save = Annotated[SaveMessagesInput, strawberry.argument(description="The messages and where they go.")]
Update = Annotated[UpdateMessageInput, strawberry.argument(description="The message and what changes in it.")]
Rate = Annotated[RateMessageInput, strawberry.argument(description="The message and its rating.")]


@user_errors(SaveMessagesPayload)
async def save_messages(info: Info, input: Save) -> SaveMessagesPayload:
    rows = await info.context.weft.messages.save(input.thread_id, input.drafts(), input.options())
    return SaveMessagesPayload(messages=[Message.of(row) for row in rows])


@user_errors(MessagePayload)
async def update_message(info: Info, input: Update) -> MessagePayload:
    row = await info.context.weft.messages.update(input.message_id, input.changes())
    return MessagePayload(saved_message=Message.of(row))


@user_errors(MessagePayload)
async def rate_message(info: Info, input: Rate) -> MessagePayload:
    viewer = info.context.viewer
    row = await info.context.weft.messages.rate(input.message_id, input.rating, input.comment, viewer.user_id)
    return MessagePayload(saved_message=Message.of(row))
