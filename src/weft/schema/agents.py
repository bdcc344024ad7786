"""Agents and their tools, as far as callers may know them."""

import strawberry

from weft.agents import agent
from weft.agents.call_checks import listed_tools
from weft.agents.tools import definition
from weft.schema.context_options import ContextOptions
from weft.schema.fields import computed
from weft.schema.scalars import Json
from weft.threads.generations import SaveMode


@strawberry.type(description="Something that an agent may do while it answers.")
class Tool:
    name: str = strawberry.field(description="Its name, unique within the agent.")
    title: str | None = strawberry.field(description="What a person calls it; null if it has no title.")
    description: str = strawberry.field(description="What the model is told of it; empty if nothing.")
    input_schema: Json = strawberry.field(description="The JSON Schema of its input.")
    needs_approval: bool = strawberry.field(
        description="Whether a person must allow a call; also true if that depends on the call."
    )
    executes: bool = strawberry.field(
        description="False: a person or the client answers its calls, with `submitToolResult`."
    )

    @classmethod
    def of(cls, value: definition.Tool) -> "Tool":
        return cls(
            name=value.name,
            title=value.title,
            description=value.description or "",
            input_schema=Json(value.input_schema),
            needs_approval=value.needs_approval is not False,
            executes=value.execute is not None,
        )


@strawberry.type(description="An agent of this server: it answers in threads.")
class Agent:
    name: str = strawberry.field(description="Its name, unique on this server; what `agentName` takes.")
    instructions: str | None = strawberry.field(
        description="The system prompt it gives its model; null if it has none, or makes one for each answer, and for "
        "viewers without the scope `admin` or `service`."
    )
    model: str = strawberry.field(description="The model it asks, for example `openai:gpt-5-mini`, or `demo`.")
    embedding_model: str | None = strawberry.field(
        description="What makes the vectors of messages, for example `openai:text-embedding-3-small`; null if nothing "
        "does: its threads cannot be searched by meaning."
    )
    context_options: ContextOptions = strawberry.field(
        description="What its model is shown besides the turn that it answers, unless a call says otherwise."
    )
    storage_options: Json = strawberry.field(
        description="What it stores, unless a call says otherwise: `saveMessages`, a `SaveMode`."
    )
    max_steps: int | None = strawberry.field(
        description="How many model calls an answer of it may take; null if it has no such limit of its own."
    )
    value: strawberry.Private[agent.Agent]

    @computed("What it may do, by name. The tools of a tool server that does not answer now are left out.")
    async def tools(self) -> list[Tool]:
        return [Tool.of(tool) for tool in await listed_tools(self.value)]

    @classmethod
    def of(cls, value: agent.Agent, *, trusted: bool) -> "Agent":
        """As a viewer sees it who is trusted, or not."""
        written = value.instructions if trusted else None
        return cls(
            name=value.name,
            instructions=written if isinstance(written, str) else None,
            model=value.model_name,
            embedding_model=value.embedding_name,
            context_options=ContextOptions.of(value.context, has_embeddings=value.embedding_model is not None),
            storage_options=Json({"saveMessages": SaveMode(value.save_messages).name}),
            max_steps=value.max_steps,
            value=value,
        )
