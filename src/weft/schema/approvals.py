"""Inputs and payload of deciding tool calls that wait."""

from typing import TYPE_CHECKING

import strawberry

from weft.schema.errors import UserError, user_errors_field
from weft.schema.generations import Generation
from weft.schema.scalars import Json

if TYPE_CHECKING:
    from weft.agents.approval.decisions import Decision


@strawberry.input(description="A decision whether a tool call may run.")
class ToolDecisionInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread of the call.")
    approval_id: strawberry.ID = strawberry.field(
        description="The question that is answered: `approval.id` of the call. One that was answered before is "
        "`ALREADY_HANDLED`."
    )
    reason: str | None = strawberry.field(default=None, description="Why. The model is told it if the call is denied.")
    continue_generation: bool | None = strawberry.field(
        default=True,
        description="Whether the generation goes on by itself once nothing of the step waits any more.",
    )


@strawberry.input(description="The result of a tool call that a person or the client answers.")
class SubmitToolResultInput:
    thread_id: strawberry.ID = strawberry.field(description="The thread of the call.")
    tool_call_id: strawberry.ID = strawberry.field(
        description="The call. One that was answered before is `ALREADY_HANDLED`."
    )
    output: Json | None = strawberry.field(
        default=None, description="What came of it, at most 1 MiB as JSON. Excludes `errorText`; one of them is needed."
    )
    error_text: str | None = strawberry.field(default=None, description="Why nothing came of it; the model is told.")
    answered_by: str | None = strawberry.field(
        default=None, description="Who answered; the viewer's `userId` if absent. Stored with the result."
    )
    continue_generation: bool | None = strawberry.field(
        default=True,
        description="Whether the generation goes on by itself once nothing of the step waits any more.",
    )


@strawberry.type(description="The outcome of deciding a tool call.")
class ToolDecisionPayload:
    message_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The row that holds the decision, with those of the same step; null if there are errors.",
    )
    still_pending: int = strawberry.field(
        default=0, description="How many calls of the step still wait; 0 if there are errors."
    )
    generation: Generation | None = strawberry.field(
        default=None, description="The generation as it is now; null if it is deleted or there are errors."
    )
    user_errors: list[UserError] = user_errors_field()

    @classmethod
    def of(cls, decision: "Decision") -> "ToolDecisionPayload":
        generation = decision.generation
        return cls(
            message_id=strawberry.ID(decision.message_id),
            still_pending=decision.still_pending,
            generation=None if generation is None else Generation.of(generation),
        )
