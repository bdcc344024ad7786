"""What will go wrong with agents as they are: no reason not to start, but told at the start, before a user meets it."""

from collections.abc import Iterable

from weft.agents.agent import Agent
from weft.llm.keys import missing_key


def shortcomings(agents: Iterable[Agent]) -> list[str]:
    """One line each, with what to do."""
    found: list[str] = []
    for agent in agents:
        if variable := missing_key(agent.model):
            found.append(f"{variable}: agent {agent.name} cannot answer without it")
        found += [
            f"a docstring of tool {tool.name}: the model of agent {agent.name} is not told what it is for"
            for tool in agent.known_tools
            if not tool.description
        ]
    return found
