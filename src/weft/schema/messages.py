"""Messages as they are stored: one row a user message or a model step."""

from dataclasses import asdict
from datetime import datetime

import strawberry

from weft.schema.enums import describe
from weft.schema.node import Node
from weft.schema.scalars import Json
from weft.schema.usage import Usage
from weft.threads import messages, positions
from weft.threads.messages import FinishReason, MessageRole, MessageStatus

describe(
    MessageRole,
    "Who a stored row speaks for, in the words of model APIs.",
    SYSTEM="Instructions.",
    USER="The person, or the calling program.",
    ASSISTANT="The model.",
    TOOL="Results of tool calls.",
)
describe(
    MessageStatus,
    "How far a stored row is.",
    PENDING="Its place is taken; what it will hold is not known yet.",
    SUCCESS="It is complete.",
    FAILED="It was aborted or failed; it holds what there was by then.",
)
describe(
    FinishReason,
    "Why a model stopped writing.",
    STOP="It had said everything, or met a stop sequence.",
    LENGTH="It reached its limit of output tokens.",
    CONTENT_FILTER="The provider's filter cut it off.",
    TOOL_CALLS="It waits for the results of its tool calls.",
    ERROR="The provider failed.",
    ABORTED="It was told to stop.",
    OTHER="The provider gave another reason, or none.",
)


@strawberry.type(description="A place among the messages of a thread.")
class MessagePosition:
    thread_id: strawberry.ID = strawberry.field(description="The thread.")
    order: int = strawberry.field(description="Its turn, from 0 on.")
    step_order: int = strawberry.field(description="Its place within the turn, from 0 on.")

    @classmethod
    def of(cls, value: positions.MessagePosition) -> "MessagePosition":
        return cls(thread_id=strawberry.ID(value.thread_id), order=value.order, step_order=value.step_order)


@strawberry.type(description="What a person thinks of a message.")
class Feedback:
    rating: int = strawberry.field(description="-1, 0 or 1.")
    comment: str | None = strawberry.field(description="Why; null if nothing was said.")
    user_id: str | None = strawberry.field(description="Who said it; null if nobody is known.")
    created_at: datetime = strawberry.field(description="When it was said.")

    @classmethod
    def maybe(cls, value: messages.Feedback | None) -> "Feedback | None":
        return None if value is None else cls(**asdict(value))


@strawberry.type(description="One stored row: a user message, or one step of an answer.")
class Message(Node):
    thread_id: strawberry.ID = strawberry.field(description="The thread it belongs to.")
    user_id: str | None = strawberry.field(description="The user whose thread it is; null in an anonymous one.")
    client_id: str | None = strawberry.field(description="The sender's own id, see `SendMessageInput`; null if none.")
    order: int = strawberry.field(description="Number of its turn in the thread, from 0; never given out twice.")
    step_order: int = strawberry.field(description="Its place within the turn, from 0, the prompt.")
    role: MessageRole = strawberry.field(description="Who it speaks for.")
    status: MessageStatus = strawberry.field(description="How far it is.")
    content: Json = strawberry.field(
        description="Its content parts as stored, in the model-message form: a list of objects with a `type`, "
        'for example `[{"type": "text", "text": "Hello"}]`.'
    )
    text: str | None = strawberry.field(description="Its text parts joined with one space; null if there are none.")
    tool: bool = strawberry.field(description="True for a tool row and for an assistant row that calls tools.")
    agent_name: str | None = strawberry.field(description="The agent that wrote it; null on a user's row.")
    model: str | None = strawberry.field(
        description="The model that wrote it, as its provider calls it; null otherwise."
    )
    provider: str | None = strawberry.field(
        description="The provider of that model, for example `openai`; null on a user's row."
    )
    finish_reason: FinishReason | None = strawberry.field(description="Why the model stopped; null if it has not.")
    error: str | None = strawberry.field(description="Why it failed or was aborted; null otherwise.")
    reasoning: str | None = strawberry.field(
        description="Its reasoning parts joined by line breaks; null if there are none."
    )
    usage: Usage | None = strawberry.field(description="Tokens this step used; null if not known.")
    sources: Json | None = strawberry.field(description="What the answer rests on, as stored; null if nothing.")
    warnings: Json | None = strawberry.field(
        description="Settings that the model ignored or changed, as reported; null if none."
    )
    provider_metadata: Json | None = strawberry.field(
        description="What the provider attached to the answer, by provider name; null if nothing."
    )
    provider_options: Json | None = strawberry.field(
        description="What the caller gave for the provider, by provider name; null if nothing."
    )
    metadata: Json | None = strawberry.field(description="The application's own, see `SendMessageInput`; null if none.")
    feedback: Feedback | None = strawberry.field(description="What a person thinks of it; null if nobody said.")
    created_at: datetime = strawberry.field(description="When it was stored.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, value: messages.Message) -> "Message":
        return cls(
            id=strawberry.ID(value.id),
            thread_id=strawberry.ID(value.thread_id),
            user_id=value.user_id,
            client_id=value.client_id,
            order=value.order,
            step_order=value.step_order,
            role=value.role,
            status=value.status,
            content=Json(value.content),
            text=value.text,
            tool=value.tool,
            agent_name=value.agent_name,
            model=value.model,
            provider=value.provider,
            finish_reason=value.finish_reason,
            error=value.error,
            reasoning=value.reasoning,
            usage=Usage.maybe(value.usage),
            sources=value.sources,
            warnings=value.warnings,
            provider_metadata=value.provider_metadata,
            provider_options=value.provider_options,
            metadata=value.metadata,
            feedback=Feedback.maybe(value.feedback),
            created_at=value.created_at,
            updated_at=value.updated_at,
        )
