"""Agents, as far as callers may know them."""

import strawberry

from weft.agents import agent


@strawberry.type(description="An agent of this server: it answers in threads.")
class Agent:
    name: str = strawberry.field(description="Its name, unique on this server; what `agentName` takes.")
    instructions: str | None = strawberry.field(description="The system prompt it gives its model; null if none.")
    model: str = strawberry.field(description="The model it asks, for example `openai:gpt-5-mini`, or `demo`.")

    @classmethod
    def of(cls, value: agent.Agent) -> "Agent":
        return cls(name=value.name, instructions=value.instructions, model=value.model_name)
