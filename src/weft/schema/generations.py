"""Generations: durable requests to answer a prompt."""

from datetime import datetime
from typing import Annotated

import strawberry

from weft.schema.context import Info
from weft.schema.context_items import ContextItem
from weft.schema.enums import describe
from weft.schema.fields import computed
from weft.schema.messages import Message
from weft.schema.node import Node
from weft.schema.once import Once
from weft.schema.usage import Usage
from weft.threads import generations
from weft.threads.context_items import ContextRecord
from weft.threads.generations import GenerationStatus

describe(
    GenerationStatus,
    "How far a generation is.",
    QUEUED="It waits for a worker.",
    RUNNING="A worker has it.",
    WAITING="It waits for a person or the client: for approvals, or for results of tools that they answer.",
    SUCCEEDED="Its answer is complete and saved.",
    FAILED="It was given up, see `error`.",
    ABORTED="It was stopped before its end, see `error` for the reason given.",
)

IncludeLeftOut = Annotated[
    bool | None,
    strawberry.argument(description="True adds, after all that was sent, what was looked at and left out."),
]


@strawberry.type(
    description="One request to answer a prompt. Durable: if the process that runs it dies, another takes it over."
)
class Generation(Node):
    thread_id: strawberry.ID = strawberry.field(description="The thread it answers in.")
    order: int = strawberry.field(description="Number of the turn it answers.")
    agent_name: str = strawberry.field(description="The agent that answers.")
    prompt_message_id: strawberry.ID | None = strawberry.field(description="The message it answers.")
    status: GenerationStatus = strawberry.field(description="How far it is.")
    error: str | None = strawberry.field(description="Why it failed or was aborted; null otherwise.")
    attempts: int = strawberry.field(description="How often a worker has taken it up: more than 1 after a crash.")
    usage: Usage = strawberry.field(
        description="Tokens used by all its steps, as the provider last reported; zero before that."
    )
    queued_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker first took it up; null before that.")
    ended_at: datetime | None = strawberry.field(
        description="When it succeeded, failed or was aborted; null before that."
    )
    value: strawberry.Private[generations.Generation]
    record: strawberry.Private[Once[ContextRecord]]

    @computed("The rows of its answer, oldest first. The first one is there from the beginning.")
    async def messages(self, info: Info) -> list[Message]:
        return [Message.of(row) for row in await info.context.weft.messages.of_generation(self.value)]

    @computed(
        "What its newest model call was sent, in order, and why each message was in it; empty before the first call, "
        "and where it was not kept."
    )
    async def context(self, info: Info, include_left_out: IncludeLeftOut = False) -> list[ContextItem]:
        return ContextItem.many(await self._record(info), left_out=bool(include_left_out))

    @computed("What of its newest context did not go as the options wanted, as a search that failed; in words.")
    async def context_problems(self, info: Info) -> list[str]:
        return list((await self._record(info)).problems)

    @computed("The text that was searched for to find messages for its newest context; null if none was, or is left.")
    async def context_search_text(self, info: Info) -> str | None:
        return (await self._record(info)).searched

    async def _record(self, info: Info) -> ContextRecord:
        return await self.record.get(lambda: info.context.weft.contexts.of_generation(self.value))

    @classmethod
    def of(cls, value: generations.Generation) -> "Generation":
        return cls(
            id=strawberry.ID(value.id),
            thread_id=strawberry.ID(value.thread_id),
            order=value.order,
            agent_name=value.agent_name,
            prompt_message_id=strawberry.ID(value.prompt_message_id),
            status=value.status,
            error=value.error,
            attempts=value.attempts,
            usage=Usage.of(value.usage),
            queued_at=value.queued_at,
            started_at=value.started_at,
            ended_at=value.ended_at,
            value=value,
            record=Once(),
        )
