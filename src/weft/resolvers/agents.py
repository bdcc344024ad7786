"""The agents of this server."""

from weft.schema.agents import Agent
from weft.schema.context import Info


def agents(info: Info) -> list[Agent]:
    return [Agent.of(agent) for agent in info.context.weft.agents.values()]
