"""A topic is the live tail of one log in this process: a bounded ring of items that all its readers share.

A reader holds no queue, only its index into the ring; whoever falls behind the ring must read the store again.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from weft.threads.events import Item, ResyncRequired

RING_SIZE: Final = 1024
_NOTHING: Final[deque[Item]] = deque(maxlen=0)
"""The ring of topics to which nothing has happened yet: most threads that are open are silent."""


class Topic:
    """Items have absolute indexes; those in `[first, head)` can be read. `ended` is set once, when the topic dies."""

    def __init__(self, size: int = RING_SIZE) -> None:
        self._size = size
        self._ring: deque[Item] = _NOTHING
        self._bells: dict[Callable[[], None], None] = {}
        self.head = 0
        self.ended: ResyncRequired | None = None

    @property
    def first(self) -> int:
        return self.head - len(self._ring)

    def __getitem__(self, index: int) -> Item:
        if not self.first <= index < self.head:
            raise IndexError(index)
        return self._ring[index - self.head]

    def append(self, items: Iterable[Item]) -> None:
        before = self.head
        if self._ring is _NOTHING:
            self._ring = deque[Item](maxlen=self._size)
        for item in items:
            self._ring.append(item)
            self.head += 1
        if self.head != before:
            self._ring_bells()

    def end(self, reason: str) -> None:
        """Every reader is told to read again, and let go."""
        if self.ended is None:
            self.ended = ResyncRequired(reason)
            self._ring_bells()

    def watch(self, bell: Callable[[], None]) -> None:
        """`bell` is called, synchronously, after items were appended and when the topic ended."""
        self._bells[bell] = None

    def unwatch(self, bell: Callable[[], None]) -> None:
        self._bells.pop(bell, None)

    def _ring_bells(self) -> None:
        for bell in list(self._bells):
            bell()
