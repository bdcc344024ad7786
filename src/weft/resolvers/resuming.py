"""Where a subscription goes on from: the variable that says so, and a cursor put in its place."""

from dataclasses import replace
from typing import Any

from graphql import ArgumentNode, FieldNode, VariableNode, Visitor, visit

from weft.resolvers.engine import Operation

_RESUMES = "after"
"""The root field's argument that says where to begin; it leaves no trace in the events."""


def resumed(operation: Operation, cursor: str) -> Operation:
    """The same subscription from this cursor on; unchanged if it has no variable for that."""
    name = cursor_variable(operation)
    if name is None:
        return operation
    request = operation.request
    return replace(operation, request=replace(request, variables={**request.variables, name: cursor}))


def cursor_variable(operation: Operation) -> str | None:
    """The variable that `after` of the root field takes, if it is used nowhere else in the document."""
    root = operation.definition.selection_set.selections[0]
    arguments: tuple[ArgumentNode, ...] = tuple(root.arguments or ()) if isinstance(root, FieldNode) else ()
    for argument in arguments:
        if argument.name.value == _RESUMES and isinstance(argument.value, VariableNode):
            name = argument.value.name.value
            return name if _uses(operation, name) == 1 else None
    return None


class _Counter(Visitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found = 0

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.found += node.name.value == self.name


def _uses(operation: Operation, name: str) -> int:
    counter = _Counter(name)
    visit(operation.document.ast, counter)
    definitions = [v for o in operation.document.operations for v in o.variable_definitions or ()]
    return counter.found - sum(definition.variable.name.value == name for definition in definitions)
