"""A reader's way through a topic: first what it missed, out of the store, then the ring, each item once."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from weft.errors import not_found
from weft.subscriptions.topic import Topic
from weft.threads.events import Item, ResyncRequired, StreamAdvanced, ThreadChanged, ThreadDeleted
from weft.threads.threads import Thread


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader had seen before it came: a topic that lags behind the store may still bring some of it.

    `ends` has every stream that was alive at `seq`, by the event that started it, with how far the reader had come.
    """

    seq: int = -1
    ends: Mapping[int, int] = field(default_factory=dict[int, int])

    def admits(self, item: Item) -> bool:
        if not isinstance(item.event, StreamAdvanced):
            return item.seq > self.seq
        end = self.ends.get(item.start_seq)
        return item.start_seq > self.seq if end is None else item.event.delta.end > end


class ReaderGuard(ABC):
    """Whether a reader may go on when its thread has changed: it may be another user's now."""

    @abstractmethod
    def at_once(self, thread: Thread) -> bool | None:
        """None when it takes asking: `allows` knows."""

    @abstractmethod
    async def allows(self, thread: Thread) -> bool:
        """The answer, however long it takes."""


class Reader:
    """One subscriber's place. Iterate it, or run `catch_up` to its end and follow `topic` from `index` on.

    `cursor` is where it began: its own, or that of the moment it came.
    """

    def __init__(
        self,
        topic: Topic,
        index: int,
        cursor: str,
        missed: AsyncIterator[Item],
        seen: Seen,
        release: Callable[[], None],
    ) -> None:
        self.topic = topic
        self.index = index
        self.cursor = cursor
        self.admits = seen.admits
        self.guard: ReaderGuard | None = None
        self._missed = missed
        self._release: Callable[[], None] | None = release
        self._items = self._follow()

    def catch_up(self) -> AsyncIterator[Item]:
        """What was missed; afterwards `index` is the ring index to go on from. To be consumed once."""
        return self._missed

    async def aclose(self) -> None:
        """Gives the topic back. Calling it again does nothing."""
        release, self._release = self._release, None
        if release is not None:
            release()

    async def check(self, item: Item) -> None:
        """Raises InputError when the item tells that its thread is no longer for this reader: there is none for it."""
        event = item.event
        if self.guard is not None and isinstance(event, ThreadChanged) and not await self.guard.allows(event.thread):
            raise not_found("thread", event.thread.id, "threadId")

    def __aiter__(self) -> AsyncIterator[Item]:
        return self._items

    async def __anext__(self) -> Item:
        return await anext(self._items)

    async def _follow(self) -> AsyncIterator[Item]:
        async for item in self.catch_up():
            yield item
            if isinstance(item.event, ResyncRequired | ThreadDeleted):
                return
        rung = asyncio.Event()
        self.topic.watch(rung.set)
        try:
            while True:
                rung.clear()
                for item in self._fresh():
                    await self.check(item)
                    yield item
                    if isinstance(item.event, ResyncRequired | ThreadDeleted):
                        return
                if self.index == self.topic.head:
                    await rung.wait()
        finally:
            self.topic.unwatch(rung.set)

    def _fresh(self) -> list[Item]:
        """Items of the ring not yet given out; a ResyncRequired when the ring has moved on or the topic ended."""
        topic, start = self.topic, self.index
        if start < topic.first:
            return [Item(ResyncRequired("this reader was too slow"), topic[topic.first].cursor)]
        items = [topic[index] for index in range(start, topic.head)]
        self.index = topic.head
        items = [item for item in items if self.admits(item)]
        if topic.ended is not None:
            items.append(Item(topic.ended, topic[topic.head - 1].cursor if topic.head > topic.first else self.cursor))
        return items
