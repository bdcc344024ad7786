"""Deleting threads, users' data and messages."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.deletions import (
    DeleteMessageRangeInput,
    DeleteMessageRangePayload,
    DeleteMessagesInput,
    DeleteMessagesPayload,
    DeletePayload,
    DeleteThreadInput,
    DeleteUserDataInput,
)

DeleteThread = Annotated[DeleteThreadInput, strawberry.argument(description="Which thread.")]
DeleteUser = Annotated[DeleteUserDataInput, strawberry.argument(description="Whose data.")]
DeleteMessages = Annotated[DeleteMessagesInput, strawberry.argument(description="Which messages.")]
DeleteRange = Annotated[DeleteMessageRangeInput, strawberry.argument(description="Which messages, by their places.")]


@user_errors(DeletePayload)
async def delete_thread(info: Info, input: DeleteThread) -> DeletePayload:
    return DeletePayload(done=await info.context.weft.threads.delete(input.thread_id))


@user_errors(DeletePayload)
async def delete_user_data(info: Info, input: DeleteUser) -> DeletePayload:
    return DeletePayload(done=await info.context.weft.threads.delete_user_data(input.user_id))


@user_errors(DeleteMessagesPayload)
async def delete_messages(info: Info, input: DeleteMessages) -> DeleteMessagesPayload:
    deleted = await info.context.weft.messages.delete(input.message_ids)
    return DeleteMessagesPayload(deleted_ids=[strawberry.ID(message_id) for message_id in deleted])


@user_errors(DeleteMessageRangePayload)
async def delete_message_range(info: Info, input: DeleteRange) -> DeleteMessageRangePayload:
    progress = await info.context.weft.messages.delete_range(
        input.thread_id,
        input.start_order,
        input.end_order,
        start_step_order=input.start_step_order,
        end_step_order=input.end_step_order,
    )
    return DeleteMessageRangePayload(
        done=progress.done,
        last_order=None if progress.last is None else progress.last.order,
        last_step_order=None if progress.last is None else progress.last.step_order,
    )
