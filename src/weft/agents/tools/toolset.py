"""The tools that a run has: those an agent was given and those its sources have now, sorted by name."""

import logging
from collections.abc import Sequence
from typing import Final

from weft.agents.tools.definition import Tool, ToolSource
from weft.errors import ConfigError

_LOG: Final = logging.getLogger(__name__)


async def toolset(tools: Sequence[Tool | ToolSource]) -> dict[str, Tool]:
    """All tools by name, sorted, so that the prompt's beginning stays the same from call to call.

    A source's tool is left out, and the log says so, when another tool has its name: what a server offers may change
    while Weft runs, and must not put another's tool in the place of the agent's own.

    Raises:
        ConfigError: two tools that do not come from a source have one name, or something is no tool.
        UnavailableError: a source does not answer.
    """
    found = static_tools(tools)
    for source in tools:
        if not isinstance(source, Tool):
            for tool in await source.tools():
                if tool.name in found:
                    _LOG.error("a source's tool was refused: another has its name", extra={"tool": tool.name})
                else:
                    found[tool.name] = tool
    return dict(sorted(found.items()))


def static_tools(tools: Sequence[Tool | ToolSource]) -> dict[str, Tool]:
    """The tools that are known without asking a source.

    Raises:
        ConfigError: two have one name, or something is neither a tool nor a source.
    """
    found: dict[str, Tool] = {}
    for given in tools:
        if isinstance(given, Tool):
            if given.name in found:
                raise ConfigError(f"two tools are named {given.name!r}; give each its own name")
            found[given.name] = given
        elif not callable(getattr(given, "tools", None)):
            raise ConfigError(f"{given!r:.80} is no tool; make a function one with @tool")
    return found
