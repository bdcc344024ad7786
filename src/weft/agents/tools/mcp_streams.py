"""A transport whose end is told of: a server that dies while nobody calls it is noticed at once."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any

Transport = Callable[[], AbstractAsyncContextManager[Any]]
"""Opens the two streams of a connection, to read and to write."""


@asynccontextmanager
async def watched(transport: Transport, ended: Callable[[], None]) -> AsyncGenerator[Any, None]:
    """The transport's streams; `ended` is called when the one to read comes to its end."""
    async with transport() as (read, write):
        yield _Watched(read, ended), write


class _Watched:
    def __init__(self, stream: Any, ended: Callable[[], None]) -> None:
        self._stream = stream
        self._ended = ended

    @property
    def last_context(self) -> Any:
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Any:
        try:
            return await self._stream.receive()
        except Exception:
            self._ended()
            raise

    def __aiter__(self) -> "_Watched":
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except Exception:
            self._ended()
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def __aenter__(self) -> "_Watched":
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        done: bool | None = await self._stream.__aexit__(kind, error, trace)
        return done
