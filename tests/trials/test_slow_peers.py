"""Peers that send byte by byte, or nothing: others are answered meanwhile, and the slow ones are let go."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.live.server import ServerProcess, serving
from tests.protocol.world import Server, address
from tests.support import in_time
from tests.trials.process_state import ProcessState, require_clean
from tests.trials.test_sockets import APP

from weft.connections import ConnectionProtocol
from weft.storage.types import Database

SLOW: Final = int(os.environ.get("SLOW", "0")) or 30
"""Peers of each kind."""
HEAD: Final = (
    b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
)
UPGRADE: Final = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
KINDS: Final = {
    "says nothing": (b"", b""),
    "sends a head byte by byte": (b"POST /graphql HTTP/1.1\r\nX-Slow: ", b"x" * 1000),
    "sends line ends": (b"", b"\r\n" * 500),
    "opens a socket and says nothing": (UPGRADE, b""),
    "sends a frame byte by byte": (UPGRADE + b"\x81\xfe\x7f\xff\0\0\0\0", b"x" * 1000),
}


async def slow_peer(base: str, first: bytes, rest: bytes) -> None:
    """Returns when the server has hung up."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)

    async def drip() -> None:
        writer.write(first)
        for number in range(len(rest)):
            await asyncio.sleep(0.3)
            writer.write(rest[number : number + 1])

    dripping = asyncio.create_task(drip())
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        pass
    finally:
        dripping.cancel()
        writer.close()


async def others(server: ServerProcess, over: asyncio.Event) -> int:
    """Asks and sends on; each answer has come in its time, or this fails."""
    thread, asked = await server.new_thread(), 0
    while not over.is_set():
        assert (await in_time(server.send(thread, "echo")))["userErrors"] == []
        await in_time(server.thread(thread))
        asked += 1
        await asyncio.sleep(0.2)
    return asked


async def test_a_load_of_slow_peers_is_let_go_while_others_are_answered(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with serving(env, log, *APP) as server:
        thread = await server.new_thread()
        await asyncio.gather(*(server.send(thread, "echo") for _ in range(20)))  # the pools are as large as they get
        before = await ProcessState.of(server)
        over = asyncio.Event()
        asking = asyncio.create_task(others(server, over))
        slow = [slow_peer(server.base, first, rest) for first, rest in KINDS.values() for _ in range(SLOW)]
        async with asyncio.timeout(60):
            await asyncio.gather(*slow)
        over.set()
        assert await asking > 0
        await before.is_back(server)
        assert await server.stop() == 0
    require_clean(log)


class Impatient(ConnectionProtocol):
    head_seconds = 0.05
    body_seconds = 0.05


@asynccontextmanager
async def impatient(app: Starlette) -> AsyncGenerator[str, None]:
    """The base of a server that waits for nobody."""
    config = uvicorn.Config(app, port=0, http=Impatient, lifespan="off", log_level="warning")
    server = Server(config)
    task = asyncio.create_task(server.serve([config.bind_socket()]))
    try:
        await in_time(server.up.wait())
        yield f"http://{address(server)}"
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize(
    "first",
    [b"", b"GET / HTTP/1.1\r\nHost:", HEAD, HEAD + b"{", b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /"],
)
async def test_a_request_that_is_not_whole_in_time_is_not_waited_for(first: bytes) -> None:
    async def whole(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async with impatient(Starlette(routes=[Route("/{any:path}", whole, methods=["GET", "POST"])])) as base:
        await in_time(slow_peer(base, first, b""))


async def test_an_answer_may_take_longer_than_its_request_and_the_next_one_is_heard() -> None:
    gate = asyncio.Event()

    async def waits(_: Request) -> Response:
        await gate.wait()
        return PlainTextResponse("done")

    async with impatient(Starlette(routes=[Route("/", waits)])) as base:
        where = urlsplit(base)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await in_time(slow_peer(base, b"", b""))  # longer than either deadline
            gate.set()
            answer = await in_time(reader.readuntil(b"done"))
            assert answer.startswith(b"HTTP/1.1 200")
        writer.close()
