"""A line between a client and its server that the test cuts, freezes and opens again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from weft.storage.mongod_process import pick_port


class Proxy:
    """Passes bytes on. `lines` counts the connections that came, `open` those that are there now."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._moving = asyncio.Event()
        self._moving.set()
        self._budget: int | None = None
        self.port = pick_port()
        self.lines = 0
        self.cuts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def open(self) -> int:
        return len(self._pairs)

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def refuse(self) -> None:
        """Nobody is there any more: what is open is cut, what comes is refused."""
        assert self._server is not None
        self._server.close()
        self.cut()
        self.cut_after(None)

    def cut(self) -> None:
        """Every connection ends without a goodbye."""
        for pair in list(self._pairs):
            for writer in pair:
                writer.transport.abort()
        self.cuts += bool(self._pairs)

    def cut_after(self, answered: int | None) -> None:
        """Cuts once the server has sent so many bytes more; what comes then is as ever."""
        self._budget = answered

    def freeze(self) -> None:
        """Connections stay, and nothing moves on them."""
        self._moving.clear()

    def thaw(self) -> None:
        self._moving.set()

    def lead_to(self, port: int) -> None:
        self._target = port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, back)
        self._pairs.add(pair)
        ways = {
            asyncio.ensure_future(self._pass(reader, back, counted=False)),
            asyncio.ensure_future(self._pass(there, writer, counted=True)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pairs.discard(pair)
            for each in pair:
                each.close()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counted: bool) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._moving.wait()
                target.write(self._allowed(data) if counted else data)
                await target.drain()
                if counted and self._budget == 0:
                    self._budget = None
                    self.cut()

    def _allowed(self, data: bytes) -> bytes:
        if self._budget is None:
            return data
        allowed = data[: self._budget]
        self._budget -= len(allowed)
        return allowed

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._moving.set()
        self.cut()
        await self._server.wait_closed()


@asynccontextmanager
async def between(port: int) -> AsyncGenerator[Proxy, None]:
    proxy = Proxy(port)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.close()
