"""What writers of streams hand in that are not agents of this server."""

import strawberry

from weft.schema.saving import MessageInput
from weft.schema.scalars import Json
from weft.threads.drafts import Draft


@strawberry.input(description="A stream of the caller's own, and the pending message that it writes.")
class CreateStreamInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread to write to.")
    order: int | None = strawberry.field(
        default=None, description="The turn to write in, where nothing else may be being written; absent for a new one."
    )
    step_order: int | None = strawberry.field(
        default=None,
        description="The place within the turn: a free one, or that of a pending row of an assistant. "
        "Absent for the next free one.",
    )
    agent_name: str | None = strawberry.field(default=None, description="The agent, or person, that writes.")
    model: str | None = strawberry.field(default=None, description="The model that writes.")
    provider: str | None = strawberry.field(default=None, description="The provider of that model.")


@strawberry.input(
    description="Parts to add at the end of a stream. `start` must be the stream's `end`: repeating an append changes "
    "nothing, a gap or an overlap is CONFLICT, and the message says where the stream ends."
)
class AppendToStreamInput:
    stream_id: strawberry.ID = strawberry.field(description="The stream, of a writer that is no agent of this server.")
    start: int = strawberry.field(description="How many parts the stream has: its `end` before this append.")
    parts: list[Json] = strawberry.field(
        description="AI SDK `UIMessageChunk` values, at most 1,000 and 1 MiB as JSON. "
        "None at all only tells that the writer lives."
    )


@strawberry.input(description="The end of a stream.")
class FinishStreamInput:
    stream_id: strawberry.ID = strawberry.field(description="The stream, of a writer that is no agent of this server.")
    messages: list[MessageInput] | None = strawberry.field(
        default=None,
        description="Stored as the stream's message in the same transaction: the first, an assistant's, in its place, "
        "the others after it. Absent: what was streamed is stored.",
    )

    def drafts(self) -> list[Draft] | None:
        """The messages, checked one by one."""
        if self.messages is None:
            return None
        return [message.draft(("input", "messages", str(n))) for n, message in enumerate(self.messages)]
