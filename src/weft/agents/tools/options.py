"""What a tool may be told besides its function: the same names for every way of making one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from inspect import Parameter, signature
from typing import Any, TypedDict

from weft.agents.tools.calling import is_async
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Approval
from weft.errors import ConfigError
from weft.threads.messages import Part

NeedsApproval = bool | Callable[..., bool | Awaitable[bool]]
"""Whether a person must allow a call; a function `(ctx, **input)` decides it for each, and names what it needs."""


class AnsweredOptions(TypedDict, total=False):
    """Options of a tool that a person or the client answers.

    `title` is for people, `description` for the model. `strict` asks the provider to make inputs fit the schema.
    `input_examples` are inputs as the model is to write them. `metadata` is shown with the tool's calls,
    `provider_options` goes to the provider, by its name. The hooks are called while the model writes a call:
    `on_input_start(ctx)`, `on_input_delta(ctx, text)`, `on_input_available(ctx, input)`; input is a dict of the checked
    values.
    """

    title: str | None
    strict: bool | None
    metadata: dict[str, Any] | None
    input_examples: Sequence[Any]
    provider_options: dict[str, Any]
    on_input_start: Callable[[ToolContext], Any] | None
    on_input_delta: Callable[[ToolContext, str], Any] | None
    on_input_available: Callable[[ToolContext, Any], Any] | None


class ToolOptions(AnsweredOptions, total=False):
    """Options of a tool with a function.

    `name` and `description` are the function's own unless given. `timeout` is in seconds. `to_model_output` makes the
    stored output of the result: `{"type": "content", "value": […]}` for one. `input_schema` is a JSON Schema to use in
    place of the function's annotations; the function is then called with the input's fields as keywords.
    `needs_approval` and `approval_expires`: whether, and for how long, a call waits for a person.
    """

    name: str
    description: str | None
    needs_approval: NeedsApproval
    approval_expires: timedelta | None
    timeout: float
    to_model_output: Callable[[Any], Part] | None
    input_schema: dict[str, Any]


def known_options(given: Mapping[str, Any], kind: type, maker: str) -> dict[str, Any]:
    """A copy. Raises ConfigError for an option that there is not."""
    known = sorted(kind.__annotations__)
    for name in given:
        if name not in known:
            raise ConfigError(f"{maker} has no option {name!r}; there are: {', '.join(known)}")
    return dict(given)


def approval_of(needs: NeedsApproval, tool: str, names: Sequence[str]) -> Approval:
    """The function of the context and a dict of inputs that this one of named inputs is.

    Raises:
        ConfigError: it is no such function, or wants what is no input of the tool.
    """
    if isinstance(needs, bool):
        return needs
    if not callable(needs):
        raise ConfigError(
            f"needs_approval of tool {tool} is {needs!r:.80}; give True, False or a function of (ctx, **input)"
        )
    wanted = _wanted(needs, tool, names)

    def ask(context: ToolContext, given: Mapping[str, Any]) -> bool | Awaitable[bool]:
        return needs(context, **{name: value for name, value in given.items() if wanted is None or name in wanted})

    async def ask_async(context: ToolContext, given: Mapping[str, Any]) -> bool:
        answer: Any = ask(context, given)
        return bool(await answer)

    return ask_async if is_async(needs) else ask


def _wanted(needs: Callable[..., Any], tool: str, names: Sequence[str]) -> set[str] | None:
    """The inputs that the function names; None when it takes all."""
    parameters = list(signature(needs).parameters.values())
    everything = any(found.kind is Parameter.VAR_KEYWORD for found in parameters)
    wanted = {found.name for found in parameters if found.kind in (found.POSITIONAL_OR_KEYWORD, found.KEYWORD_ONLY)}
    try:
        signature(needs).bind(None, **{name: None for name in names if everything or name in wanted})
    except TypeError as error:
        told = ", ".join(names) or "none"
        raise ConfigError(
            f"needs_approval of tool {tool}: {error}; it gets the context and inputs by name: {told}"
        ) from None
    return None if everything else wanted
