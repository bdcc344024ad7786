"""Live operations find their group: those share an execution that nothing in the answer could tell apart."""

from collections.abc import Hashable
from typing import Any

import orjson

from weft.resolvers.engine import Operation, Subscription
from weft.resolvers.groups import LAST, Group, Member
from weft.resolvers.live import LiveSource
from weft.resolvers.operation import RunningOperation, Separately
from weft.resolvers.rendering import Renderer
from weft.resolvers.resuming import cursor_variable


class Together:
    """Follows live sources in groups, and any other source by itself."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, Group] = {}
        self._separately = Separately()

    @property
    def groups(self) -> int:
        """How many executions serve all that follow."""
        return len(self._groups)

    async def follow(self, subscription: Subscription, operation: RunningOperation) -> bool:
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
        self, renderer: Renderer, live: LiveSource[Any], operation: RunningOperation
    ) -> tuple[str, bool]:
        """What only this operation has missed. Returns the last cursor, and whether that was the end."""
        cursor = live.reader.cursor
        async for item in live.reader.catch_up():
            await live.reader.check(item)
            body = renderer.one(item)
            operation.next(body if isinstance(body, str) else await body, item.cursor)
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
    viewer = getattr(subscription.context, "viewer", subscription.context)
    operation, who = subscription.operation, getattr(viewer, "identity", viewer)
    request = operation.request
    asked = (operation.document.text, request.operation_name, _variables(operation))
    try:
        hash(who)
    except TypeError:  # a viewer that cannot be compared shares with nobody
        return object()
    return (id(source.reader.topic), source.render, who, *asked)


def _variables(operation: Operation) -> str:
    variables = dict(operation.request.variables)
    cursor = cursor_variable(operation)
    if cursor is not None:
        variables.pop(cursor, None)
    # As a string: orjson's bytes keep the four kilobytes that they were written into.
    return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode()
