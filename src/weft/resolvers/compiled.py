"""Operations compiled to Python, once for each document, operation and values of the variables in its directives.

What is selected of which type is decided by graphql-core's own field collection, when an object of that type is first
seen. Anything out of the ordinary raises, and the request is executed by graphql-core as if nothing had been tried,
but for what a mutation has done: that is not done again.
`strawberry.cast` is not understood: Weft's resolvers return objects of the type they mean.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_object_type,
    visit,
)
from graphql.execution import collect_fields as collecting
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.union import StrawberryUnion

from weft.resolvers.compiled_calls import Call, call_of
from weft.resolvers.compiled_fields import attribute_of, definition_of, function_of_parent
from weft.resolvers.compiled_rows import compile_page
from weft.resolvers.compiled_run import NotPlain, Once, ResolvedField, Run, Where, drop, strange
from weft.resolvers.compiled_source import Source
from weft.resolvers.late import Late
from weft.schema.shown import OfClasses
from weft.storage.turn_pages import TurnPage

_log = logging.getLogger(__name__)

_COLLECTING: Any = collecting
_MOST_FUNCTIONS = 400
_MOST_PLANS = 16
USES_BEFORE_COMPILING = 1
"""A document that is never seen again is not worth compiling."""

_Details = list[Any]
_Grouped = Mapping[str, _Details]
_Lines = tuple[list[str], str, list[str]]


class Plan:
    """A compiled operation. Filled type by type, as values of the types turn up."""

    def __init__(self, executor: Any, variables: frozenset[str]) -> None:
        self.schema: GraphQLSchema = executor.schema
        self._operation: OperationDefinitionNode = executor.operation
        self._selecting = (self.schema, executor.fragments, _only(variables, executor.variable_values))
        self._functions = 0
        root = self.schema.get_root_type(self._operation.operation)
        assert root is not None
        collected = _COLLECTING.collect_fields(*self._selecting, root, self._operation)
        self._mutates = self._operation.operation is OperationType.MUTATION
        if self._mutates and len(collected.grouped_field_set) > 1:
            raise NotPlain  # they run one after the other
        self._root = self.compile(root, collected.grouped_field_set)

    def run(self, late: Late, root_value: Any) -> dict[str, Any] | Awaitable[dict[str, Any]]:
        """The response's data; awaitable when a resolver was async. Raises whatever is not plain."""
        if self._mutates:
            late.executor.middleware_manager = Once()
        run = Run(late)
        try:
            data: dict[str, Any] = self._root(root_value, None, run)
        except BaseException:
            drop(run.take_later())
            raise
        later = run.take_later()
        return _settled(run, later, data) if later else data

    def subfields(self, type_: GraphQLObjectType, details: _Details) -> Callable[..., Any]:
        """Compiles the selection below a field for one type of object."""
        return self.compile(type_, self.selected(type_, details))

    def selected(self, type_: GraphQLObjectType, details: _Details) -> _Grouped:
        """The fields of a type that a selection names."""
        collected = _COLLECTING.collect_subfields(*self._selecting, self._operation, type_, details)
        grouped: _Grouped = collected.grouped_field_set
        return grouped

    def page(self, connection: GraphQLObjectType, details: _Details) -> Callable[..., Any]:
        """Compiles what writes a page of turns as a connection."""
        written = compile_page(connection, details, self.selected, self._objects_of)
        return written or self.subfields(connection, details)

    def _objects_of(self, type_: GraphQLObjectType, key: str, details: _Details) -> "_Objects":
        nodes: list[FieldNode] = [detail.node for detail in details]
        return _Objects(self, type_, type_.fields[nodes[0].name.value], key, nodes, details)

    def compile(self, type_: GraphQLObjectType, grouped: _Grouped) -> Callable[..., Any]:
        self._functions += 1
        if self._functions > _MOST_FUNCTIONS:
            raise NotPlain
        source, reads, entries, resolves = Source(), list[str](), list[str](), list[str]()
        for key, details in grouped.items():
            read, entry, resolve = self._field(source, type_, key, details)
            reads += read
            entries.append(f"{key!r}: {entry}")
            resolves += resolve
        lines = ["def select(source, where, run):", *reads, f" target = {{{', '.join(entries)}}}", *resolves]
        return cast(Callable[..., Any], source.compile("\n".join([*lines, " return target"]), "select"))

    def _field(self, source: Source, type_: GraphQLObjectType, key: str, details: _Details) -> _Lines:
        """What comes before the object, what stands in it, and what comes after it."""
        nodes: list[FieldNode] = [detail.node for detail in details]
        name = nodes[0].name.value
        if name == "__typename":
            return [], repr(type_.name), []
        definition: Any = type_.fields.get(name)
        if definition is None:
            raise NotPlain
        objects = _Objects(self, type_, definition, key, nodes, details)
        path, read = f"(where, {key!r}, {type_.name!r})", self._reading(source, type_, definition)
        if read is None:
            field = source.constant(objects.resolved())
            return [], "None", [f" target[{key!r}] = run.resolve({field}, source, {path}, target)"]
        value, where = source.name(), source.name()
        done = source.value(definition.type, value, where, objects.same)
        return [f" {value} = {read}", *([f" {where} = {path}"] if where in done else [])], done, []

    def _reading(self, source: Source, type_: GraphQLObjectType, definition: Any) -> str | None:
        """An expression for the field's value, when nothing but its parent decides about it."""
        if definition.subscribe is not None:
            return "source"
        attribute = attribute_of(definition)
        if attribute is not None:
            return source.attribute("source", attribute)
        function = None if type_ is self.schema.mutation_type else function_of_parent(definition)
        return None if function is None else f"{source.constant(function)}(source)"


class _Objects:
    """Completes the objects of one field: by `known`, for classes seen before, else by finding out their type."""

    def __init__(
        self,
        plan: Plan,
        parent: GraphQLObjectType,
        definition: Any,
        key: str,
        nodes: list[FieldNode],
        details: _Details,
    ) -> None:
        self.known: dict[type, Callable[..., Any]] = {}
        self._plan = plan
        self._details = details
        self._type: Any = get_named_type(definition.type)
        self._field = ResolvedField(key, definition, nodes, parent, self)
        self._compiled: dict[str, Callable[..., Any]] = {}
        self._page: Callable[..., Any] | None = None

    def same(self) -> "_Objects":
        return self

    def resolved(self) -> ResolvedField:
        """The field, with a function that completes what its resolver returns."""
        source = Source()
        field = self._field
        done = source.value(field.definition.type, "value", "where", self.same)
        complete = source.compile(f"def complete(value, where, run):\n return {done}", "complete")
        return ResolvedField(field.key, field.definition, field.nodes, field.parent, complete, self._call())

    def _call(self) -> Call | None:
        """What graphql-core must do once, for a mutation, it does itself."""
        field, schema = self._field, self._plan.schema
        if field.parent is schema.mutation_type:
            return None
        info_class: type = cast(Any, schema)._strawberry_schema.config.info_class
        return call_of(field.definition, field.nodes[0], info_class)

    def __call__(self, value: Any, where: Where, run: Run) -> Any:
        if value is None or strange(value):
            raise NotPlain
        found, by_class = self._find(value, where, run)
        function = self._page if value.__class__ is TurnPage else self._compiled.get(found.name)
        if function is None:
            function = self._compile(found, value)
        if by_class:
            self.known[value.__class__] = function
        return function(value, where, run)

    def _compile(self, type_: GraphQLObjectType, value: Any) -> Callable[..., Any]:
        if value.__class__ is TurnPage:
            self._page = self._plan.page(type_, self._details)
            return self._page
        function = self._compiled[type_.name] = self._plan.subfields(type_, self._details)
        return function

    def _find(self, value: Any, where: Where, run: Run) -> tuple[GraphQLObjectType, bool]:
        """The value's object type, and whether all instances of its class have that type."""
        type_ = self._type
        by_class = True
        if is_abstract_type(type_):
            by_class = _resolves_by_class(type_, value)
            type_ = self._concrete(type_, value, run.info(self._field, where))
        if type_.is_type_of is not None:
            by_class = by_class and _goes_by_class(definition_of(type_))
            if type_.is_type_of(value, run.info(self._field, where)) is not True:
                raise NotPlain
        return type_, by_class

    def _concrete(self, abstract: Any, value: Any, info: Any) -> GraphQLObjectType:
        name = abstract.resolve_type(value, info, abstract) if abstract.resolve_type else None
        found = self._plan.schema.get_type(name) if isinstance(name, str) else None
        if not is_object_type(found) or not self._plan.schema.is_sub_type(abstract, found):
            raise NotPlain
        return found


async def _settled(run: Run, later: Any, data: dict[str, Any]) -> dict[str, Any]:
    await run.settle(later)
    return data


def _resolves_by_class(abstract: Any, value: Any) -> bool:
    """Whether strawberry goes by the class of the value alone: no resolver of ours, no generic type."""
    definition = definition_of(abstract)
    is_union = type(definition) is StrawberryUnion
    if not is_union and definition.resolve_type is not None:
        return False
    own = getattr(value.__class__, "__strawberry_definition__", None)
    if own is None:
        return is_union and all(_goes_by_class(definition_of(member)) for member in abstract.types)
    return isinstance(own, StrawberryObjectDefinition) and own.concrete_of is None and not own.is_graphql_generic


def _goes_by_class(definition: Any) -> bool:
    """Whether a value is of this type, or not, together with all of its class."""
    return definition.is_type_of is None or isinstance(definition.is_type_of, OfClasses)


class _DirectiveVariables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        for argument in node.arguments or ():
            if node.name.value in ("include", "skip") and isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _directive_variables(document: Node) -> frozenset[str]:
    """Variables that decide what is selected; all of them are Boolean."""
    visitor = _DirectiveVariables()
    visit(document, visitor)
    return frozenset(visitor.names)


def _only(names: frozenset[str], given: Any) -> Any:
    """What a plan may keep of the values of its first caller."""
    sources = {name: source for name, source in given.sources.items() if name in names}
    return given._replace(sources=sources, coerced={n: v for n, v in given.coerced.items() if n in names})


class Plans:
    """The compiled operations of one document."""

    def __init__(self, document: Node) -> None:
        self._variables = sorted(_directive_variables(document))
        self._plans: dict[Any, Plan | None] = {}

    def __len__(self) -> int:
        return len(self._plans)

    def get(self, operation: OperationDefinitionNode, late: Late) -> Plan | None:
        """None: this operation is left to graphql-core."""
        key = (id(operation), *((name, late.values.get(name)) for name in self._variables))
        if key not in self._plans and len(self._plans) < _MOST_PLANS:
            self._plans[key] = self._compile(late.executor)
        return self._plans.get(key)

    def _compile(self, executor: Any) -> Plan | None:
        try:
            return Plan(executor, frozenset(self._variables))
        except NotPlain:
            return None
        except Exception:
            _log.exception("An operation could not be compiled")
            return None
