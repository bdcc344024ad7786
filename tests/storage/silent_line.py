"""A line to MongoDB on which connections can fall silent: nobody hangs up, nothing gets through, new ones work."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress


class SilentLine:
    """`uri` leads to the mongod behind it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._watching: set[asyncio.StreamReader] = set()
        self._silent: set[asyncio.StreamReader] = set()
        self.uri = ""

    def silence_change_streams(self) -> int:
        """Those connections on which one is open now; how many."""
        self._silent |= self._watching
        return len(self._watching)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            async with asyncio.TaskGroup() as passing:
                passing.create_task(self._pass(reader, back, reader))
                passing.create_task(self._pass(there, writer, reader))
        finally:
            back.close()
            writer.close()

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, line: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if b"getMore" in data:
                    self._watching.add(line)
                if line not in self._silent:
                    to.write(data)
                    await to.drain()
            to.close()


@asynccontextmanager
async def silent_line(port: int) -> AsyncGenerator[SilentLine, None]:
    line = SilentLine(port)
    async with await asyncio.start_server(line.take, "127.0.0.1", 0) as server:
        line.uri = f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/?directConnection=true"
        yield line
