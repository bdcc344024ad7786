"""A server that breaks its word: every error of a stream is raised, at any point of it, and nothing hangs."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.clients_python.world import client
from tests.support import in_time
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol
from weft_client import (
    DisconnectedError,
    ForbiddenError,
    NotFoundError,
    ProtocolError,
    ServerError,
    UnauthenticatedError,
    UnavailableError,
    WeftError,
)

Script = Callable[[ServerConnection], Awaitable[None]]
REMOVED = {"threadEvents": {"__typename": "MessageRemoved", "cursor": "c1", "keys": ["k"]}}


@asynccontextmanager
async def lying(script: Script) -> AsyncGenerator[str, None]:
    """A server of graphql-transport-ws that says what the script says, once somebody has subscribed."""

    async def handle(line: ServerConnection) -> None:
        assert json.loads(await line.recv())["type"] == "connection_init"
        await script(line)
        await line.wait_closed()

    protocols = [Subprotocol("graphql-transport-ws")]
    async with serve(handle, "127.0.0.1", 0, subprotocols=protocols) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}/graphql"


async def subscribed(line: ServerConnection) -> None:
    await say(line, {"type": "connection_ack"})
    assert json.loads(await line.recv())["type"] == "subscribe"


async def say(line: ServerConnection, message: Any) -> None:
    await line.send(message if isinstance(message, str) else json.dumps(message))


def next_(**payload: Any) -> dict[str, Any]:
    return {"id": "1", "type": "next", "payload": payload}


def told(code: str) -> list[dict[str, Any]]:
    return [{"message": f"it is {code}", "extensions": {"code": code, "hint": "x"}, "path": ["threadEvents"]}]


async def events(url: str) -> tuple[list[str], WeftError]:
    """The cursors of the events that came, and the error behind them."""
    cursors: list[str] = []
    async with client(url) as weft:
        with pytest.raises(WeftError) as raised:
            await in_time(_read(weft.api.thread_events("thr_1"), cursors))
    return cursors, raised.value


async def _read(found: Any, cursors: list[str]) -> None:
    async for event in found:
        cursors.append(event.cursor)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NOT_FOUND", NotFoundError),
        ("FORBIDDEN", ForbiddenError),
        ("UNAVAILABLE", UnavailableError),
        ("THROTTLED", UnavailableError),
        ("UNAUTHENTICATED", UnauthenticatedError),
        ("INTERNAL", ServerError),
        ("SOMETHING_NEW", ServerError),
    ],
)
@pytest.mark.parametrize("beside_data", [False, True])
async def test_errors_amid_a_stream_are_raised_with_their_code(
    code: str, kind: type[WeftError], beside_data: bool
) -> None:
    async def script(line: ServerConnection) -> None:
        await subscribed(line)
        await say(line, next_(data=REMOVED))
        failed = next_(data=REMOVED, errors=told(code)) if beside_data else None
        await say(line, failed or {"id": "1", "type": "error", "payload": told(code)})

    async with lying(script) as url:
        cursors, error = await events(url)
    assert cursors == ["c1"]
    assert type(error) is kind
    assert (error.code, error.path, error.data["hint"]) == (code, ("threadEvents",), "x")
    assert str(error) == f"it is {code}"


@pytest.mark.parametrize(
    "message",
    [
        "no json {",
        "[]",
        "null",
        '{"type": 5}',
        {"id": "1", "type": "next", "payload": None},
        {"id": "1", "type": "next", "payload": {"data": 5}},
    ],
)
async def test_what_is_no_message_is_a_protocol_error(message: Any) -> None:
    async def script(line: ServerConnection) -> None:
        await subscribed(line)
        await say(line, message)

    async with lying(script) as url:
        _, error = await events(url)
    assert isinstance(error, ProtocolError)


@pytest.mark.parametrize(
    ("close_code", "kind"),
    [
        (1000, DisconnectedError),
        (1012, DisconnectedError),
        (1013, DisconnectedError),
        (4403, DisconnectedError),
        (4400, ProtocolError),
        (4429, ProtocolError),
        (1009, ProtocolError),
    ],
)
async def test_a_socket_that_is_closed_amid_a_stream_raises(close_code: int, kind: type[WeftError]) -> None:
    async def script(line: ServerConnection) -> None:
        await subscribed(line)
        await line.close(close_code, "because")

    async with lying(script) as url:
        _, error = await events(url)
    assert type(error) is kind
    assert f"{close_code} because" in str(error)
    assert not isinstance(error, DisconnectedError) or error.close_code == close_code


async def test_a_socket_that_is_refused_before_it_is_let_in_is_about_who_asks() -> None:
    async def script(line: ServerConnection) -> None:
        await line.close(4403, "Forbidden")

    async with lying(script) as url:
        _, error = await events(url)
    assert type(error) is UnauthenticatedError


async def test_a_server_that_pings_is_answered_and_one_that_completes_ends_the_stream() -> None:
    pongs: list[str] = []

    async def script(line: ServerConnection) -> None:
        await subscribed(line)
        await say(line, {"type": "ping"})
        pongs.append(json.loads(await line.recv())["type"])
        await say(line, next_(data=REMOVED))
        await say(line, {"id": "1", "type": "complete"})

    cursors: list[str] = []
    async with lying(script) as url, client(url) as weft:
        await in_time(_read(weft.api.thread_events("thr_1"), cursors))
    assert (pongs, cursors) == (["pong"], ["c1"])
