"""The desk that server processes report to: whatever a model or a tool begins waits there until the test lets it go."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress

from tests.support import in_time

VARIABLE = "TEST_DESK"


class Desk:
    """`reports` counts what came, by name, over all processes. Names that are `held` wait; others go on at once."""

    def __init__(self, held: Iterable[str]) -> None:
        self.reports: Counter[str] = Counter()
        self._closed = {name: asyncio.Event() for name in held}
        self._reached = {name: asyncio.Event() for name in self._closed}
        self.env: dict[str, str] = {}

    async def reached(self, *names: str) -> None:
        """Waits until somebody stands at each of these held names (by default at all)."""
        for name in names or self._reached:
            await in_time(self._reached[name].wait())

    def open(self) -> None:
        """Lets everybody go, now and whenever they come."""
        for gate in self._closed.values():
            gate.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One report: a line with its name, answered when it may go on."""
        name = (await reader.readline()).decode().strip()
        self.reports[name] += 1
        if name in self._closed:
            self._reached[name].set()
            await self._closed[name].wait()
        with suppress(ConnectionError):  # it was killed meanwhile
            writer.write(b"go\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def desk(*held: str) -> AsyncGenerator[Desk, None]:
    """A desk on a free port; servers find it with its `env`."""
    made = Desk(held)
    async with await asyncio.start_server(made.take, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        made.env = {VARIABLE: f"{host}:{port}"}
        try:
            yield made
        finally:
            made.open()


async def report(name: str) -> None:
    """The server's side: tells the desk, and waits until it may go on."""
    host, _, port = os.environ[VARIABLE].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"{name}\n".encode())
    await reader.readline()
    writer.close()


def report_from_thread(name: str) -> None:
    """As `report`, for functions that are not async."""
    host, _, port = os.environ[VARIABLE].partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{name}\n".encode())
        connection.recv(16)
