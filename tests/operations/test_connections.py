"""Connections of one address are bounded where that is asked for, and slow requests are let go as settings say."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from tests.protocol.world import Server, address
from tests.support import in_time, wait_until
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from weft.addresses import Addresses, place_of
from weft.connections import ConnectionProtocol, protocols
from weft.errors import ConfigError
from weft.settings import LimitSettings, from_environment

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"


class Serving:
    def __init__(self, where: str, http: type[ConnectionProtocol]) -> None:
        self.where = where
        self.addresses: Addresses = http.addresses
        self._host, port = where.split(":")
        self._port = int(port)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def counted(self, count: int) -> None:
        async def so_many() -> bool:
            return len(self.addresses) == count

        await wait_until(so_many)


async def _hello(request: Request) -> Response:
    await request.body()
    return PlainTextResponse("hello")


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


@asynccontextmanager
async def serving(**limits: float) -> AsyncGenerator[Serving, None]:
    app = Starlette(routes=[Route("/", _hello, methods=["GET", "POST"]), WebSocketRoute("/", _echo)])
    http, ws = protocols(LimitSettings.model_validate(limits))
    config = uvicorn.Config(app, port=0, http=http, ws=ws, lifespan="off", log_level="warning")
    server = Server(config)
    task = asyncio.create_task(server.serve([config.bind_socket()]))
    try:
        await in_time(server.up.wait())
        yield Serving(address(server), http)
    finally:
        server.should_exit = True
        await task


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes = GET) -> bytes:
    writer.write(asked)
    head = await in_time(reader.readuntil(b"\r\n\r\n"))
    if head.startswith(b"HTTP/1.1 200"):
        assert await in_time(reader.readexactly(5)) == b"hello"
    return head


@pytest.mark.parametrize("asked", [GET, POST, POST + b"x" * 300_000, b"\0\xff\r\n\r\n"])
async def test_one_connection_more_is_told_the_limit_and_its_setting(asked: bytes) -> None:
    async with serving(connections=2) as server, server.connection() as one, server.connection() as two:
        for each in (one, two):
            assert (await answered(*each)).startswith(b"HTTP/1.1 200")
        async with server.connection() as (reader, writer):
            writer.write(asked)
            told = await in_time(reader.read())
        assert told.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
        assert b"retry-after: 1" in told
        assert told.count(b"At most 2 connections at once from one address (WEFT_LIMIT_CONNECTIONS)") == 1
        assert b'"code":"THROTTLED"' in told
        for each in (one, two):
            assert (await answered(*each)).startswith(b"HTTP/1.1 200"), "the others are none the worse"


async def test_one_that_is_refused_and_says_nothing_is_not_kept() -> None:
    async with serving(connections=1) as server, server.connection(), server.connection() as (reader, _):
        assert await in_time(reader.read()) == b""


async def test_a_connection_that_ends_makes_room() -> None:
    async with serving(connections=1) as server:
        for _ in range(3):
            async with server.connection() as one:
                assert (await answered(*one)).startswith(b"HTTP/1.1 200")
            await server.counted(0)


async def test_a_websocket_counts_until_it_is_closed() -> None:
    async with serving(connections=2) as server, AsyncExitStack() as opened:
        sockets = [await opened.enter_async_context(connect(f"ws://{server.where}/")) for _ in range(2)]
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{server.where}/")
        assert refused.value.response.status_code == 429
        await sockets[0].send("still here")
        assert await in_time(sockets[0].recv()) == "still here"
        await sockets[0].close()
        await server.counted(1)
        async with connect(f"ws://{server.where}/"):
            pass
        await sockets[1].close()
        await server.counted(0)


async def test_a_handshake_that_comes_to_nothing_is_not_counted_for_ever() -> None:
    bad = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    async with serving(connections=1) as server:
        async with server.connection() as (reader, writer):
            assert (await answered(reader, writer, bad)).startswith(b"HTTP/1.1 4")
        await server.counted(0)


async def test_without_a_limit_nobody_is_counted() -> None:
    async with serving() as server, AsyncExitStack() as opened:
        for _ in range(20):
            each = await opened.enter_async_context(server.connection())
            assert (await answered(*each)).startswith(b"HTTP/1.1 200")
        assert len(server.addresses) == 0


@pytest.mark.parametrize(
    ("limit", "asked"), [("head_seconds", b"GET / HTTP/1.1\r\nHost:"), ("head_seconds", b""), ("body_seconds", POST)]
)
async def test_how_long_a_request_may_take_to_arrive_is_set(limit: str, asked: bytes) -> None:
    async with serving(**{limit: 0.05}) as server, server.connection() as (reader, writer):
        writer.write(asked)
        assert await in_time(reader.read()) == b""


def test_what_counts_as_one_address() -> None:
    assert place_of("10.0.0.7") == place_of("::ffff:10.0.0.7") == "10.0.0.7"
    assert place_of("2001:db8::1") == place_of("2001:db8::ffff:1%eth0") != place_of("2001:db8:0:1::1")
    assert place_of("no address") == "no address"


@pytest.mark.parametrize(("name", "value"), [("HEAD_SECONDS", "0"), ("BODY_SECONDS", "-1"), ("CONNECTIONS", "-1")])
def test_a_limit_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WEFT_LIMIT_{name}", value)
    with pytest.raises(ConfigError, match=f"WEFT_LIMIT_{name} is not usable"):
        from_environment()
