"""Who may open a socket, how long it lives, and what graphql-transport-ws leaves to the server."""

from contextlib import suppress

import pytest
from starlette.applications import Starlette
from tests.protocol.client import opened, ready
from tests.protocol.streams import happens
from tests.protocol.world import World, address, make_app, schema, serve
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from weft.resolvers.engine import Engine
from weft.resolvers.routes import graphql_routes
from weft.resolvers.websocket import SocketLimits


async def test_the_subprotocol_is_graphql_transport_ws(server: str) -> None:
    async with opened(server, "graphql-ws", "graphql-transport-ws") as client:
        assert client.socket.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("offered", [(), ("graphql-ws",)])
async def test_any_other_subprotocol_closes_with_4406(server: str, offered: tuple[str, ...]) -> None:
    async with connect(f"ws://{server}/graphql", subprotocols=[Subprotocol(o) for o in offered] or None) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4406


async def test_no_connection_init_in_time_closes_with_4408(world: World) -> None:
    async with serve(make_app(world, SocketLimits(init=0.02))) as running, opened(address(running)) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_the_server_pings_and_takes_a_pong(world: World) -> None:
    async with serve(make_app(world, SocketLimits(ping=0.02))) as running, ready(address(running)) as client:
        assert await client.receive() == {"type": "ping"}
        await client.send({"type": "pong", "payload": {"any": 1}})
        assert await client.receive() == {"type": "ping"}


async def test_a_frame_over_the_limit_closes_with_1009(server: str) -> None:
    async with ready(server) as client:
        with suppress(ConnectionClosed):
            await client.raw("x" * (4 * 1024 * 1024 + 1))
        assert (await client.closed())[0] == 1009


async def test_more_operations_than_a_socket_may_have_are_refused_one_by_one(world: World) -> None:
    async with serve(make_app(world, SocketLimits(operations=2))) as running, ready(address(running)) as client:
        for name in ("1", "2", "3"):
            await client.subscribe(name, "subscription { steps }")
        message = await client.receive()
        assert (message["type"], message["id"]) == ("error", "3")
        assert message["payload"][0]["extensions"] == {"code": "THROTTLED"}
        await client.complete("1")
        await client.subscribe("3", "{ hello }")
        assert await client.next("3") == {"data": {"hello": "hello world"}}


async def test_a_socket_that_reads_no_answers_is_cut(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(make_app(world, SocketLimits(send=0.05))) as running, ready(address(running)) as client:
        await client.subscribe("s", "subscription { steps }")
        await happens(world.started)
        client.socket.transport.pause_reading()
        for number in range(20):
            await client.subscribe(str(number), "{ big(size: 1000000) }")
        await happens(world.stopped)
        client.socket.transport.resume_reading()
        assert (await client.closed())[0] == 1006
    assert "took nothing for 0.05 s" in caplog.text


async def test_a_client_that_closes_with_1000_stops_its_operations(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await happens(world.started)
        await client.socket.close(1000)
        assert (await client.closed())[0] == 1000
    await happens(world.stopped)


async def test_a_socket_that_goes_away_stops_its_operations(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await happens(world.started)
        client.socket.transport.abort()
    await happens(world.stopped)


async def test_a_page_of_another_origin_is_refused(server: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(server, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", [None, "same"])
async def test_our_own_pages_and_programs_are_welcome(server: str, origin: str | None) -> None:
    async with opened(server, origin=f"http://{server}" if origin else None) as client:
        await client.init()


async def test_a_listed_origin_is_welcome(world: World) -> None:
    async def context(_: object) -> object:
        return world

    app = Starlette(routes=graphql_routes(Engine(schema), context, allowed_origins=["https://app.example.com"]))
    async with serve(app) as running, opened(address(running), origin="https://app.example.com") as client:
        await client.init()


async def test_at_shutdown_the_socket_is_closed_with_1012_at_once(world: World) -> None:
    async with serve(make_app(world)) as running:
        async with ready(address(running)) as client:
            await client.subscribe("1", "subscription { steps }")
            await happens(world.started)
            running.should_exit = True
            assert (await client.closed())[0] == 1012
        await happens(world.stopped)
