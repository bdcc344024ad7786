"""Inputs and payloads of saving, changing and rating messages."""

from enum import Enum
from typing import Any

import strawberry

from weft.agents.saving import SaveOptions
from weft.errors import InputError
from weft.schema.enums import describe
from weft.schema.errors import UserError, user_errors_field
from weft.schema.messages import Message
from weft.schema.scalars import Json
from weft.threads.drafts import Draft, Metadata, draft, usage_of
from weft.threads.messages import FinishReason, MessageRole, MessageStatus
from weft.threads.vectors import Embeddings


class OrderPlacement(Enum):
    """See the description below."""

    NEXT = "next"


describe(OrderPlacement, "Where a batch of messages goes.", NEXT="Into a new turn after all others.")


@strawberry.input(description="What is known of a message besides its content. Everything is optional.")
class MessageMetadataInput:
    status: MessageStatus | None = strawberry.field(default=None, description="SUCCESS unless said otherwise.")
    error: str | None = strawberry.field(default=None, description="Why it failed.")
    finish_reason: FinishReason | None = strawberry.field(default=None, description="Why the model stopped.")
    model: str | None = strawberry.field(default=None, description="The model that wrote it.")
    provider: str | None = strawberry.field(
        default=None, description='The provider of that model; "human" for a person who writes as the agent.'
    )
    provider_metadata: Json | None = strawberry.field(
        default=None, description="What the provider attached to it, by provider name."
    )
    sources: Json | None = strawberry.field(default=None, description="What it rests on.")
    reasoning: str | None = strawberry.field(
        default=None, description="The reasoning behind it, in place of that in its content."
    )
    usage: Json | None = strawberry.field(
        default=None, description='Tokens it took, for example `{"inputTokens": 10, "outputTokens": 20}`.'
    )
    warnings: Json | None = strawberry.field(default=None, description="What the provider warned of.")
    text: str | None = strawberry.field(default=None, description="Its text, in place of that in its content.")
    custom: Json | None = strawberry.field(
        default=None, description="The application's own, at most 16 KiB as JSON: `Message.metadata`."
    )

    def metadata(self, path: tuple[str, ...]) -> Metadata:
        """What was given. Raises InputError for usage that is none."""
        return Metadata(
            status=self.status or MessageStatus.SUCCESS,
            error=self.error,
            finish_reason=self.finish_reason,
            model=self.model,
            provider=self.provider,
            provider_metadata=self.provider_metadata,
            sources=self.sources,
            reasoning=self.reasoning,
            usage=None if self.usage is None else usage_of(self.usage, (*path, "usage")),
            warnings=self.warnings,
            text=self.text,
            custom=self.custom,
        )


@strawberry.input(description="A message to store: `prompt`, a user's text, or `role` with `content`.")
class MessageInput:
    prompt: str | None = strawberry.field(default=None, description="A user message of this text.")
    role: MessageRole | None = strawberry.field(default=None, description="Who the message speaks for.")
    content: Json | None = strawberry.field(
        default=None,
        description="Its content in the model-message form: a text, or a list of parts with a `type`, for example "
        '`[{"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "input": {"city": "Oslo"}}]`.',
    )
    metadata: MessageMetadataInput | None = strawberry.field(
        default=None, description="What is known of it besides its content."
    )
    client_id: str | None = strawberry.field(
        default=None,
        description="Unique within the thread. Saving the same messages again returns the first result: safe to retry.",
    )

    def draft(self, path: tuple[str, ...]) -> Draft:
        """The message, checked. Raises InputError with a path that leads to what is wrong."""
        said = self.metadata or MessageMetadataInput()
        return draft(
            prompt=self.prompt,
            role=self.role,
            content=self.content,
            metadata=said.metadata((*path, "metadata")),
            client_id=self.client_id,
            path=path,
        )


@strawberry.input(description="Vectors of the messages, made by the caller.")
class EmbeddingsInput:
    model: str = strawberry.field(description="The model that made them. Vectors are compared only with its own.")
    vectors: list[list[float] | None] = strawberry.field(
        description="One a message, in their order, all of one dimension of at most 8192; null for a message without."
    )


@strawberry.input(description="Messages to store together, or none of them, without asking any agent.")
class SaveMessagesInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread to write to.")
    messages: list[MessageInput] = strawberry.field(description="1 to 1,000 messages, in their order.")
    agent_name: str | None = strawberry.field(default=None, description="The agent, or person, that they are from.")
    user_id: str | None = strawberry.field(
        default=None, description="The user that they belong to; absent for the thread's."
    )
    prompt_message_id: strawberry.ID | None = strawberry.field(
        default=None, description="Append to that message's turn. User messages open turns of their own all the same."
    )
    order: int | None = strawberry.field(
        default=None, description="Place the first message into this turn, whatever its role. Excludes other places."
    )
    placement: OrderPlacement | None = strawberry.field(
        default=None, description="Place the first message into a new turn, whatever its role. Excludes other places."
    )
    pending_message_id: strawberry.ID | None = strawberry.field(
        default=None, description="The first message fills this pending row, in its place; others follow it."
    )
    fail_pending_steps: bool | None = strawberry.field(
        default=False,
        description='True: pending rows, only of the prompt\'s turn if one is given, fail with "Restarting" first.',
    )
    hide_from_user_id_search: bool | None = strawberry.field(
        default=False, description="True: found by searches of this thread only, not of all the user's threads."
    )
    skip_embeddings: bool | None = strawberry.field(default=False, description="True: no vectors are made of them.")
    embeddings: EmbeddingsInput | None = strawberry.field(default=None, description="Vectors made by the caller.")

    def drafts(self) -> list[Draft]:
        """The messages, checked one by one."""
        return [message.draft(("input", "messages", str(n))) for n, message in enumerate(self.messages)]

    def options(self) -> SaveOptions:
        given = self.embeddings
        return SaveOptions(
            agent_name=self.agent_name,
            user_id=self.user_id,
            prompt_message_id=self.prompt_message_id,
            order=self.order,
            next_order=self.placement is not None,
            pending_message_id=self.pending_message_id,
            fail_pending_steps=bool(self.fail_pending_steps),
            hide_from_user_search=bool(self.hide_from_user_id_search),
            embeddings=None if given is None else Embeddings(given.model, given.vectors),
            skip_embeddings=bool(self.skip_embeddings),
        )


@strawberry.input(description="Changes a stored message. What is absent stays.")
class UpdateMessageInput:
    message_id: strawberry.ID = strawberry.field(description="The message to change.")
    content: Json | None = strawberry.field(
        default=strawberry.UNSET, description="Replaces the content whole, in the form of its role."
    )
    status: MessageStatus | None = strawberry.field(
        default=strawberry.UNSET, description="The new status; a failed message loses its vector. Null is not allowed."
    )
    error: str | None = strawberry.field(default=strawberry.UNSET, description="Why it failed; null for no error.")
    metadata: Json | None = strawberry.field(
        default=strawberry.UNSET, description="Replaces the application's own data whole; null clears it."
    )

    def changes(self) -> dict[str, Any]:
        """What was given, by Python name."""
        given = {"content": self.content, "status": self.status, "error": self.error, "metadata": self.metadata}
        changes = {name: value for name, value in given.items() if value is not strawberry.UNSET}
        if changes.get("content", ()) is None:
            raise InputError("content cannot be cleared", path=("input", "content"))
        return changes


@strawberry.input(description="What a person thinks of a message.")
class RateMessageInput:
    message_id: strawberry.ID = strawberry.field(description="The message to rate.")
    rating: int | None = strawberry.field(default=None, description="-1, 0 or 1; null takes the rating back.")
    comment: str | None = strawberry.field(default=None, description="Why, at most 2,000 characters.")


@strawberry.type(description="The outcome of saving messages.")
class SaveMessagesPayload:
    messages: list[Message] = strawberry.field(
        default_factory=list, description="The stored rows, in the order given; empty if there are errors."
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome for a message.")
class MessagePayload:
    saved_message: Message | None = strawberry.field(
        default=None, description="The message as it is stored now; null if there are errors."
    )
    user_errors: list[UserError] = user_errors_field()
