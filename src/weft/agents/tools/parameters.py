"""The parameters of a function that is to be a tool: which is the context, which are the model's to fill."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import Parameter
from types import SimpleNamespace
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from weft.agents.tools.context import ToolContext
from weft.errors import ConfigError

_CONTEXT_NAMES: Final = ("ctx", "context")
_MANY: Final = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Parameters:
    """`context` is the name of the context's parameter; `inputs` are the others, in their order."""

    context: str | None
    inputs: Mapping[str, Parameter]
    all: Mapping[str, Parameter]

    def call(self, function: Callable[..., Any], context: ToolContext, given: Mapping[str, Any]) -> Any:
        """Calls the function with a value for each input."""
        values = {**given} if self.context is None else {**given, self.context: context}
        placed = [values[name] for name, found in self.all.items() if found.kind is not Parameter.KEYWORD_ONLY]
        named = {name: values[name] for name, found in self.all.items() if found.kind is Parameter.KEYWORD_ONLY}
        return function(*placed, **named)


def parameters_of(function: Callable[..., Any], tool: str) -> Parameters:
    """The function's parameters, as they are written.

    Raises:
        ConfigError: the function cannot be asked for them.
    """
    try:
        found = dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        raise ConfigError(
            f"tool {tool}: {function!r:.80} does not tell its parameters; give a Python function"
        ) from None
    context = _context_of(found)
    return Parameters(context, {name: given for name, given in found.items() if name != context}, found)


def typed_parameters_of(function: Callable[..., Any], tool: str, names: Mapping[str, Any]) -> Parameters:
    """The same with every annotation resolved; `names` are those that are known where the function stands.

    Raises:
        ConfigError: a parameter has no annotation, or one that cannot be resolved, or stands for any number of values.
    """
    found = parameters_of(function, tool)
    for name, given in found.inputs.items():
        if given.kind in _MANY:
            raise ConfigError(f"tool {tool} takes *{name}; give each value a parameter of its own, or an input_schema")
        if given.annotation is Parameter.empty:
            hint = "; make a method a tool by tool(instance.method)" if name in ("self", "cls") else ""
            raise ConfigError(f"tool {tool}: parameter {name} has no annotation; give one, such as {name}: str{hint}")
    hints = _resolved(function, tool, found.inputs, names)
    typed = {name: given.replace(annotation=hints[name]) for name, given in found.inputs.items()}
    return Parameters(found.context, typed, found.all)


def _resolved(
    function: Callable[..., Any], tool: str, inputs: Mapping[str, Parameter], names: Mapping[str, Any]
) -> dict[str, Any]:
    written = SimpleNamespace(__annotations__={name: given.annotation for name, given in inputs.items()})
    try:
        return get_type_hints(written, _globals_of(function), dict(names), include_extras=True)
    except Exception as error:
        problem = f"tool {tool}: an annotation cannot be resolved ({error})"
        raise ConfigError(f"{problem}; import its names at the top of the module, not only for type checking") from None


def _globals_of(function: Callable[..., Any]) -> dict[str, Any]:
    plain: Any = inspect.unwrap(function)
    while isinstance(plain, partial):
        plain = plain.func
    plain = plain if inspect.isroutine(plain) else type(plain).__call__
    found: dict[str, Any] = getattr(plain, "__globals__", {})
    return found


def _context_of(parameters: Mapping[str, Parameter]) -> str | None:
    """Any parameter annotated with ToolContext; else the first, when it is called `ctx` or `context` and no type's."""
    for name, given in parameters.items():
        if _is_context(given.annotation):
            return name
    first = next(iter(parameters.values()), None)
    untyped = first is not None and first.annotation in (Parameter.empty, Any, "Any")
    return first.name if first is not None and untyped and first.name in _CONTEXT_NAMES else None


def _is_context(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.strip("'\"").rpartition(".")[2] == ToolContext.__name__
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation is ToolContext
