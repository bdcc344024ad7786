"""Tool calls on a screen, with what a person decided about them: read off the domain's own."""

from datetime import datetime
from typing import cast

import strawberry

from weft.schema.enums import describe
from weft.schema.scalars import Json
from weft.schema.shown import shows
from weft.threads import tool_parts
from weft.threads.tool_parts import ToolState

describe(
    ToolState,
    "How far a tool call is.",
    INPUT_STREAMING="The model is writing its input; `rawInput` is what there is of it.",
    INPUT_AVAILABLE="Its input is complete; the tool runs, or is about to.",
    APPROVAL_REQUESTED="It waits for a person to allow it, see `approval`.",
    APPROVAL_RESPONDED="A person has decided; it has not run yet.",
    OUTPUT_AVAILABLE="It has a result. While that is `preliminary`, it is not the last one.",
    OUTPUT_ERROR="It failed, see `errorText`.",
    OUTPUT_DENIED="It was not allowed and has not run, see `approval`.",
)


@strawberry.type(description="The question whether a tool call may run, and the answer to it.")
class ToolApproval:
    id: strawberry.ID = strawberry.field(
        description="What a decision names; empty if the call was denied without anybody asking."
    )
    approved: bool | None = strawberry.field(description="The decision; null while there is none.")
    reason: str | None = strawberry.field(description="Why it was decided so; null if nobody said.")
    is_automatic: bool = strawberry.field(description="Whether a program decides, so that no person needs to be asked.")
    decided_by: str | None = strawberry.field(description="Who decided; null if that was not noted.")
    decided_at: datetime | None = strawberry.field(description="When the decision was stored; null while it is not.")


@strawberry.type(description="A call of a tool, from the first character of its input to its result.")
@shows(tool_parts.ToolPart)
class ToolPart:
    tool_call_id: strawberry.ID = strawberry.field(description="The model's or provider's own id of the call.")
    tool_name: str = strawberry.field(description="The tool's name.")
    title: str | None = strawberry.field(description="What to call it on a screen; null if only its name is known.")
    dynamic: bool = strawberry.field(description="Whether the tool became known only while the server was running.")
    state: ToolState = strawberry.field(description="How far the call is.")
    input: Json | None = strawberry.field(
        description="What the tool is called with; null until it can be read, and if the call itself is not known."
    )
    raw_input: str | None = strawberry.field(
        description="The input as the model wrote it, while it is incomplete or if it cannot be read; null otherwise."
    )
    output: Json | None = strawberry.field(description="The tool's result; null while there is none.")
    preliminary: bool = strawberry.field(description="Whether another result follows that replaces `output`.")
    error_text: str | None = strawberry.field(description="Why the call failed; null if it has not.")
    approval: ToolApproval | None = strawberry.field(
        description="Whether it may run; null if nobody was asked. It stays when the call has ended."
    )
    provider_executed: bool = strawberry.field(
        description="Whether the model's provider runs the tool, not the server."
    )

    @classmethod
    def of(cls, value: tool_parts.ToolPart) -> "ToolPart":
        """The same value: its attributes are the fields."""
        return cast(ToolPart, value)
