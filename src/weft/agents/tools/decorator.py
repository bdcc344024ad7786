"""`@tool` makes a function a tool: its parameters are the input, its docstring says what it is for."""

import inspect
from collections.abc import Callable, Mapping
from inspect import Parameter, isawaitable
from typing import Any, Unpack, cast, overload

from weft.agents.tools.calling import is_async
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.docstrings import described
from weft.agents.tools.options import ToolOptions, approval_of, known_options
from weft.agents.tools.parameters import parameters_of, typed_parameters_of
from weft.agents.tools.schemas import Input, input_of_parameters, input_of_schema
from weft.errors import ConfigError

_Call = Callable[[ToolContext, Mapping[str, Any]], Any]


@overload
def tool(function: Callable[..., Any], /, **options: Unpack[ToolOptions]) -> Tool: ...


@overload
def tool(**options: Unpack[ToolOptions]) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | None = None, /, **options: Unpack[ToolOptions]
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Makes a function a tool, as `@tool`, as `@tool(timeout=5)` or as `tool(function)`; see `ToolOptions`.

    A parameter annotated with `ToolContext`, or a first one named `ctx` or `context` without a type, gets the context.
    The others are the input: their JSON Schema is pydantic's, their descriptions come from `Annotated[str, "text"]`,
    `Field(description=…)` or the docstring's `Args:`. A single parameter that is a pydantic model is the whole input.
    The function may be sync (it is run in a thread), async, or a generator of either kind: what it yields is shown
    while it works, the last value (or what a sync one returns) is the result.

    Raises:
        ConfigError: the function cannot be a tool, or an option is wrong; the message says what to do.
    """
    names = _locals_of_caller()

    def make(function: Callable[..., Any]) -> Tool:
        return _made(function, known_options(options, ToolOptions, "tool"), names)

    return make if function is None else make(function)


def _made(function: Callable[..., Any], options: dict[str, Any], names: Mapping[str, Any]) -> Tool:
    if not callable(function):
        raise ConfigError(f"{function!r:.80} is no function; a tool is made of one")
    name = options.pop("name", None) or getattr(function, "__name__", "")
    if name in ("", "<lambda>"):
        raise ConfigError(f"{function!r:.80} has no name; give the tool one by name=")
    told = described(function)
    schema = options.pop("input_schema", None)
    if schema is None:
        parameters = typed_parameters_of(function, name, names)
        found = input_of_parameters(name, parameters.inputs, told.parameters)
        inputs = list(parameters.inputs)
        execute = _kept(function, lambda context, given: parameters.call(function, context, given))
    else:
        found = input_of_schema(name, schema)
        inputs = list(schema.get("properties", ()))
        execute = _kept(function, _keyword_call(function, name, schema))
    return _tool(name, options, found, inputs, description=told.text, execute=execute)


def _tool(
    name: str, options: dict[str, Any], found: Input, inputs: list[str], *, description: str | None, execute: _Call
) -> Tool:
    needs = approval_of(options.pop("needs_approval", False), name, inputs)
    given: dict[str, Any] = {"description": description, **options}
    return Tool(name, input_schema=found.schema, parse=found.parse, execute=execute, needs_approval=needs, **given)


def _keyword_call(function: Callable[..., Any], name: str, schema: Mapping[str, Any]) -> _Call:
    parameters = parameters_of(function, name)
    required, known = schema.get("required", ()), schema.get("properties", ())
    for found in parameters.inputs.values():
        if found.kind in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL):
            continue
        if found.name not in (known if found.default is not Parameter.empty else required):
            raise ConfigError(f"tool {name}: parameter {found.name} has no default and is not required by input_schema")
    missing = [field for field in known if field not in parameters.inputs]
    if missing and not any(found.kind is Parameter.VAR_KEYWORD for found in parameters.inputs.values()):
        raise ConfigError(
            f"tool {name}: its function takes no {missing[0]}, a field of input_schema; add it, or **rest"
        )

    def call(context: ToolContext, given: Mapping[str, Any]) -> Any:
        return function(**given) if parameters.context is None else function(**{**given, parameters.context: context})

    return call


def _kept(function: Callable[..., Any], call: _Call) -> _Call:
    """The call, async when the function is, which decides where it is run."""
    if not is_async(function):
        return call

    async def call_async(context: ToolContext, given: Mapping[str, Any]) -> Any:
        made = call(context, given)
        return await made if isawaitable(made) else made

    return cast("_Call", call_async)


def _locals_of_caller() -> Mapping[str, Any]:
    """Annotations may name what is known only there, when they are kept as text."""
    frame = inspect.currentframe()
    caller = frame.f_back.f_back if frame is not None and frame.f_back is not None else None
    return {} if caller is None else caller.f_locals
