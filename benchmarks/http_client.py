"""Keep-alive HTTP/1.1 clients that send one ready request over and over, and only count what comes back."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self, cast

_LENGTH = b"content-length: "


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """A whole request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass(slots=True)
class Answers:
    """Seconds each answer took, and the sizes of their bodies."""

    seconds: list[float] = field(default_factory=list[float])
    sizes: set[int] = field(default_factory=set[int])


class _Client(asyncio.Protocol):
    def __init__(self, message: bytes, answers: Answers) -> None:
        self.idle = asyncio.Event()
        self.running = True
        self._message = message
        self._answers = answers
        self._received = b""
        self._missing = 0

    def same(self) -> Self:
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self.idle.set()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._received += data
            self._read_head()
        if self._missing == 0 and not self._received:
            self._answers.seconds.append(time.perf_counter() - self._sent)
            self._ask()

    def _read_head(self) -> None:
        """Leaves `_received` empty when the head is complete."""
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self._received.decode())
        length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0])
        self._answers.sizes.add(length)
        self._missing, self._received = length - len(body), b""

    def _ask(self) -> None:
        if self.running:
            self._sent = time.perf_counter()
            self._transport.write(self._message)
        else:
            self.idle.set()
            self._transport.close()


async def hammer(port: int, message: bytes, clients: int, seconds: float) -> Answers:
    """So many clients, each asking again as soon as it is answered."""
    return await hammer_with(port, [message] * clients, seconds)


async def hammer_with(port: int, messages: Sequence[bytes], seconds: float) -> Answers:
    """A client for each message."""
    answers = Answers()
    loop = asyncio.get_running_loop()
    made = [_Client(message, answers) for message in messages]
    await asyncio.gather(*(loop.create_connection(client.same, "127.0.0.1", port) for client in made))
    await asyncio.sleep(seconds)
    for client in made:
        client.running = False
    await asyncio.gather(*(client.idle.wait() for client in made))
    return answers
