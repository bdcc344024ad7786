"""Which operations may share one execution: those that nothing in the answer could tell apart."""

from collections.abc import Hashable
from typing import Any

import orjson
from graphql import ArgumentNode, FieldNode, VariableNode, Visitor, visit

from weft.resolvers.engine import Operation, Subscription
from weft.resolvers.live import LiveSource

_RESUMES = "after"
"""The root field's argument that says where to begin; it leaves no trace in the events."""


def sharing_key(subscription: Subscription, source: LiveSource[Any]) -> Hashable:
    """Operations with equal keys see the same: one topic, one document and variables, viewers that may see the same."""
    operation, viewer = subscription.operation, getattr(subscription.context, "viewer", subscription.context)
    request = operation.request
    asked = (operation.document.text, request.operation_name, _variables(operation))
    return (id(source.reader.topic), source.render, viewer, *asked)


def _variables(operation: Operation) -> bytes:
    variables = dict(operation.request.variables)
    cursor = _cursor_variable(operation)
    if cursor is not None:
        variables.pop(cursor, None)
    return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)


def _cursor_variable(operation: Operation) -> str | None:
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
