"""What mutations return: what they made or changed, or `userErrors` that say why not."""

import strawberry

from weft.schema.errors import UserError, user_errors_field
from weft.schema.generations import Generation
from weft.schema.streams import Stream
from weft.schema.threads import Thread
from weft.schema.ui_messages import UIMessage


@strawberry.type(description="The outcome for a thread.")
class ThreadPayload:
    thread: Thread | None = strawberry.field(default=None, description="The thread; null if there are errors.")
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of sending a message.")
class SendMessagePayload:
    sent_message: UIMessage | None = strawberry.field(
        default=None, description="The message as it was saved; null if there are errors."
    )
    generation: Generation | None = strawberry.field(
        default=None, description="The answer that was started; null if `generate` was false or there are errors."
    )
    cursor: str | None = strawberry.field(
        default=None,
        description="The moment just after this message: `threadEvents(after:)` delivers everything since. "
        "Null if there are errors.",
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome for a generation.")
class GenerationPayload:
    generation: Generation | None = strawberry.field(
        default=None, description="The generation; null if there are errors."
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of stopping streams.")
class AbortStreamsPayload:
    aborted_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The streams that were stopped; those that had ended are not among them."
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of writing a stream.")
class StreamPayload:
    stream: Stream | None = strawberry.field(
        default=None, description="The stream as it is now; null if there are errors."
    )
    user_errors: list[UserError] = user_errors_field()
