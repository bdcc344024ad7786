"""UIMessages: what a screen shows, read off the domain's own, because these are the most read values of all."""

from datetime import datetime
from typing import cast

import strawberry

from weft.schema.enums import describe
from weft.schema.parts import UIMessagePart
from weft.schema.scalars import Json
from weft.schema.usage import Usage
from weft.threads import ui_messages
from weft.threads.ui_messages import UIMessageRole, UIMessageStatus

describe(
    UIMessageRole,
    "Whose message it is.",
    SYSTEM="Instructions stored in the thread.",
    USER="The person's, or the calling program's.",
    ASSISTANT="The agent's.",
)
describe(
    UIMessageStatus,
    "How far a message is.",
    PENDING="Its place is taken and an answer is on its way, but nothing of it has been written.",
    STREAMING="It is being written; `parts` is what there is so far.",
    SUCCESS="It is complete and saved.",
    FAILED="It was aborted or failed, see `error`; `parts` is what had been written.",
)


def _usage(message: strawberry.Parent[ui_messages.UIMessage]) -> Usage | None:
    return Usage.maybe(message.usage)


def _ai_sdk(message: strawberry.Parent[ui_messages.UIMessage]) -> Json:
    return Json(message.ai_sdk())


@strawberry.type(
    name="UIMessage",
    description="A message as a screen shows it: one user message, or the whole answer of a turn.",
)
class UIMessage:
    id: strawberry.ID = strawberry.field(
        description="Id of its first stored row. While only a stream exists: `stream:` and the stream's id."
    )
    key: str = strawberry.field(
        description="`<threadId>-<order>-<stepOrder>`. The same while it streams and after it is saved: "
        "a client replaces what it holds under this key."
    )
    thread_id: strawberry.ID = strawberry.field(description="The thread it belongs to.")
    order: int = strawberry.field(description="Number of its turn in the thread, from 0.")
    step_order: int = strawberry.field(description="Place of its first row within the turn; a prompt has 0.")
    role: UIMessageRole = strawberry.field(description="Whose message it is.")
    status: UIMessageStatus = strawberry.field(description="How far it is.")
    text: str = strawberry.field(description="Its text parts joined with one space; empty if there are none.")
    parts: list[UIMessagePart] = strawberry.field(description="Everything to show, in order.")
    agent_name: str | None = strawberry.field(description="The agent that writes it; null on a user's message.")
    user_id: str | None = strawberry.field(description="The user whose thread it is; null in an anonymous one.")
    client_id: str | None = strawberry.field(
        description="The id the sender chose in `SendMessageInput`: replace the optimistic copy with this message."
    )
    error: str | None = strawberry.field(description="Why it failed or was aborted; null otherwise.")
    usage: Usage | None = strawberry.field(
        resolver=_usage,
        description="Tokens used for it; null on a user's message and while it streams.",
    )
    metadata: Json | None = strawberry.field(
        description="The application's own, from the first of its rows that has any; null if none has."
    )
    created_at: datetime = strawberry.field(description="When its first row was stored.")
    ai_sdk: Json = strawberry.field(
        resolver=_ai_sdk,
        description="The same message as one AI SDK `UIMessage` value (`id`, `role`, `parts`, `metadata`), "
        "for clients that speak that format.",
    )

    @classmethod
    def of(cls, value: ui_messages.UIMessage) -> "UIMessage":
        """The same value: its attributes are the fields."""
        return cast(UIMessage, value)
