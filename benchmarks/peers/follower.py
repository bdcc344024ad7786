"""A client that follows one stream by its raw bytes, of HTTP or of a WebSocket: it finds the fake model’s stamps."""

import asyncio
import re
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, cast

_LONGEST = 24
"""A stamp as it stands in any stream is shorter."""


@dataclass(frozen=True, slots=True)
class Line:
    """What to say to follow: `messages[i]` is sent as soon as `markers[i]` has come; the first at once.

    `ready` comes when the stream is open. `stamp` finds a delta's text, and not the same text told again at the end.
    """

    messages: Sequence[bytes]
    stamp: re.Pattern[bytes]
    markers: Sequence[bytes] = (b"",)
    ready: bytes = b"\r\n\r\n"


class Follower(asyncio.Protocol):
    """What one stream has brought: `stamps` in microseconds, each with its lag and its place among the bytes.

    With `drop_after`, the connection is cut as soon as so many have come.
    """

    def __init__(self, line: Line, expected: int, drop_after: int | None = None) -> None:
        self.stamps: list[int] = []
        self.lags: list[float] = []
        self.places: list[int] = []
        self.received: list[bytes] = []
        self.ready = asyncio.Event()
        self.first = asyncio.Event()
        self.done = asyncio.Event()
        self.closed = asyncio.Event()
        self.sent_at = 0.0
        self.first_at = 0.0
        self.last_at = 0.0
        self._line = line
        self._expected = expected
        self._drop_after = drop_after
        self._sent = 0
        self._bytes = 0
        self._head = b""
        self._rest = b""

    def same(self) -> Self:
        """What asyncio asks for where it wants a factory."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._say()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self.ready.is_set():
            self._greet(data)
        if self._drop_after is not None:
            self.received.append(data)
        self._find(data, now)
        if self._drop_after is not None and len(self.stamps) >= self._drop_after:
            self.close()

    def close(self) -> None:
        """Cuts the connection."""
        self._transport.abort()

    def cursor(self, pattern: re.Pattern[bytes]) -> bytes:
        """The last that came, of a stream that was to be dropped."""
        return cast(list[bytes], pattern.findall(b"".join(self.received)))[-1]

    def _greet(self, data: bytes) -> None:
        self._head += data
        while self._sent < len(self._line.messages) and self._line.markers[self._sent] in self._head:
            self._say()
        if self._sent == len(self._line.messages) and self._line.ready in self._head:
            self.ready.set()

    def _say(self) -> None:
        self.sent_at = time.time()
        self._transport.write(self._line.messages[self._sent])
        self._sent += 1

    def _find(self, data: bytes, now: float) -> None:
        data = self._rest + data
        base, end = self._bytes - len(self._rest), 0
        for match in self._line.stamp.finditer(data):
            stamp, end = int(match[1]), match.end()
            self.stamps.append(stamp)
            self.lags.append(now * 1000 - stamp / 1000)
            self.places.append(base + end)
        self._bytes = base + len(data)
        self._rest = data[max(end, len(data) - _LONGEST) :]
        if end:
            self._found(now)

    def _found(self, now: float) -> None:
        self.last_at = now
        if not self.first.is_set():
            self.first_at = now
            self.first.set()
        if len(self.stamps) >= self._expected:
            self.done.set()


def text_frame(payload: bytes) -> bytes:
    """A WebSocket frame of a client, masked with zeros."""
    return struct.pack("!BBHI", 0x81, 0xFE, len(payload), 0) + payload


async def follow(port: int, followers: Sequence[Follower]) -> None:
    """Opens them all, a few at a time."""
    loop = asyncio.get_running_loop()
    for start in range(0, len(followers), 50):
        some = followers[start : start + 50]
        await asyncio.gather(*(loop.create_connection(one.same, "127.0.0.1", port) for one in some))


def close(followers: Sequence[Follower]) -> None:
    """Cuts all connections."""
    for one in followers:
        one.close()
