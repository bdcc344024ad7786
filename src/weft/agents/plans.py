"""What one step asks of which model: the agent's definition, the call's options and `prepare_step` put together.

What the options say goes before the agent's, field by field for settings (behaviour.md rows 59 to 64).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable

from weft.agents.agent import MAX_STEPS, MOST_STEPS, Agent, Instructions, StepChanges
from weft.agents.objects import spec_of
from weft.agents.run_context import RunContext
from weft.agents.stops import any_holds
from weft.agents.tools.definition import Tool
from weft.agents.tools.toolset import toolset
from weft.errors import ConfigError, InputError, ProviderError, UnavailableError
from weft.llm.model import TOOL_CHOICES, Model, ModelMessage, ModelRequest, ModelSettings
from weft.llm.registry import resolve_model
from weft.threads.generations import GenerationOptions
from weft.threads.messages import FinishReason
from weft.threads.steps import Step

_NO_CHANGES = StepChanges()
_CALLING = (FinishReason.TOOL_CALLS, FinishReason.STOP)


@dataclass(frozen=True, slots=True)
class Plan:
    """One model call to make. `tools` are those that it may call, by name."""

    model: Model
    request: ModelRequest
    tools: Mapping[str, Tool]


async def plan_step(
    run: RunContext,
    options: GenerationOptions,
    messages: Sequence[ModelMessage],
    steps: Sequence[Step],
    tools: Mapping[str, Tool],
) -> Plan:
    """The next step of a run that has made these steps.

    Raises:
        InputError: a model, tool or tool choice that there is not, or nothing to send.
    """
    agent = run.agent
    changes = await _prepared(run, steps)
    offered = _chosen(tools, changes.tools)
    shown = messages if changes.messages is None else changes.messages
    if not shown:
        raise InputError("there is nothing to send to the model: the context has no message with content")
    request = ModelRequest(
        instructions=changes.instructions or options.instructions or await _said(run, agent.instructions),
        messages=shown,
        settings=changes.settings or settings_of(agent, options),
        tools=[tool.spec for tool in offered.values()],
        tool_choice=_choice(changes.tool_choice, options.tool_choice or agent.tool_choice, offered, steps),
        output=None if options.object is None else spec_of(options.object),
        cache_key=run.thread_id,
    )
    return Plan(model_of(agent, options, changes.model), request, offered)


async def tools_of(agent: Agent, options: GenerationOptions) -> dict[str, Tool]:
    """The tools of a run, sorted by name; an object is generated without any (row 70).

    Raises:
        InputError: the options name a tool that the agent has not. ProviderError: a tool server does not answer.
    """
    if options.object is not None:
        return {}
    try:
        found = await toolset(agent.tools)
    except UnavailableError as error:
        raise ProviderError(error.message, provider="tools", provider_code="tools_unavailable") from None
    return _chosen(found, options.tools)


def _chosen(tools: Mapping[str, Tool], names: Sequence[str] | None) -> dict[str, Tool]:
    if names is None:
        return dict(tools)
    if unknown := [name for name in names if name not in tools]:
        known = ", ".join(tools) or "none"
        raise InputError(f"there is no tool {unknown[0]!r:.80}; there are: {known}", path=("input", "options", "tools"))
    return {name: tool for name, tool in tools.items() if name in names}


async def _prepared(run: RunContext, steps: Sequence[Step]) -> StepChanges:
    if run.agent.prepare_step is None:
        return _NO_CHANGES
    answer = run.agent.prepare_step(run, steps)
    return ((await answer) if isawaitable(answer) else answer) or _NO_CHANGES


async def _said(run: RunContext, instructions: Instructions | None) -> str | None:
    if instructions is None or isinstance(instructions, str):
        return instructions
    answer = instructions(run)
    return (await answer) if isawaitable(answer) else answer


def _choice(now: str | None, always: str | None, tools: Mapping[str, Tool], steps: Sequence[Step]) -> str | None:
    """A tool that must be called must be called once: after a step that did, the model is free to answer."""
    choice = now or always
    if choice is None or not tools:
        return None
    if choice not in TOOL_CHOICES and choice not in tools:
        message = f"toolChoice is {choice!r:.80}; give auto, none, required or one of: {', '.join(tools)}"
        raise InputError(message, path=("input", "options", "toolChoice"))
    return choice if now or choice == "none" or not (steps and steps[-1].calls) else "auto"


def model_of(agent: Agent, options: GenerationOptions, changed: str | Model | None = None) -> Model:
    """The step's model, else the call's, else the agent's. Raises InputError when there is none of that name."""
    try:
        return resolve_model(changed or options.model or agent.model)
    except ConfigError as error:
        raise InputError(error.message, path=("input", "options", "model")) from None


def settings_of(agent: Agent, options: GenerationOptions) -> ModelSettings:
    """The agent's settings, each one replaced by the call's where the call has it (row 62)."""
    names = ("max_output_tokens", "temperature", "top_p", "seed", "stop_sequences", "max_retries")
    given = {name: getattr(options, name) for name in names}
    changed = {name: value for name, value in given.items() if value is not None}
    provider_options = {**agent.settings.provider_options, **options.provider_options}
    return replace(agent.settings, provider_options=provider_options, **changed)


async def stops(agent: Agent, options: GenerationOptions, steps: Sequence[Step], before: int = 0) -> bool:
    """Whether a run ends after these steps although tools were called (rows 51 and 52).

    The first `before` steps were made before a person decided; the number of steps is counted anew from there.
    """
    if not steps:
        return False
    if steps[-1].finish_reason not in _CALLING:
        return True
    agents_own = MOST_STEPS if agent.conditions else agent.max_steps or MAX_STEPS
    return len(steps) - before >= (options.max_steps or agents_own) or await any_holds(agent.conditions, steps)
