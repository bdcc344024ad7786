"""One run of a compiled operation: calls the resolvers that are left, and puts in what the async ones bring.

Anything that is not the plain case (an error, a null where none may be, a value of an unknown kind) raises, and the
caller runs the whole operation in graphql-core instead.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from graphql import FieldNode, GraphQLObjectType, execution, pyutils
from graphql.pyutils import Path, Undefined

from weft.resolvers.compiled_calls import Call
from weft.resolvers.late import Late

_ARGUMENT_VALUES: Any = cast(Any, execution).get_argument_values
_GATHER: Any = cast(Any, pyutils).gather_with_cancel
_IS_AWAITABLE: Callable[[Any], bool] = cast(Any, pyutils).is_awaitable

Where = tuple[Any, str | int, str | None] | None
"""A response path: the path before, the key, the parent type's name. Made for every object, so a bare tuple."""

Complete = Callable[[Any, Where, "Run"], Any]
"""Makes a resolver's value into its part of the response."""


class NotPlain(Exception):
    """The compiled operation does not cover this case."""


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedField:
    """A field with a resolver of its own."""

    key: str
    definition: Any
    nodes: list[FieldNode]
    parent: GraphQLObjectType
    complete: Complete
    call: Call | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Later:
    value: Awaitable[Any]
    field: ResolvedField
    where: Where
    target: dict[str, Any]


class Once:
    """Calls the resolvers of an operation's own fields only once: graphql-core, if it starts over, is given the same.

    A mutation could not be tried otherwise. In the form of graphql-core's MiddlewareManager.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given: dict[str | int, tuple[Any, Exception | None]] = {}

    def get_field_resolver(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        def once(source: Any, info: Any, **arguments: Any) -> Any:
            if info.path.prev is not None:
                return resolve(source, info, **arguments)
            return self._remembered(info.path.key, lambda: resolve(source, info, **arguments))

        return once

    async def _remembered(self, key: str | int, resolve: Callable[[], Any]) -> Any:
        if key not in self._given:
            try:
                value = resolve()
                self._given[key] = (await value if _IS_AWAITABLE(value) else value), None
            except Exception as error:
                self._given[key] = None, error
        value, raised = self._given[key]
        if raised is not None:
            raise raised
        return value


class Run:
    """`late` is graphql-core's executor for the same request: it holds the variables and makes `info`."""

    __slots__ = ("_late", "_later")

    def __init__(self, late: Late) -> None:
        self._late = late
        self._later: list[_Later] = []

    def resolve(self, field: ResolvedField, source: Any, where: Where, target: dict[str, Any]) -> Any:
        """The completed value; None in its place while it is still awaited."""
        called: Any = Undefined if field.call is None else self._call(field.call, field, source, where)
        value: Any = self._resolve(field, source, where) if called is Undefined else called
        if _IS_AWAITABLE(value):
            self._later.append(_Later(value, field, where, target))
            return None
        return field.complete(value, where, self)

    def _call(self, call: Call, field: ResolvedField, source: Any, where: Where) -> Any:
        return call(source, field.nodes, self._late, lambda: self.info(field, where))

    def _resolve(self, field: ResolvedField, source: Any, where: Where) -> Any:
        executor = self._late.executor
        resolve: Callable[..., Any] = field.definition.resolve or executor.field_resolver
        if executor.middleware_manager is not None:
            resolve = executor.middleware_manager.get_field_resolver(resolve)
        return resolve(source, self.info(field, where), **self._arguments(field))

    def info(self, field: ResolvedField, where: Where) -> Any:
        return self._late.executor.build_resolve_info(field.definition, field.nodes, field.parent, _path(where))

    def _arguments(self, field: ResolvedField) -> dict[str, Any]:
        if not field.definition.args:
            return {}
        values = self._late.executor.variable_values
        arguments: dict[str, Any] = _ARGUMENT_VALUES(field.definition, field.nodes[0], values)
        return arguments

    def take_later(self) -> Sequence[Any]:
        """What is awaited now; the next call starts empty."""
        later, self._later = self._later, []
        return later

    async def settle(self, awaited: Sequence[Any]) -> None:
        """Awaits all at once, and in turn what completing them brings up."""
        try:
            if len(awaited) == 1:
                await self._settle_one(awaited[0])
            else:
                await _GATHER(*(self._settle_one(later) for later in awaited))
        except BaseException:
            drop(awaited)
            drop(self.take_later())
            raise

    async def _settle_one(self, later: _Later) -> None:
        value = await later.value
        later.target[later.field.key] = later.field.complete(value, later.where, self)
        if self._later:
            await self.settle(self.take_later())


def drop(awaited: Sequence[Any]) -> None:
    """Ends coroutines that nobody will await."""
    for later in awaited:
        close = getattr(later.value, "close", None)
        if close is not None:
            with suppress(RuntimeError, ValueError):
                close()


def _path(where: Where) -> Path | None:
    return None if where is None else Path(_path(where[0]), where[1], where[2])


def strange(value: Any) -> bool:
    """Values that graphql-core gives a meaning of their own."""
    return isinstance(value, Exception) or value is Undefined or _IS_AWAITABLE(value)
