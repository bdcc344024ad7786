"""Resolvers called as the functions that they are, where strawberry and graphql-core would only hand arguments on.

That is so where all arguments are plain scalars, given as literals or variables, and none has a default.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import strawberry
from graphql import FieldNode, GraphQLNonNull, ValueNode, VariableNode, utilities
from graphql.pyutils import Undefined

from weft.resolvers.compiled_fields import field_of
from weft.resolvers.late import PLAIN, Late

_COERCED: Callable[[ValueNode, Any], Any] = cast(Any, utilities).coerce_input_literal
_ABSENT: Final = object()

Arguments = Callable[[Mapping[str, Any]], dict[str, Any] | None]
"""The resolver's keyword arguments, by the values of variables; None when graphql-core would refuse them."""


class LateInfo:
    """What resolvers read of graphql-core's `info`; for anything else the real one is made."""

    __slots__ = ("_made", "_make", "context", "field_nodes", "variable_values")

    def __init__(self, nodes: list[FieldNode], late: Late, make: Callable[[], Any]) -> None:
        self.field_nodes = nodes
        self.context = late.context
        self.variable_values = late.values
        self._make = make
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


class Call:
    """A resolver, how it is given its parent and `info`, and its arguments."""

    __slots__ = ("_arguments", "_field", "_function", "_info", "_parent", "_self")

    def __init__(self, field: Any, arguments: Arguments) -> None:
        resolver = field.base_resolver
        parent, info = resolver.parent_parameter, resolver.info_parameter
        self._field = field
        self._function: Callable[..., Any] = resolver.wrapped_func
        self._self = resolver.self_parameter is not None
        self._parent: str | None = None if parent is None else parent.name
        self._info: str | None = None if info is None else info.name
        self._arguments = arguments

    def __call__(self, source: Any, nodes: list[FieldNode], late: Late, make_info: Callable[[], Any]) -> Any:
        """The resolver's value; Undefined when its arguments are not plain this time."""
        arguments = self._arguments(late.values)
        if arguments is None:
            return Undefined
        if self._parent is not None:
            arguments[self._parent] = source
        if self._info is not None:
            arguments[self._info] = strawberry.Info(cast(Any, LateInfo(nodes, late, make_info)), self._field)
        return self._function(source, **arguments) if self._self else self._function(**arguments)


def call_of(definition: Any, node: FieldNode, info_class: type) -> Call | None:
    """None: the field must be resolved by graphql-core."""
    field: Any = field_of(definition)
    if field is None or field.extensions or field.base_resolver is None or info_class is not strawberry.Info:
        return None
    if field.base_resolver.root_parameter is not None:
        return None
    arguments = _arguments(definition.args, {given.name.value: given.value for given in node.arguments or ()}, field)
    return None if arguments is None else Call(field, arguments)


def _arguments(defined: Mapping[str, Any], given: Mapping[str, ValueNode], field: Any) -> Arguments | None:
    python_names = {argument.graphql_name or argument.python_name: argument.python_name for argument in field.arguments}
    constant: dict[str, Any] = {}
    variable: list[tuple[str, str, bool]] = []
    for name, argument in defined.items():
        required = isinstance(argument.type, GraphQLNonNull)
        type_: Any = argument.type.of_type if required else argument.type
        plain = getattr(type_, "name", None) in PLAIN and argument.default is None and name in python_names
        if not plain or argument.default_value is not Undefined:
            return None
        value = given.get(name)
        if isinstance(value, VariableNode):
            variable.append((python_names[name], value.name.value, required))
        elif value is not None:
            constant[python_names[name]] = _COERCED(value, argument.type)
    return None if Undefined in constant.values() else _given(constant, variable)


def _given(constant: Mapping[str, Any], variable: list[tuple[str, str, bool]]) -> Arguments:
    def arguments(values: Mapping[str, Any]) -> dict[str, Any] | None:
        found = dict(constant)
        for name, given, required in variable:
            value = values.get(given, _ABSENT)
            if value is None and required:
                return None
            if value is not _ABSENT:
                found[name] = value
            elif required:
                return None
        return found

    return arguments
