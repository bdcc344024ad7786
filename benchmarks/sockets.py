"""A WebSocket client that does next to nothing, so that it is not what is measured: it finds the stamps in frames."""

import asyncio
import json
import struct
import time
from collections.abc import Sequence
from typing import Self, cast

from benchmarks.stamps import STAMP

_CLOSE, _PING = 0x8, 0x9
_ACK = b'"connection_ack"'
_PING_MESSAGE = b'{"type":"ping"}'


class Tally:
    """What all viewers of one round have got. `first` and `done` are set by the first and the last delta."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.lags: list[int] = []
        self.frames = 0
        self.bytes = 0
        self.smallest = 0
        self.repeated = 0
        self.emitted: dict[int, int] = {}
        self.last_at = 0
        self.first = asyncio.Event()
        self.done = asyncio.Event()

    def take(self, stamps: Sequence[tuple[bytes, bytes]], size: int, now: int, seen: int) -> int:
        """A frame's stamps, for a viewer that has `seen` numbers below that; returns what it has seen now."""
        self.frames += 1
        self.bytes += size
        if len(stamps) == 1:
            self.smallest = min(self.smallest or size, size)
        for stamp, text in stamps:
            number, at = int(text), int(stamp)
            if number < seen:
                self.repeated += 1
                continue
            seen = number + 1
            self.emitted[number] = at
            self.lags.append(now - at)
        self.last_at = now
        if not self.first.is_set():
            self.first.set()
        if len(self.lags) >= self.expected:
            self.done.set()
        return seen


class Viewer(asyncio.Protocol):
    """One socket. `messages` are sent as soon as the server has accepted it (or acknowledged the first of them).

    `ready` is set when a text that holds `signal` has come, or without one when the socket is open.
    """

    def __init__(self, path: str, messages: Sequence[bytes], signal: bytes | None) -> None:
        self.ready = asyncio.Event()
        self.closed = False
        self.tally: Tally | None = None
        self.seen = 0
        self._path = path
        self._messages = list(messages)
        self._signal = signal
        self._open = False
        self._rest: bytes = b""

    def same(self) -> Self:
        """What asyncio asks for where it wants a factory."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        headers = (
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        self._transport.write(headers.encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    def data_received(self, data: bytes) -> None:
        now = time.time_ns()
        data = self._rest + data if self._rest else data
        if not self._open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._opened(head)
        at, available = 0, len(data)
        while (frame := _frame(data, at, available)) is not None:
            opcode, start, at = frame
            self._take(opcode, data[start:at], now)
        self._rest = data[at:]

    def close(self) -> None:
        """Cuts the connection."""
        self._transport.abort()

    def _opened(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(head.decode())
        self._open = True
        if self._messages:
            self._send(self._messages.pop(0))
        if self._signal is None:
            self.ready.set()

    def _take(self, opcode: int, payload: bytes, now: int) -> None:
        stamps = STAMP.findall(payload)
        if stamps and self.tally is not None:
            self.seen = self.tally.take(stamps, len(payload), now, self.seen)
        elif opcode == _PING:
            self._transport.write(struct.pack("!BBI", 0x8A, 0x80 | len(payload), 0) + payload)
        elif opcode == _CLOSE:
            self._transport.close()
        elif payload == _PING_MESSAGE:
            self._send(b'{"type":"pong"}')
        elif _ACK in payload:
            for message in self._messages:
                self._send(message)
        elif self._signal is not None and self._signal in payload:
            self.ready.set()

    def _send(self, payload: bytes) -> None:
        """As a text frame, masked with zeros."""
        self._transport.write(struct.pack("!BBHI", 0x81, 0xFE, len(payload), 0) + payload)


def _frame(data: bytes, at: int, available: int) -> tuple[int, int, int] | None:
    """The opcode of the frame at `at`, and where its payload starts and ends; None when it is not all there."""
    if available - at < 2:
        return None
    length, start = data[at + 1], at + 2
    if length >= 126:
        size = 2 if length == 126 else 8
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    return (data[at] & 0x0F, start, start + length) if start + length <= available else None


def graphql_messages(document: str, **variables: object) -> list[bytes]:
    """What a client of graphql-transport-ws says to subscribe."""
    payload = {"query": document, "variables": variables}
    return [b'{"type":"connection_init"}', json.dumps({"type": "subscribe", "id": "1", "payload": payload}).encode()]


async def connect(port: int, viewers: Sequence[Viewer]) -> None:
    """Opens them all, a few at a time."""
    loop = asyncio.get_running_loop()
    for start in range(0, len(viewers), 50):
        some = viewers[start : start + 50]
        await asyncio.gather(*(loop.create_connection(viewer.same, "127.0.0.1", port) for viewer in some))
