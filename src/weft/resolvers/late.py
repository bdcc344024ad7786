"""graphql-core's executor of a request, made when something asks for it: most compiled operations never do.

Only the values of its variables are needed before. Those of plain types are checked here, to the same outcome; all
others are left to graphql-core.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from graphql import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT, NamedTypeNode, NonNullTypeNode, OperationDefinitionNode


def _is_int(value: Any) -> bool:
    return value.__class__ is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT


PLAIN: Final[Mapping[str, Callable[[Any], bool]]] = {
    "ID": lambda value: value.__class__ is str,
    "String": lambda value: value.__class__ is str,
    "Int": _is_int,
    "Float": lambda value: value.__class__ is float and isfinite(value),
    "Boolean": lambda value: value.__class__ is bool,
}
"""Values that are taken as they are, by type."""


class Late:
    """`build` makes the executor. `values` are the coerced variables, if they are known without it."""

    __slots__ = ("_build", "_executor", "_values", "context")

    def __init__(self, build: Callable[[], Any], context: object, values: Mapping[str, Any] | None = None) -> None:
        self.context = context
        self._build = build
        self._executor: Any = None
        self._values = values

    @property
    def executor(self) -> Any:
        """Raises what `build` raises, unless `values` were given."""
        if self._executor is None:
            self._executor = self._build()
        return self._executor

    def anew(self) -> "Late":
        """The same without the executor, which is made again if it is asked for: what is kept for long is small."""
        return Late(self._build, self.context, self.values)

    @property
    def values(self) -> Mapping[str, Any]:
        if self._values is None:
            self._values = self.executor.variable_values.coerced
        return self._values


class PlainVariables:
    """The variables of an operation, if all have plain types and no defaults."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        self._variables: list[tuple[str, Callable[[Any], bool], bool]] | None = []
        for variable in operation.variable_definitions or ():
            required = isinstance(variable.type, NonNullTypeNode)
            named = variable.type.type if isinstance(variable.type, NonNullTypeNode) else variable.type
            plain = PLAIN.get(named.name.value) if isinstance(named, NamedTypeNode) else None
            if plain is None or variable.default_value is not None or variable.directives:
                self._variables = None
                return
            self._variables.append((variable.variable.name.value, plain, required))

    def coerced(self, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The values; None: graphql-core is to say, perhaps that something is wrong with them."""
        if self._variables is None:
            return None
        values: dict[str, Any] = {}
        for name, plain, required in self._variables:
            if name not in given:
                if required:
                    return None
                continue
            value = given[name]
            if not (plain(value) or (value is None and not required)):
                return None
            values[name] = value
        return values
