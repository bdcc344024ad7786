"""What a call changes, held against its agent: the tools that it names, and the context that it asks for."""

import logging
from collections.abc import Sequence
from typing import Final

from weft.agents.agent import Agent
from weft.agents.context.options import ContextOptions
from weft.agents.overrides import check_overrides
from weft.agents.tools.definition import Tool
from weft.agents.tools.toolset import static_tools, toolset
from weft.errors import ConfigError, ErrorCode, InputError, UnavailableError
from weft.llm.model import TOOL_CHOICES
from weft.threads.generations import ContextChanges, GenerationOptions

_LOG: Final = logging.getLogger(__name__)
_OPTIONS: Final = ("input", "options")


async def listed_tools(agent: Agent) -> list[Tool]:
    """The agent's tools as they are now, by name. Those of a source that does not answer are left out."""
    found = static_tools(agent.tools)
    for source in agent.tools:
        try:
            found = await toolset([source]) | found
        except UnavailableError as error:
            _LOG.warning("a source of tools does not answer", extra={"agent": agent.name}, exc_info=error)
    return [found[name] for name in sorted(found)]


async def check_call(agent: Agent, options: GenerationOptions) -> None:
    """Raises what `check_overrides`, `check_context` and `check_tools` do."""
    check_overrides(agent, options)
    check_context(agent, options.context, *_OPTIONS, "contextOptions")
    await check_tools(agent, options)


def check_context(agent: Agent, changes: ContextChanges, *path: str) -> ContextOptions:
    """The agent's context options with a call's changes.

    Raises:
        InputError: together they are none: a search for neither words nor meaning, or for meaning alone without an
            embedding model. The path leads to the search.
    """
    try:
        options = agent.context.changed(changes)
    except ConfigError as error:
        raise InputError(error.message, path=(*path, "search")) from None
    if options.search is not None and not options.search.text and agent.embedding_model is None:
        message = f"agent {agent.name} cannot search by meaning: it has no embedding model; search for text"
        raise InputError(message, reason=ErrorCode.UNSUPPORTED, path=(*path, "search", "textSearch"))
    return options


async def check_tools(agent: Agent, options: GenerationOptions) -> None:
    """Holds a call's `tools` and `tool_choice` against the agent's tools.

    Raises:
        InputError: a tool is not the agent's, or a choice is none of the call's tools.
        UnavailableError: a source of tools that must be asked does not answer.
    """
    if options.tools is None and options.tool_choice in (None, "auto", "none"):
        return
    known = list(await toolset(agent.tools))
    for index, name in enumerate(options.tools or ()):
        if name not in known:
            raise _unknown(agent, f"no tool {name!r:.80}", known, "tools", str(index))
    left = known if options.tools is None else [name for name in known if name in options.tools]
    choice = options.tool_choice
    if choice == "required" and not left:
        raise InputError("toolChoice is required, but there is no tool to call", path=(*_OPTIONS, "toolChoice"))
    if choice is not None and choice not in (*TOOL_CHOICES, *left):
        raise _unknown(agent, f"no tool choice {choice!r:.80}", [*TOOL_CHOICES, *left], "toolChoice")


def _unknown(agent: Agent, what: str, known: Sequence[str], *path: str) -> InputError:
    return InputError(f"agent {agent.name} has {what}; there are: {', '.join(known) or 'none'}", path=_OPTIONS + path)
