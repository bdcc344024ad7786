"""The agents of this server."""

from weft.schema.agents import Agent
from weft.schema.context import Info


def agents(info: Info) -> list[Agent]:
    trusted = info.context.viewer.trusted
    return [Agent.of(agent, trusted=trusted) for agent in info.context.weft.agents.values()]
