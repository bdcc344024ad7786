"""Connections of one address are bounded where that is asked for, slow requests are let go as settings say, and no
peer holds more of the server than the limits say."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from tests.protocol.world import Server, address
from tests.support import in_time, wait_until
from tests.trials.wire import PING, TEXT, frame
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from weft.addresses import Addresses, place_of
from weft.connections import HEAD_BYTES, ConnectionProtocol, protocols
from weft.errors import ConfigError
from weft.settings import LimitSettings, from_environment

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
MUCH = 64 * 1024 * 1024
"""More than the system takes off a server's hands for a peer that does not read."""


class Serving:
    def __init__(self, where: str, http: type[ConnectionProtocol], server: Server) -> None:
        self.where = where
        self.http = http
        self.addresses: Addresses = http.addresses
        self._server = server
        self._host, port = where.split(":")
        self._port = int(port)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            yield reader, writer
        finally:
            writer.close()

    @property
    def protocol(self) -> Any:
        """uvicorn's, of the only connection."""
        [only] = self._server.server_state.connections
        return only

    async def counted(self, count: int) -> None:
        async def so_many() -> bool:
            return len(self.addresses) == count

        await wait_until(so_many)


async def _hello(request: Request) -> Response:
    await request.body()
    return PlainTextResponse("hello")


async def _much(_: Request) -> Response:
    return Response(b"x" * MUCH)


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


@asynccontextmanager
async def serving(app: Any = None, **limits: float) -> AsyncGenerator[Serving, None]:
    routes = [Route("/", _hello, methods=["GET", "POST"]), Route("/much", _much), WebSocketRoute("/", _echo)]
    app = app or Starlette(routes=routes)
    http, ws = protocols(LimitSettings.model_validate(limits))
    config = uvicorn.Config(app, port=0, http=http, ws=ws, lifespan="off", log_level="warning")
    server = Server(config)
    task = asyncio.create_task(server.serve([config.bind_socket()]))
    try:
        await in_time(server.up.wait())
        yield Serving(address(server), http, server)
    finally:
        server.should_exit = True
        await task


async def _found(reader: asyncio.StreamReader, word: bytes) -> bool:
    """Whether it comes before the end."""
    read = b""
    while word not in read:
        piece = await reader.read(65536)
        if not piece:
            return False
        read = read[-len(word) :] + piece
    return True


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


@pytest.mark.parametrize("before", [b"", GET])
@pytest.mark.parametrize(
    ("first", "again"),
    [(b"GET /", b"x"), (b"GET / HTTP/1.1\r\nX: ", b"x"), (b"GET / HTTP/1.1\r\n", b"X-Some: thing\r\n")],
)
async def test_a_head_without_an_end_is_431(before: bytes, first: bytes, again: bytes) -> None:
    async with serving() as server, server.connection() as (reader, writer):
        if before:
            await answered(reader, writer, before)
        writer.write(first + again * (2 * HEAD_BYTES // len(again)))
        told = await in_time(reader.read())
        assert told.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
        assert b"at most 65536 bytes" in told


@pytest.mark.parametrize(("first", "again"), [(b"5;", b"x"), (b"1\r\nx\r\n0\r\n", b"X-Some: thing\r\n")])
async def test_what_stands_beside_a_body_has_an_end_too(first: bytes, again: bytes) -> None:
    async with serving(connections=9) as server, server.connection() as (_, writer):
        writer.write(CHUNKED + first + again * (20 * HEAD_BYTES // len(again)))
        await server.counted(0)


async def test_a_body_may_come_in_the_smallest_of_chunks() -> None:
    async with serving() as server, server.connection() as (reader, writer):
        pieces = b"1\r\nx\r\n" * (2 * HEAD_BYTES) + b"0\r\n\r\n"
        assert (await answered(reader, writer, CHUNKED + pieces)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("asked", [b"", GET], ids=["alone", "with one that waits behind it"])
async def test_an_answer_that_nobody_takes_is_not_kept(asked: bytes) -> None:
    async with serving(connections=9) as server, server.connection() as (_, writer):
        server.http.take_seconds = 0.05
        writer.write(GET.replace(b"/", b"/much", 1) + asked)
        await server.counted(0)


async def test_an_answer_under_way_hears_of_the_end_although_another_request_waits_behind_it() -> None:
    over: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def streams(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        gone = asyncio.ensure_future(receive())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while not gone.done():
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0)
        except Exception as error:
            over.put_nowait(error)
        else:
            over.put_nowait(None)
        finally:
            gone.cancel()

    async with serving(streams) as server, server.connection() as (reader, writer):
        writer.write(GET + GET)
        await in_time(reader.readuntil(b"x"))
        writer.transport.abort()
        assert await in_time(over.get()) is None


async def test_a_peer_that_pings_and_reads_nothing_is_owed_its_newest_pong_alone() -> None:
    async with serving() as server, server.connection() as (reader, writer):
        writer.write(UPGRADE)
        await in_time(reader.readuntil(b"\r\n\r\n"))
        flood = frame(PING, b"x" * 125) * 2000
        for _ in range(80):
            writer.write(flood)
            await in_time(writer.drain())
        writer.write(frame(PING, b"the last one"))
        await in_time(writer.drain())
        assert server.protocol.transport.get_write_buffer_size() < 2 * len(flood)
        assert await in_time(_found(reader, b"the last one"))


@pytest.mark.parametrize("piece", [b"", b"ab"])
async def test_a_message_in_pieces_takes_the_room_of_its_bytes(piece: bytes) -> None:
    async with serving() as server, server.connection() as (reader, writer):
        writer.write(UPGRADE)
        await in_time(reader.readuntil(b"\r\n\r\n"))
        writer.write(frame(TEXT, b"<", final=False) + frame(0, piece, final=False) * 20_000 + frame(PING, b"there"))
        await in_time(reader.readuntil(b"there"))
        assert len(server.protocol.frames) <= 1001
        writer.write(frame(0, b">"))
        whole = await in_time(reader.readuntil(b">"))
        assert whole.endswith(b"<" + piece * 20_000 + b">")


def test_what_counts_as_one_address() -> None:
    assert place_of("10.0.0.7") == place_of("::ffff:10.0.0.7") == "10.0.0.7"
    assert place_of("2001:db8::1") == place_of("2001:db8::ffff:1%eth0") != place_of("2001:db8:0:1::1")
    assert place_of("no address") == "no address"


@pytest.mark.parametrize(("name", "value"), [("HEAD_SECONDS", "0"), ("BODY_SECONDS", "-1"), ("CONNECTIONS", "-1")])
def test_a_limit_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WEFT_LIMIT_{name}", value)
    with pytest.raises(ConfigError, match=f"WEFT_LIMIT_{name} is not usable"):
        from_environment()
