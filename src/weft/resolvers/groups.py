"""Live operations that share: one execution and one encoding an item, written to every connection from the topic's
bell.

A member whose connection is behind leaves the common pace. It holds nothing but its index into the topic's ring, and
comes back when it has caught up, with the deltas that waited joined into one.
"""

import asyncio
from collections.abc import Awaitable, Callable

from weft.resolvers.background import spawn
from weft.resolvers.errors import told_of
from weft.resolvers.operation import RunningOperation
from weft.resolvers.rendering import Renderer, waiting_run
from weft.subscriptions.reader import Reader
from weft.subscriptions.topic import Topic
from weft.threads.events import Item, ResyncRequired, ThreadChanged, ThreadDeleted

LAST = (ResyncRequired, ThreadDeleted)
"""Events after which a subscription is complete."""

TOO_SLOW = "this connection was too slow; read again and subscribe with the new cursor"


class Member:
    """One operation of a group. `index` is the ring item it goes on from, `cursor` that of the last item before."""

    __slots__ = ("admits", "cursor", "guard", "index", "operation", "reader", "task")

    def __init__(self, operation: RunningOperation, reader: Reader, cursor: str) -> None:
        self.operation = operation
        self.reader = reader
        self.admits = reader.admits
        self.guard = reader.guard
        self.index = reader.index
        self.cursor = cursor
        self.task: asyncio.Task[None] | None = None

    def asks_about(self, item: Item) -> bool:
        """Whether the member must first be asked about, alone: its thread changed, and perhaps who may see it."""
        if self.guard is None or not isinstance(item.event, ThreadChanged):
            return False
        return self.guard.at_once(item.event.thread) is not True

    def send(self, body: str, cursor: str) -> None:
        self.operation.outgoing.write(self.operation.frame(body, cursor))


class Group:
    """All that look at one topic in the same way. Members at the common pace wait for ring item `index`."""

    def __init__(self, topic: Topic, renderer: Renderer, index: int, forget: Callable[[], None]) -> None:
        self._topic = topic
        self._renderer = renderer
        self._index = index
        self._cursor = ""
        self._forget = forget
        self._rendering: asyncio.Task[None] | None = None
        self._level: dict[Member, None] = {}
        self._behind: set[Member] = set()
        topic.watch(self._bell)

    def add(self, member: Member) -> None:
        """From here on the group sends the member what comes, and ends its operation."""
        member.operation.on_stop = lambda: self._remove(member)
        if member.operation.outgoing.behind or member.index < self._index:
            self._go_own_pace(member)
        else:
            self._go_level(member)

    def _remove(self, member: Member) -> None:
        self._level.pop(member, None)
        self._behind.discard(member)
        if member.task is not None:
            member.task.cancel()
        spawn(member.reader.aclose())
        if not self._level and not self._behind:
            self._topic.unwatch(self._bell)
            if self._rendering is not None:
                self._rendering.cancel()
            self._forget()

    # ---------------------------------------------------------------- the common pace

    def _go_level(self, member: Member) -> None:
        if not self._level:
            self._index, self._cursor = member.index, member.cursor
        self._level[member] = None
        self._bell()

    def _bell(self) -> None:
        """Runs inside the publisher: nothing may be raised, nothing may wait."""
        if self._rendering is not None:
            return
        try:
            self._pump()
        except Exception as error:
            self._fail(list(self._level), error)

    def _pump(self) -> None:
        topic = self._topic
        while self._level and self._index < topic.head:
            if self._index < topic.first:
                self._let_all_go()
                return
            index, item = self._index, topic[self._index]
            body = self._renderer.run(index, index + 1, item)
            if not isinstance(body, str):
                self._rendering = asyncio.get_running_loop().create_task(self._pump_later(index, item, body))
                return
            self._deliver(item, body)
        if topic.ended is not None:
            self._let_all_go()

    async def _pump_later(self, index: int, item: Item, rendering: Awaitable[str]) -> None:
        try:
            body = await rendering
            if self._index == index:
                self._deliver(item, body)
        except Exception as error:
            self._fail(list(self._level), error)
        finally:
            self._rendering = None
        self._bell()

    def _deliver(self, item: Item, body: str) -> None:
        """Connections that are behind already leave the common pace before this item."""
        index = self._index
        slow: list[Member] = []
        for member in self._level:
            if member.operation.outgoing.behind or member.asks_about(item):
                slow.append(member)
            elif member.index <= index and member.admits(item):
                member.send(body, item.cursor)
        for member in slow:
            self._go_own_pace(member)
        self._index, self._cursor = index + 1, item.cursor
        if isinstance(item.event, LAST):
            for member in list(self._level):
                self._complete(member)

    def _let_all_go(self) -> None:
        """The topic ended, or the ring moved on while a resolver was waited for: each member finds out what to do."""
        for member in list(self._level):
            self._go_own_pace(member)

    # ---------------------------------------------------------------- one member's own pace

    def _go_own_pace(self, member: Member) -> None:
        if member in self._level:
            del self._level[member]
            if member.index <= self._index:
                member.index, member.cursor = self._index, self._cursor
        self._behind.add(member)
        member.task = asyncio.get_running_loop().create_task(self._catch_up(member))

    async def _catch_up(self, member: Member) -> None:
        """Sends what the member has missed as fast as its connection takes it, until it is level or at the end."""
        try:
            await member.operation.outgoing.drained()
            while (found := self._missed(member)) is not None:
                item, end = found
                if item is not None and await self._send(member, item, end):
                    self._complete(member)
                    return
                member.index = end
                await member.operation.outgoing.drained()
        except Exception as error:
            self._fail([member], error)
            return
        member.task = None
        self._behind.discard(member)
        self._go_level(member)

    async def _send(self, member: Member, item: Item, end: int) -> bool:
        """Whether that was the last one."""
        of_the_ring = end > member.index
        await member.reader.check(item)
        body = self._renderer.run(member.index, end, item) if of_the_ring else self._renderer.one(item)
        member.send(body if isinstance(body, str) else await body, item.cursor)
        member.cursor = item.cursor
        return isinstance(item.event, LAST)

    def _missed(self, member: Member) -> tuple[Item | None, int] | None:
        """What comes next for the member, and the index after it; None when it is level with the group."""
        topic = self._topic
        if member.index < topic.first:
            return Item(ResyncRequired(TOO_SLOW), member.cursor), member.index
        limit = self._index if self._level else topic.head
        if member.index < limit:
            return waiting_run(topic, member.index, limit, member.admits)
        if topic.ended is not None and member.index >= topic.head:
            return Item(topic.ended, member.cursor), member.index
        return None

    # ---------------------------------------------------------------- ends

    def _complete(self, member: Member) -> None:
        member.task = None
        self._remove(member)
        member.operation.complete()

    def _fail(self, members: list[Member], error: Exception) -> None:
        told = told_of(error)
        for member in members:
            member.task = None
            self._remove(member)
            member.operation.error([told])
