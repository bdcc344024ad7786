"""Streams: messages while they are written, and the deltas that spell them."""

from datetime import datetime
from typing import Annotated

import strawberry

from weft.errors import InputError
from weft.schema.context import Info
from weft.schema.enums import describe
from weft.schema.fields import computed
from weft.schema.node import Node
from weft.schema.scalars import Json
from weft.schema.ui_messages import UIMessage
from weft.threads import streams
from weft.threads.streams import StreamState
from weft.threads.ui_messages import LiveStream

MAX_DELTAS = 1000

describe(
    StreamState,
    "How far a stream is.",
    STREAMING="It is being written.",
    FINISHED="Its message is saved.",
    ABORTED="It was stopped before its end, see `abortReason`.",
)


@strawberry.type(
    description="Parts `[start, end)` of a stream. The deltas of a stream join end to end, without a hole."
)
class StreamDelta:
    stream_id: strawberry.ID = strawberry.field(description="The stream it belongs to.")
    stream_number: int = strawberry.field(description="That stream's `number`, for clients that count bytes.")
    start: int = strawberry.field(description="How many parts of the stream come before it.")
    end: int = strawberry.field(
        description="The next delta's `start`. Counts parts as the model sent them, so `parts` may hold fewer."
    )
    parts: list[Json] = strawberry.field(description="AI SDK `UIMessageChunk` values, in order.")
    text: str = strawberry.field(description="The text among `parts`, for clients that show nothing else.")

    @classmethod
    def of(cls, value: streams.Delta, number: int) -> "StreamDelta":
        """`number` is the stream's."""
        return cls(
            stream_id=strawberry.ID(value.stream_id),
            stream_number=number,
            start=value.start,
            end=value.end,
            parts=[Json(part) for part in value.parts],
            text=value.text,
        )


After = Annotated[
    int,
    strawberry.argument(description="How many parts the caller has: deltas that start there or later are returned."),
]
Limit = Annotated[
    int,
    strawberry.argument(description=f"At most so many deltas, 1 to {MAX_DELTAS}. Large ones may come in smaller lots."),
]


@strawberry.type(description="One message being written, or one that was.")
class Stream(Node):
    thread_id: strawberry.ID = strawberry.field(description="The thread it belongs to.")
    number: int = strawberry.field(description="Names it within its thread, in fewer bytes than `id`.")
    order: int = strawberry.field(description="Number of the turn it answers.")
    step_order: int = strawberry.field(description="Place of its message within the turn.")
    state: StreamState = strawberry.field(description="How far it is.")
    abort_reason: str | None = strawberry.field(description="Why it was stopped; null unless it was aborted.")
    agent_name: str | None = strawberry.field(description="The agent that writes it; null if none does.")
    model: str | None = strawberry.field(description="The model that writes it; null if not known.")
    provider: str | None = strawberry.field(description="The provider of that model; null if not known.")
    user_id: str | None = strawberry.field(description="The user whose thread it is; null in an anonymous one.")
    end: int = strawberry.field(description="Parts stored so far, which is the `after` of a reader that has them all.")
    started_at: datetime = strawberry.field(description="When it was started.")
    ended_at: datetime | None = strawberry.field(description="When it was finished or aborted; null while it streams.")
    value: strawberry.Private[streams.Stream]
    live: strawberry.Private[LiveStream | None]

    @computed("Its message as far as it had been written when `end` was read.")
    async def ui_message(self, info: Info) -> UIMessage:
        live = self.live or await info.context.weft.streams.load(self.value)
        return UIMessage.of(live.ui_message())

    @computed(
        "Its deltas from `after` on, oldest first. If the last one's `end` is less than the stream's, "
        "there is more: ask again with it as `after`."
    )
    async def deltas(self, info: Info, after: After = 0, limit: Limit = MAX_DELTAS) -> list[StreamDelta]:
        if after < 0:
            raise InputError(f"after must be 0 or more, not {after}", path=("after",))
        if not 1 <= limit <= MAX_DELTAS:
            raise InputError(f"limit must be between 1 and {MAX_DELTAS}, not {limit}", path=("limit",))
        deltas = await info.context.weft.streams.read(self.value, after, limit)
        return [StreamDelta.of(delta, self.number) for delta in deltas]

    @classmethod
    def of(cls, value: streams.Stream, live: LiveStream | None = None) -> "Stream":
        """`live` is what has been streamed of it, if that is at hand."""
        return cls(
            id=strawberry.ID(value.id),
            thread_id=strawberry.ID(value.thread_id),
            number=value.start_seq,
            order=value.order,
            step_order=value.step_order,
            state=value.state,
            abort_reason=value.abort_reason,
            agent_name=value.agent_name,
            model=value.model,
            provider=value.provider,
            user_id=value.user_id,
            end=value.end,
            started_at=value.started_at,
            ended_at=value.ended_at,
            value=value,
            live=live,
        )
