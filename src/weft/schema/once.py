"""A value that several fields of one object need, awaited once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Whoever asks first makes the value; all others get the same one. A failure is not kept."""

    __slots__ = ("_lock", "_made")

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._made: tuple[T] | None = None

    async def get(self, make: Callable[[], Awaitable[T]]) -> T:
        async with self._lock:
            if self._made is None:
                self._made = (await make(),)
            return self._made[0]
