"""A server-sent event has a bound. The SDKs gather each in memory, some by copying all of it for every piece that
comes: one without an end would take the process with it."""

from collections.abc import AsyncIterator
from typing import Any, Final, cast

from httpx2 import AsyncByteStream, Response

MOST_BYTES: Final = 16 * 1024 * 1024
"""No message that is stored is larger."""
_ENDS: Final = (b"\n\n", b"\r\n\r\n", b"\r\r")
_LONGEST_END: Final = 4


async def bound_events(response: Response) -> None:
    """A response hook of the SDKs' HTTP client: reading an event that is too large raises ValueError."""
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        response.stream = _Bounded(cast(AsyncByteStream, response.stream))


HOOKS: Final[dict[str, list[Any]]] = {"response": [bound_events]}


class _Bounded(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, tail = 0, b""
        async for piece in self._stream:
            seen = tail + piece
            last = max(seen.rfind(end) for end in _ENDS)
            size = len(seen) - last if last >= 0 else size + len(piece)
            if size > MOST_BYTES:
                raise ValueError(f"an event of more than {MOST_BYTES} bytes")
            tail = seen[1 - _LONGEST_END :]
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
