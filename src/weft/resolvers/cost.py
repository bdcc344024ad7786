"""What an operation may cost: how many nodes it can answer with, by the sizes of the pages that it asks for.

A field with `first` or `last` has that many nodes, and each of them has what is selected on it: sizes multiply on the
way down. A document is measured once; only the sizes that are variables are looked up for each request.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from weft.resolvers.errors import Code, refusal
from weft.threads.json_values import is_list, is_object
from weft.threads.paging import DEFAULT_SIZE

Variables: TypeAlias = Mapping[str, Any]
Size: TypeAlias = int | Callable[[Variables], int]
"""A number that is known, or one that the variables decide."""

_PAGE: Final = ("first", "last")
_LIST: Final = "ids"
_INPUT, _LIMIT = "input", "limit"
_HITS: Final = 10


def cost_of(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: "Fragments") -> Size:
    """How many nodes a valid operation asks for at most."""
    root = schema.get_root_type(operation.operation)
    return _Meter(schema, fragments, _defaults(operation)).selected(root, operation.selection_set)


def check_cost(cost: Size, variables: Variables, limit: int) -> None:
    """Raises RequestError for more than `limit` nodes."""
    found = cost if isinstance(cost, int) else cost(variables)
    if found > limit:
        raise refusal(
            f"The operation may answer with {found} nodes, by the sizes of its pages; the limit is {limit}. "
            "Ask for smaller pages, or for fewer within each other",
            Code.QUERY_TOO_COMPLEX,
        )


Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]


class _Meter:
    """Of one operation. A fragment is measured once: its cost does not depend on where it is spread."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments, defaults: Variables) -> None:
        self._schema = schema
        self._fragments = fragments
        self._defaults = defaults
        self._known: dict[str, Size] = {}

    def selected(self, parent: GraphQLNamedType | None, selections: SelectionSetNode) -> Size:
        costs: list[Size] = []
        for selection in selections.selections:
            match selection:
                case FieldNode():
                    costs.append(self._field(parent, selection))
                case InlineFragmentNode():
                    on = selection.type_condition
                    inner = parent if on is None else self._schema.get_type(on.name.value)
                    costs.append(self.selected(inner, selection.selection_set))
                case FragmentSpreadNode():
                    costs.append(self._fragment(selection.name.value))
                case _:
                    pass
        return _sum(costs)

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            fragment = self._fragments[name]
            on = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self.selected(on, fragment.selection_set)
        return self._known[name]

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode) -> Size:
        if node.selection_set is None or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        field = parent.fields.get(node.name.value)
        if field is None:
            return 0
        inner = self.selected(_named(field), node.selection_set)
        size = self._size(field, node)
        return inner if size is None else _product(size, inner)

    def _size(self, field: GraphQLField, node: FieldNode) -> Size | None:
        """How many nodes a field has; None: it is no list whose length the caller chooses."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if any(name in field.args for name in _PAGE):
            values = [given[name] for name in _PAGE if name in given]
            return self._number(values, DEFAULT_SIZE)
        if _LIST in field.args:
            return self._length(given.get(_LIST))
        if _LIMIT in getattr(_named(field.args.get(_INPUT)), "fields", {}):
            return self._limit(given.get(_INPUT))
        return None

    def _number(self, values: list[ValueNode], default: int) -> Size:
        """The greatest of some values. One that is no number is refused elsewhere."""
        known = [int(value.value) for value in values if isinstance(value, IntValueNode)]
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        if not names:
            return max(known, default=default)
        defaults = self._defaults

        def chosen(variables: Variables) -> int:
            found = (_whole(variables.get(name, defaults.get(name))) for name in names)
            return max([*known, *(number for number in found if number is not None)], default=default)

        return chosen

    def _length(self, value: ValueNode | None) -> Size:
        if isinstance(value, ListValueNode):
            return len(value.values)
        if not isinstance(value, VariableNode):
            return 1
        name, defaults = value.name.value, self._defaults

        def chosen(variables: Variables) -> int:
            found = variables.get(name, defaults.get(name))
            return len(found) if is_list(found) else 1

        return chosen

    def _limit(self, value: ValueNode | None) -> Size:
        if isinstance(value, ObjectValueNode):
            return self._number([each.value for each in value.fields if each.name.value == _LIMIT], _HITS)
        if not isinstance(value, VariableNode):
            return _HITS
        name, defaults = value.name.value, self._defaults

        def chosen(variables: Variables) -> int:
            given = variables.get(name, defaults.get(name))
            limit = _whole(given.get(_LIMIT)) if is_object(given) else None
            return _HITS if limit is None else limit

        return chosen


def _named(typed: GraphQLField | GraphQLArgument | None) -> GraphQLNamedType | None:
    """The type without its lists and its `!`."""
    return None if typed is None else cast(GraphQLNamedType, get_named_type(cast(Any, typed.type)))


def _whole(value: object) -> int | None:
    """What GraphQL takes for an Int."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def _defaults(operation: OperationDefinitionNode) -> Variables:
    """What variables are when the request does not have them."""
    definitions = operation.variable_definitions or ()
    return {each.variable.name.value: _value(each.default_value) for each in definitions if each.default_value}


def _value(node: ValueNode) -> Any:
    """Numbers, lists by their length, and objects of them; None for all else."""
    match node:
        case IntValueNode(value=number):
            return int(number)
        case ListValueNode(values=values):
            return list(values)
        case ObjectValueNode(fields=fields):
            return {each.name.value: _value(each.value) for each in fields}
        case _:
            return None


def _sum(costs: list[Size]) -> Size:
    known = sum(cost for cost in costs if isinstance(cost, int))
    asked = [cost for cost in costs if not isinstance(cost, int)]
    if not asked:
        return known
    return lambda variables: known + sum(cost(variables) for cost in asked)


def _product(size: Size, inner: Size) -> Size:
    """Nodes, and what each of them has."""
    if isinstance(size, int) and isinstance(inner, int):
        return max(size, 0) * (1 + inner)

    def cost(variables: Variables) -> int:
        number = size if isinstance(size, int) else size(variables)
        return max(number, 0) * (1 + (inner if isinstance(inner, int) else inner(variables)))

    return cost
