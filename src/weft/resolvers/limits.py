"""How large an operation may be. Measured on the parsed document before validation, whose cost grows with size."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from weft.resolvers.errors import Code, refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """`characters` and `tokens` are of a document; the others of an operation with its fragments put in place.
    What hangs under `__schema` and `__type` does not count into depth: graphql-core bounds it."""

    characters: int = 100_000
    tokens: int = 5_000
    comments: int = 1_000
    depth: int = 15
    aliases: int = 100
    fields: int = 5_000
    directives: int = 100
    cost: int = 20_000
    """Nodes, by the sizes of the pages that are asked for: see `weft.resolvers.cost`."""


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0

    def beside(self, other: "_Size") -> "_Size":
        return _Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.fields + other.fields,
            self.directives + other.directives,
        )


INTROSPECTION = ("__schema", "__type")


class _Ruler:
    """Measures each fragment once. A fragment inside itself counts nothing: validation will name it."""

    def __init__(self, fragments: Iterable[FragmentDefinitionNode]) -> None:
        self._fragments = {fragment.name.value: fragment for fragment in fragments}
        self._measured: dict[str, _Size] = {}

    def measure(self, selection_set: SelectionSetNode) -> _Size:
        size = _Size()
        for selection in selection_set.selections:
            size = size.beside(_Size(directives=len(selection.directives or ())))
            match selection:
                case FieldNode():
                    size = size.beside(self._field(selection))
                case InlineFragmentNode():
                    size = size.beside(self.measure(selection.selection_set))
                case FragmentSpreadNode():
                    size = size.beside(self._fragment(selection.name.value))
                case _:
                    pass
        return size

    def _field(self, node: FieldNode) -> _Size:
        inner = self.measure(node.selection_set) if node.selection_set else _Size()
        depth = 1 if node.name.value in INTROSPECTION else 1 + inner.depth
        return replace(inner, depth=depth, aliases=inner.aliases + (node.alias is not None), fields=inner.fields + 1)

    def _fragment(self, name: str) -> _Size:
        if name in self._fragments and name not in self._measured:
            self._measured[name] = _Size()
            self._measured[name] = self.measure(self._fragments[name].selection_set)
        return self._measured.get(name, _Size())


def _measured(ruler: _Ruler, operation: OperationDefinitionNode) -> _Size:
    own = len(operation.directives or ()) + sum(
        len(each.directives or ()) for each in operation.variable_definitions or ()
    )
    try:
        return ruler.measure(operation.selection_set).beside(_Size(directives=own))
    except RecursionError:
        raise refusal("The operation is nested too deeply", Code.QUERY_TOO_COMPLEX) from None


def check_size(document: DocumentNode, limits: Limits) -> None:
    """Raises RequestError for an operation that exceeds a limit; the message names the limit."""
    ruler = _Ruler(node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        size = _measured(ruler, operation)
        for what in ("depth", "aliases", "fields", "directives"):
            found, limit = getattr(size, what), getattr(limits, what)
            if found > limit:
                raise refusal(f"The operation's {what}, {found}, exceeds the limit of {limit}", Code.QUERY_TOO_COMPLEX)
