"""The source of a live subscription: a reader's items, each made into a root value. A transport may share it."""

from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from weft.subscriptions.reader import Reader
from weft.threads.events import Item

T = TypeVar("T")


class LiveSource(AsyncIterator[T], Generic[T]):
    """What a subscription field returns. `render` must be a pure function, the same object for all subscribers.

    Iterated, it is a stream like any other. The WebSocket transport instead reads `reader` itself, and executes the
    selection once an item for all operations that ask the same of the same topic in the same scope.
    """

    def __init__(self, reader: Reader, render: Callable[[Item], T]) -> None:
        self.reader = reader
        self.render = render

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        return self.render(await anext(self.reader))

    async def aclose(self) -> None:
        await self.reader.aclose()
