"""Python source for the selection of one object type: attribute reads, checks of leaf values, one dict.

The text holds only names that GraphQL or Python has checked, and constants handed over by reference.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from keyword import iskeyword
from math import isfinite
from typing import Any, cast

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    is_leaf_type,
)
from graphql.pyutils import Undefined

from weft.resolvers.compiled_run import NotPlain, strange

# Each is true only for values that need no coercion; `{v}` stands for the value.
_PLAIN = {
    "String": "{v}.__class__ is str",
    "ID": "{v}.__class__ is str",
    "Boolean": "({v} is True or {v} is False)",
    "Int": f"({{v}}.__class__ is int and {GRAPHQL_MIN_INT} <= {{v}} <= {GRAPHQL_MAX_INT})",
    "Float": "({v}.__class__ is float and isfinite({v}))",
}

_ORDINARY = frozenset({str, int, float, bool, dict, list, datetime})
"""Classes whose values graphql-core gives no meaning of their own."""


class Source:
    """Collects the constants that the text refers to."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"isfinite": isfinite, "sequence": _sequence, "id": id, "str": str}
        self._names = count()

    def name(self) -> str:
        """A name that the text does not use yet."""
        return f"_{next(self._names)}_"

    def constant(self, value: Any) -> str:
        name = self.name()
        self.constants[name] = value
        return name

    def value(self, type_: Any, v: str, where: str, inner: Callable[[], Any]) -> str:
        """An expression that completes the value in the variable `v`. `inner` makes what completes an object."""
        required = isinstance(type_, GraphQLNonNull)
        nullable = cast(Any, type_).of_type if required else type_
        if is_leaf_type(nullable):
            return self._leaf(nullable, v, required)
        if isinstance(nullable, GraphQLList):
            done = self._list(cast(Any, nullable).of_type, v, where, inner)
        else:
            objects = inner()
            known = self.constant(objects.known.get)
            done = f"({known}({v}.__class__) or {self.constant(objects)})({v}, {where}, run)"
        return done if required else f"(None if {v} is None else {done})"

    def attribute(self, source: str, name: str) -> str:
        if name.isidentifier() and not iskeyword(name) and not name.startswith("__"):
            return f"{source}.{name}"
        return f"getattr({source}, {name!r})"

    def compile(self, text: str, name: str) -> Any:
        """The function `name` that the text defines."""
        namespace = {"__builtins__": {"getattr": getattr, "enumerate": enumerate, "int": int, "float": float}}
        namespace.update(self.constants)
        exec(compile(text, f"<compiled {name}>", "exec"), namespace)
        return namespace[name]

    def _leaf(self, type_: Any, v: str, required: bool) -> str:
        coerce = self.constant(_coercion(type_))
        plain = _PLAIN.get(type_.name)
        if plain is not None:
            test = plain.format(v=v) if required else f"{v} is None or {plain.format(v=v)}"
            return f"({v} if {test} else {coerce}({v}))"
        names = _enum_names(type_)
        done = f"{coerce}({v})" if names is None else f"({self.constant(names)}.get(id({v})) or {coerce}({v}))"
        return done if required else f"(None if {v} is None else {done})"

    def _list(self, item_type: Any, v: str, where: str, inner: Callable[[], Any]) -> str:
        each, index = self.name(), self.name()
        item = self.value(item_type, each, f"({where}, {index}, None)", inner)
        if index in item:
            return f"[{item} for {index}, {each} in enumerate(sequence({v}))]"
        return f"[{item} for {each} in sequence({v})]"


def _sequence(value: Any) -> Any:
    """Only what can be read again if graphql-core has to start over."""
    if value.__class__ is list or value.__class__ is tuple:
        return value
    raise NotPlain


def _coercion(type_: Any) -> Callable[[Any], Any]:
    coerce: Callable[[Any], Any] = type_.coerce_output_value

    def complete(value: Any) -> Any:
        if value.__class__ not in _ORDINARY and (value is None or strange(value)):
            raise NotPlain
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise NotPlain
        return coerced

    return complete


def _enum_names(type_: Any) -> dict[int, str] | None:
    """Names by the identity of the members, which live as long as the schema; a member's own hash is slow."""
    members = getattr(type_, "wrapped_cls", None) if isinstance(type_, GraphQLEnumType) else None
    if members is None:
        return None
    return {id(member): type_.coerce_output_value(member) for member in members}
