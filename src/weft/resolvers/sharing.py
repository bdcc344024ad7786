"""Live operations find their group: those share an execution that nothing in the answer could tell apart."""

from collections.abc import Hashable
from typing import Any

import orjson
from graphql import ArgumentNode, FieldNode, VariableNode, Visitor, visit

from weft.resolvers.engine import Operation, Subscription
from weft.resolvers.groups import LAST, Group, Member
from weft.resolvers.live import LiveSource
from weft.resolvers.rendering import Renderer
from weft.resolvers.ws_operation import Separately, SocketOperation

_RESUMES = "after"
"""The root field's argument that says where to begin; it leaves no trace in the events."""


class Together:
    """Follows live sources in groups, and any other source by itself."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, Group] = {}
        self._separately = Separately()

    async def follow(self, subscription: Subscription, operation: SocketOperation) -> bool:
        live: LiveSource[Any] | object = subscription.source
        if not isinstance(live, LiveSource):
            return await self._separately.follow(subscription, operation)
        joined = False
        try:
            renderer = Renderer(subscription, live.render)
            cursor, over = await self._catch_up(renderer, live, operation)
            if not over:
                self._join(sharing_key(subscription, live), renderer, Member(operation, live.reader, cursor))
                joined = True
        finally:
            if not joined:
                await live.aclose()
        return over

    async def _catch_up(
        self, renderer: Renderer, live: LiveSource[Any], operation: SocketOperation
    ) -> tuple[str, bool]:
        """What only this operation has missed. Returns the last cursor, and whether that was the end."""
        cursor = live.reader.cursor
        async for item in live.reader.catch_up():
            tail = renderer.one(item)
            operation.outgoing.write(operation.head + (tail if isinstance(tail, str) else await tail))
            await operation.outgoing.drained()
            cursor = item.cursor
            if isinstance(item.event, LAST):
                return cursor, True
        return cursor, False

    def _join(self, key: Hashable, renderer: Renderer, member: Member) -> None:
        """No step of the event loop may come between the end of catching up and this."""
        group = self._groups.get(key)
        if group is None:
            topic = member.reader.topic
            group = Group(topic, renderer, member.index, forget=lambda: self._forget(key))
            self._groups[key] = group
        group.add(member)

    def _forget(self, key: Hashable) -> None:
        del self._groups[key]


def sharing_key(subscription: Subscription, source: LiveSource[Any]) -> Hashable:
    """Operations with equal keys see the same: one topic, one document and variables, viewers that may see the same."""
    operation, viewer = subscription.operation, getattr(subscription.context, "viewer", subscription.context)
    request = operation.request
    asked = (operation.document.text, request.operation_name, _variables(operation))
    try:
        hash(viewer)
    except TypeError:  # a viewer that cannot be compared shares with nobody
        return object()
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
