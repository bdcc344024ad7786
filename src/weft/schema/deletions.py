"""Inputs and payloads of deleting threads, users' data and messages."""

import strawberry

from weft.schema.errors import UserError, user_errors_field


@strawberry.input(description="The thread to delete.")
class DeleteThreadInput:
    thread_id: strawberry.ID = strawberry.field(
        description="The thread. One that is not there, or not any more, is no error."
    )


@strawberry.input(description="The user whose data to delete.")
class DeleteUserDataInput:
    user_id: str = strawberry.field(
        description="The user, as the application names users. One without threads is no error."
    )


@strawberry.input(description="The messages to delete.")
class DeleteMessagesInput:
    message_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 1,000 ids of stored rows, of any threads. Ids that name nothing are skipped."
    )


@strawberry.input(description="The messages of a thread from a start, inclusive, to an end, exclusive.")
class DeleteMessageRangeInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread.")
    start_order: int = strawberry.field(description="The first turn, from 0 on.")
    start_step_order: int | None = strawberry.field(
        default=None, description="The first row of that turn; absent for all of it."
    )
    end_order: int = strawberry.field(
        description="The turn to end at: none of it goes, unless `endStepOrder` is given."
    )
    end_step_order: int | None = strawberry.field(
        default=None, description="Rows of the turn `endOrder` go up to, but not including, this one."
    )


@strawberry.type(description="The outcome of a deletion. Whatever `done` says, nobody sees any more what is deleted.")
class DeletePayload:
    done: bool = strawberry.field(
        default=False,
        description="False while a background deletion is still running, and if there are errors. "
        "The same call again says whether it is through.",
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of deleting messages.")
class DeleteMessagesPayload:
    deleted_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The rows really deleted, in the order they were asked for."
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of deleting a range of messages.")
class DeleteMessageRangePayload:
    done: bool = strawberry.field(
        default=False,
        description="False while a background deletion is still running, and if there are errors. "
        "It goes to the end of the range, but spares turns that begin after this call.",
    )
    last_order: int | None = strawberry.field(
        default=None, description="The turn of the last row that this call deleted itself; null if it found none."
    )
    last_step_order: int | None = strawberry.field(
        default=None, description="The place of that row in its turn; null if there was none."
    )
    user_errors: list[UserError] = user_errors_field()
