"""One client's connection and the one behind it. Bytes go through as they come, but for what `Looks` makes of them.

The mongod answers in the order it was asked, and so does this: what is expected of it stands in a row, and an answer of
this server's own waits until the row is empty.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.atlas.wire import MORE_TO_COME, Message, ProtocolError, read_message

Change = Callable[[Message], Message]


@dataclass(frozen=True, slots=True)
class Look:
    """What becomes of a message: it is sent on as `forward`, and `change` is made of each reply; or it is `answered`.

    With both, the mongod's own reply is dropped for `answered`. `hang_up` ends the connection instead.
    """

    forward: Message | None = None
    change: Change | None = None
    answered: Message | None = None
    hang_up: bool = False


Looks = Callable[[Message], Awaitable[Look]]


class Connection:
    """`run` returns when either side is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, looks: Looks) -> None:
        self._reader, self._writer = reader, writer
        self._looks = looks
        self._expected: deque[Change | None] = deque()
        self._drained = asyncio.Event()

    async def run(self, host: str, port: int) -> None:
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            self._writer.close()
            return
        ways = [asyncio.create_task(self._requests(writer)), asyncio.create_task(self._replies(reader))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.close()
            self._writer.close()
            results = await asyncio.gather(*ways, return_exceptions=True)
            for closing in (writer, self._writer):
                with suppress(ConnectionError):
                    await closing.wait_closed()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionError | ProtocolError):
                raise result

    async def _requests(self, upstream: asyncio.StreamWriter) -> None:
        while (message := await read_message(self._reader)) is not None:
            look = await self._looks(message)
            if look.hang_up:
                return
            if look.forward is not None:
                await self._send_on(upstream, look.forward, look)
            elif look.answered is not None:
                await self._empty()
                await _write(self._writer, look.answered)

    async def _send_on(self, upstream: asyncio.StreamWriter, message: Message, look: Look) -> None:
        if message.is_answered:
            own = look.answered
            self._expected.append(look.change if own is None else lambda _: own)
            self._drained.clear()
        await _write(upstream, message)

    async def _replies(self, upstream: asyncio.StreamReader) -> None:
        while (reply := await read_message(upstream)) is not None:
            change = self._expected[0]
            await _write(self._writer, reply if change is None else change(reply))
            if not reply.flags & MORE_TO_COME:
                self._expected.popleft()
                if not self._expected:
                    self._drained.set()

    async def _empty(self) -> None:
        """Returns when the mongod owes no answer."""
        if self._expected:
            await self._drained.wait()


async def _write(writer: asyncio.StreamWriter, message: Message) -> None:
    writer.write(message.raw)
    await writer.drain()
