"""Answers that a caller waits for, and answers made again: inputs and payloads."""

from typing import Any, Final, TypedDict

import strawberry

from weft.agents.answers import ObjectAnswer, TextAnswer
from weft.agents.saving import MOST_MESSAGES
from weft.errors import ErrorCode, InputError
from weft.schema.enums import describe
from weft.schema.errors import UserError, user_errors_field
from weft.schema.generations import Generation
from weft.schema.messages import Message
from weft.schema.options import GenerationOptionsInput, options_of
from weft.schema.saving import MessageInput
from weft.schema.scalars import Json
from weft.schema.usage import Usage
from weft.threads.drafts import Draft
from weft.threads.generations import GenerationOptions, ObjectKind
from weft.threads.messages import FinishReason

describe(
    ObjectKind,
    "What kind of JSON value is to be made.",
    name="ObjectOutput",
    OBJECT="An object of the schema.",
    ARRAY="A list of values, each of the schema.",
    ENUM="One of the texts that the schema lists.",
    NO_SCHEMA="Any JSON object.",
)

_OPTIONS: Final = "What to change for this answer."
_MESSAGES: Final = ("input", "messages")


@strawberry.input(description="Answers a stored user message again, in place of the answer it has.")
class RegenerateInput:
    message_id: strawberry.ID = strawberry.field(
        description="The user message, or any row of its answer. The answer's rows are removed."
    )
    agent_name: str | None = strawberry.field(
        default=None, description="The agent that answers; absent for the one that did before."
    )
    prompt: str | None = strawberry.field(
        default=None, description="Replaces the user message's content with this text, at most 1 MiB, first."
    )
    options: GenerationOptionsInput | None = strawberry.field(default=None, description=_OPTIONS)


class Asked(TypedDict):
    """What `weft.answers` is given, whatever it is to make."""

    agent: str
    thread_id: str | None
    user_id: str | None
    prompt: str | None
    messages: list[Draft]
    prompt_message_id: str | None
    options: GenerationOptions


@strawberry.input(description="What both ways to ask for an answer and wait for it have in common.")
class Asking:
    agent_name: str = strawberry.field(description="The agent that answers.")
    thread_id: strawberry.ID | None = strawberry.field(
        default=None, description="The thread to answer in: it gives the context and keeps the answer."
    )
    user_id: str | None = strawberry.field(
        default=None, description="Whom the answer is for. With this and without a thread nothing is stored."
    )
    prompt: str | None = strawberry.field(
        default=None,
        description="What to answer, a user's text of at most 1 MiB. With `promptMessageId` the model is shown it in "
        "that message's place, and it is not stored.",
    )
    messages: list[MessageInput] | None = strawberry.field(
        default=None,
        description=f"Messages to show before the prompt, at most {MOST_MESSAGES}; without a prompt the last one is "
        "answered.",
    )
    prompt_message_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="A stored message of the thread to answer. The answer goes into its turn; no input is stored.",
    )
    options: GenerationOptionsInput | None = strawberry.field(default=None, description=_OPTIONS)

    def asked(self) -> Asked:
        """What was given, checked as far as that can be done here. Raises InputError."""
        if self.prompt_message_id is not None and self.thread_id is None:
            message = "promptMessageId names a message of a thread; give threadId too"
            raise InputError(message, path=("input", "threadId"))
        return Asked(
            agent=self.agent_name,
            thread_id=self.thread_id,
            user_id=self.user_id,
            prompt=self.prompt,
            messages=_drafts(self.messages or []),
            prompt_message_id=self.prompt_message_id,
            options=options_of(self.options),
        )


def _drafts(messages: list[MessageInput]) -> list[Draft]:
    if len(messages) > MOST_MESSAGES:
        message = f"there are {len(messages)} messages; give at most {MOST_MESSAGES}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=_MESSAGES)
    drafts: list[Draft] = []
    for index, given in enumerate(messages):
        drafts.append(given.draft((*_MESSAGES, str(index))))
    return drafts


@strawberry.input(description="Asks an agent and waits for its text. Needs `threadId` or `userId`, and what to answer.")
class GenerateTextInput(Asking):
    pass


@strawberry.input(
    description="Asks an agent for a JSON value and waits for it. Needs `threadId` or `userId`, and what to answer. "
    "The agent's tools are not used."
)
class GenerateObjectInput(Asking):
    schema: Json | None = strawberry.field(
        default=None,
        description="JSON Schema of the object, with ARRAY of an element; with ENUM the list of the texts. "
        "It may refer only to itself.",
    )
    output: ObjectKind | None = strawberry.field(
        default=ObjectKind.OBJECT, description="What kind of value is to be made."
    )

    @property
    def kind(self) -> ObjectKind:
        return self.output or ObjectKind.OBJECT


@strawberry.type(description="What both outcomes of waiting for an answer have in common.")
class Answered:
    finish_reason: FinishReason | None = strawberry.field(
        default=None, description="Why the model stopped; null if there are errors."
    )
    order: int | None = strawberry.field(
        default=None, description="Number of the turn it is in, 0 without a thread; null if there are errors."
    )
    prompt_message_id: strawberry.ID | None = strawberry.field(
        default=None, description="The message that was answered; null if it is not stored."
    )
    saved_messages: list[Message] = strawberry.field(
        default_factory=list,
        description="The rows that were stored, input and answer; a prompt that was stored before is not among them.",
    )
    usage: Usage | None = strawberry.field(
        default=None, description="Tokens that all its steps have used; null if there are errors."
    )
    generation: Generation | None = strawberry.field(
        default=None,
        description="The durable request behind it; null if nothing is stored. WAITING: tool calls wait for a person "
        "or the client, and the answer goes on when they are decided.",
    )
    user_errors: list[UserError] = user_errors_field()


@strawberry.type(description="The outcome of asking for a text.")
class GenerateTextPayload(Answered):
    text: str | None = strawberry.field(
        default=None, description="The text of the last step; null if there are errors."
    )
    warnings: Json | None = strawberry.field(
        default=None, description="What the provider warned of, a list; null if nothing."
    )

    @classmethod
    def of(cls, value: TextAnswer) -> "GenerateTextPayload":
        warnings = Json(list(value.warnings)) if value.warnings else None
        return cls(text=value.text, warnings=warnings, **_answered(value))


@strawberry.type(description="The outcome of asking for a JSON value.")
class GenerateObjectPayload(Answered):
    object: Json | None = strawberry.field(default=None, description="The value; null if there are errors.")

    @classmethod
    def of(cls, value: ObjectAnswer) -> "GenerateObjectPayload":
        return cls(object=Json(value.object), **_answered(value))


def _answered(value: TextAnswer | ObjectAnswer) -> dict[str, Any]:
    prompt_id, generation = value.prompt_message_id, value.generation
    return {
        "finish_reason": value.finish_reason,
        "order": value.order,
        "prompt_message_id": None if prompt_id is None else strawberry.ID(prompt_id),
        "saved_messages": [Message.of(row) for row in value.saved_messages],
        "usage": Usage.of(value.usage),
        "generation": None if generation is None else Generation.of(generation),
    }
