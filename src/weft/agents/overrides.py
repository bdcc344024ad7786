"""What a user may change of how an agent answers: what makes the answer less, and what only shapes it.

What makes it another agent's answer, or a dearer one, is the agent's author's to allow, by name (docs/decisions/0020).
A backend, that is a viewer with the scope service or admin, may change everything.
"""

from collections.abc import Callable, Mapping
from typing import Final

from weft.agents.agent import MAX_STEPS, MOST_STEPS, Agent
from weft.agents.context.options import ContextOptions
from weft.errors import ConfigError, ForbiddenError
from weft.threads.generations import GenerationOptions

MOST_OUTPUT_TOKENS: Final = 8192
"""How many a user may ask of an agent that has no limit of its own."""


def check_overrides(agent: Agent, options: GenerationOptions) -> None:
    """Raises ForbiddenError: a user asks for more than the agent lets users change. The path names the option."""
    if not options.by_user:
        return
    for name, is_more in _MORE.items():
        if name not in agent.overrides and is_more(agent, options):
            option = _OPTION[name]
            message = (
                f"users may not change {option} of agent {agent.name}{_up_to(name)}: leave it out, ask with the scope "
                f'service, or let users, with Agent(overrides=["{name}"])'
            )
            raise ForbiddenError(message, path=("input", "options", option))


def _is_another_model(agent: Agent, options: GenerationOptions) -> bool:
    return options.model not in (None, agent.model_name)


def _is_another_choice(agent: Agent, options: GenerationOptions) -> bool:
    return options.tool_choice not in (None, "none", agent.tool_choice or "auto")


def _is_more_steps(agent: Agent, options: GenerationOptions) -> bool:
    own = MOST_STEPS if agent.conditions else agent.max_steps or MAX_STEPS
    return options.max_steps is not None and options.max_steps > own


def _is_more_output(agent: Agent, options: GenerationOptions) -> bool:
    own = agent.settings.max_output_tokens or MOST_OUTPUT_TOKENS
    return options.max_output_tokens is not None and options.max_output_tokens > own


def _is_more_context(agent: Agent, options: GenerationOptions) -> bool:
    own = agent.context
    try:
        wanted = own.changed(options.context)
    except ConfigError:
        return False  # which is refused for what it is
    return (
        wanted.recent_messages > own.recent_messages
        or wanted.exclude_tool_messages < own.exclude_tool_messages
        or wanted.search_other_threads > own.search_other_threads
        or (own.max_tokens is not None and (wanted.max_tokens is None or wanted.max_tokens > own.max_tokens))
        or _is_more_search(own, wanted)
    )


def _is_more_search(own: ContextOptions, wanted: ContextOptions) -> bool:
    if wanted.search is None:
        return False
    if own.search is None:
        return True
    mine, others = own.search, wanted.search
    return others.limit > mine.limit or others.before > mine.before or others.after > mine.after


_MORE: Final[Mapping[str, Callable[[Agent, GenerationOptions], bool]]] = {
    "instructions": lambda _, options: options.instructions is not None,
    "model": _is_another_model,
    "provider_options": lambda _, options: bool(options.provider_options),
    "tool_choice": _is_another_choice,
    "max_steps": _is_more_steps,
    "max_output_tokens": _is_more_output,
    "context": _is_more_context,
}
_OPTION: Final = {
    "instructions": "instructions",
    "model": "model",
    "provider_options": "providerOptions",
    "tool_choice": "toolChoice",
    "max_steps": "maxSteps",
    "max_output_tokens": "maxOutputTokens",
    "context": "contextOptions",
}


def _up_to(name: str) -> str:
    return " to more than its own" if name in ("max_steps", "max_output_tokens", "context") else ""
