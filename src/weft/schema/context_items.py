"""What a model is sent, message by message, each with why; and the question what it would be sent."""

from collections.abc import Mapping
from typing import Any

import strawberry

from weft.agents.saving import MOST_MESSAGES
from weft.schema.context_options import ContextOptionsInput
from weft.schema.enums import describe
from weft.schema.messages import Message
from weft.schema.saving import MessageInput
from weft.schema.scalars import Json
from weft.threads import context_items
from weft.threads.context_items import ContextRecord, ContextSource, LeftOut
from weft.threads.generations import ContextChanges
from weft.threads.messages import MessageRole

describe(
    ContextSource,
    "Where a message that a model is sent comes from. They are sent in this order, but for those of handlers.",
    SEARCH="A search found it.",
    SEARCH_NEIGHBOUR="It is of the same turn as a message that a search found, or of a turn close to it.",
    RECENT="It is one of the newest before the prompt.",
    INPUT="The call itself gave it.",
    PROMPT="It is what is answered.",
    RESPONSE="It is what of the answer there is already.",
    HANDLER="The application's own code put it there.",
)
describe(
    LeftOut,
    "Why a message that was looked at is not sent.",
    name="ContextLeftOut",
    BUDGET="It does not fit into `maxTokens`, and the others are worth more.",
    WINDOW="Its turn does not fit whole into `recentMessages`.",
    DUPLICATE="A search found it, and it is a copy of another message that is sent, as a branch holds them.",
    TOOL="It has nothing but tool calls or results, which are to be left out of earlier turns.",
    ORPHAN="It is a tool call without its result, or a result without its call: no provider takes them.",
    HANDLER="The application's own code took it out.",
)


@strawberry.type(description="One message that a model is sent, or that was left out, and why.")
class ContextItem:
    source: ContextSource = strawberry.field(description="Where it comes from.")
    message: Message | None = strawberry.field(
        description="The stored message, as it is now; null if it is not stored, or was deleted."
    )
    message_id: strawberry.ID | None = strawberry.field(
        description="The stored message's id, also when it was deleted since; null if it is not stored."
    )
    content: Json = strawberry.field(
        description="Its content parts as they are sent: some of a stored message's may be left out. Of what was sent "
        "for a generation, empty where the message was deleted since, or was not stored."
    )
    role: MessageRole = strawberry.field(description="Who it speaks for.")
    score: float | None = strawberry.field(
        description="With SEARCH, what hits are ranked by: the sum of 1 / (60 + rank) over the searches that found it. "
        "Null otherwise."
    )
    text_rank: int | None = strawberry.field(
        description="With SEARCH, its place among messages with the words, from 1; null if it is not one."
    )
    vector_rank: int | None = strawberry.field(
        description="With SEARCH, its place among messages of like meaning, from 1; null if it is not one."
    )
    vector_score: float | None = strawberry.field(
        description="With SEARCH, how alike its meaning is: a cosine, -1 to 1; null without `vectorRank`."
    )
    tokens: int = strawberry.field(description="How many tokens it has, by an estimate unless the agent counts them.")
    left_out: LeftOut | None = strawberry.field(description="Why it is not sent; null if it is.")

    @classmethod
    def of(cls, value: context_items.ContextItem) -> "ContextItem":
        hit, id_ = value.hit, value.message_id
        return cls(
            source=value.source,
            message=None if value.row is None else Message.of(value.row),
            message_id=None if id_ is None else strawberry.ID(id_),
            content=Json(list(value.content)),
            role=value.role,
            score=None if hit is None else hit.score,
            text_rank=None if hit is None else hit.text_rank,
            vector_rank=None if hit is None else hit.vector_rank,
            vector_score=None if hit is None else hit.vector_score,
            tokens=value.tokens,
            left_out=value.left_out,
        )

    @classmethod
    def many(cls, record: ContextRecord, *, left_out: bool) -> "list[ContextItem]":
        """What is sent, in order; and after it what is not, if that is wanted."""
        return [cls.of(item) for item in (*record.items, *(record.left_out if left_out else ()))]


@strawberry.input(
    description="Something to be answered. Needs `threadId` or `userId`, and what to answer: `prompt`, `messages`, "
    "`promptMessageId` or `targetMessageId`; or only `searchText`."
)
class ContextPreviewInput:
    agent_name: str = strawberry.field(description="The agent that would answer.")
    thread_id: strawberry.ID | None = strawberry.field(
        default=None, description="The thread to answer in: it gives the history."
    )
    user_id: str | None = strawberry.field(
        default=None, description="Whom the answer would be for; absent for the thread's user."
    )
    prompt: str | None = strawberry.field(
        default=None,
        description="What to answer, a user's text of at most 1 MiB. With `promptMessageId` it is shown in that "
        "message's place.",
    )
    messages: list[MessageInput] | None = strawberry.field(
        default=None,
        description=f"Messages to show before the prompt, at most {MOST_MESSAGES}; without a prompt the last one is "
        "answered.",
    )
    prompt_message_id: strawberry.ID | None = strawberry.field(
        default=None, description="A stored message of the thread to answer."
    )
    target_message_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="As of this message of the thread: as if nothing came after it. With `prompt` or `messages` they "
        "are asked after it; without, it is shown what was asked last.",
    )
    search_text: str | None = strawberry.field(
        default=None,
        description="What to search for, at most 10,000 characters, where there is a search; absent for the text that "
        "is answered.",
    )
    context_options: ContextOptionsInput | None = strawberry.field(
        default=None, description="What to change of the agent's options."
    )
    include_left_out: bool | None = strawberry.field(
        default=False,
        description="True adds, after all that would be sent, what was looked at and left out; each with `leftOut`.",
    )

    def asked(self) -> Mapping[str, Any]:
        """What `weft.contexts.preview` is given. Raises InputError for messages and options that are none."""
        changes, given = self.context_options, self.messages or []
        return {
            "thread_id": self.thread_id,
            "user_id": self.user_id,
            "prompt": self.prompt,
            "messages": [one.draft(("input", "messages", str(at))) for at, one in enumerate(given)],
            "prompt_message_id": self.prompt_message_id,
            "target_message_id": self.target_message_id,
            "search_text": self.search_text,
            "changes": ContextChanges() if changes is None else changes.changes("input", "contextOptions"),
        }
