"""The sentences of graphql-transport-ws's PROTOCOL.md, and what it leaves to the server."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.protocol.client import DEADLINE, opened, ready
from tests.protocol.world import World, address, make_app, schema, serve
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from weft.resolvers.engine import Engine
from weft.resolvers.routes import graphql_routes
from weft.resolvers.websocket import SocketLimits

HELLO = {"query": "{ hello }"}


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


@pytest.mark.parametrize("init", [{}, {"payload": None}, {"payload": {}}, {"payload": {"token": "x"}}])
async def test_connection_init_is_acknowledged_with_any_payload(server: str, init: dict[str, Any]) -> None:
    async with opened(server) as client:
        await client.send({"type": "connection_init", **init})
        assert await client.receive() == {"type": "connection_ack"}


async def test_the_payload_of_connection_init_reaches_the_context(server: str) -> None:
    async with opened(server) as client:
        await client.send({"type": "connection_init", "payload": {"token": "x"}})
        await client.receive()
        await client.subscribe("1", "{ params }")
        assert await client.next("1") == {"data": {"params": {"token": "x"}}}


async def test_a_second_connection_init_closes_with_4429(server: str) -> None:
    async with ready(server) as client:
        await client.send({"type": "connection_init"})
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_no_connection_init_in_time_closes_with_4408(world: World) -> None:
    async with serve(make_app(world, SocketLimits(init=0.02))) as running, opened(address(running)) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_subscribe_before_the_acknowledgement_closes_with_4401(server: str) -> None:
    async with opened(server) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": HELLO})
        assert await client.closed() == (4401, "Unauthorized")


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {"a": [1, "é"]}}])
async def test_ping_is_answered_at_any_time_with_a_pong_that_echoes_its_payload(
    server: str, payload: dict[str, Any]
) -> None:
    async with opened(server) as client:
        await client.send({"type": "ping", **payload})
        given = payload.get("payload")
        assert await client.receive() == {"type": "pong"} | ({} if given is None else {"payload": given})


async def test_the_server_pings_and_takes_a_pong(world: World) -> None:
    async with serve(make_app(world, SocketLimits(ping=0.02))) as running, ready(address(running)) as client:
        assert await client.receive() == {"type": "ping"}
        await client.send({"type": "pong", "payload": {"any": 1}})
        assert await client.receive() == {"type": "ping"}


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "nonsense",
        "[]",
        "null",
        '"text"',
        "7",
        "{}",
        b'{"type":"ping"}',
        '{"type":7}',
        '{"type":"start","id":"1"}',
        '{"type":"connection_ack"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"ping","payload":[]}',
        '{"type":"pong","payload":"x"}',
        '{"type":"complete"}',
        '{"type":"complete","id":7}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":null}',
        '{"type":"subscribe","id":"1","payload":[]}',
        '{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","id":7,"payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":{"query":5}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":"x"}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","operationName":5}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","extensions":5}}',
    ],
)
async def test_a_message_the_protocol_does_not_know_closes_with_4400_and_says_why(
    server: str, frame: str | bytes
) -> None:
    async with ready(server) as client:
        await client.raw(frame)
        code, reason = await client.closed()
        assert code == 4400
        assert reason


async def test_a_frame_over_the_limit_closes_with_1009(server: str) -> None:
    async with ready(server) as client:
        with suppress(ConnectionClosed):
            await client.raw("x" * (4 * 1024 * 1024 + 1))
        assert (await client.closed())[0] == 1009


async def test_a_query_gives_one_next_and_complete(server: str) -> None:
    async with ready(server) as client:
        await client.subscribe('a"b', "query ($n: String!) { hello(name: $n) }", n="Weft")
        assert await client.receive() == {"id": 'a"b', "type": "next", "payload": {"data": {"hello": "hello Weft"}}}
        assert await client.receive() == {"id": 'a"b', "type": "complete"}


async def test_a_mutation_gives_one_next_and_complete(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "mutation { bump }")
        assert await client.next("1") == {"data": {"bump": 1}}
        assert await client.receive() == {"id": "1", "type": "complete"}
    assert world.bumps == 1


async def test_a_subscription_gives_next_for_each_event_and_complete_at_its_end(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        for step in (1, 2, None):
            world.steps.put_nowait(step)
        assert await client.next("1") == {"data": {"steps": 1}}
        assert await client.next("1") == {"data": {"steps": 2}}
        assert await client.receive() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { steps refused }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello }", "operationName": "B"}, "BAD_USER_INPUT"),
        ({"query": "query A { hello } query B { hello }"}, "BAD_USER_INPUT"),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { refused }"}, "BAD_USER_INPUT"),
        ({"query": "{ " + " ".join(f"a{n}: hello" for n in range(101)) + " }"}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_a_request_that_cannot_start_gives_error_for_its_id_and_the_socket_stays_open(
    server: str, payload: dict[str, Any], code: str
) -> None:
    async with ready(server) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": payload})
        message = await client.receive()
        assert (message["type"], message["id"]) == ("error", "1")
        assert message["payload"][0]["extensions"]["code"] == code
        await client.subscribe("1", "{ hello }")
        assert await client.next("1") == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize("query", ["subscription { broken }", "subscription { steps }"])
async def test_an_unexpected_error_of_a_subscription_is_error_and_masked(
    server: str, world: World, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.steps.put_nowait(RuntimeError("the secret of this resolver"))
    async with ready(server) as client:
        await client.subscribe("1", query)
        message = await client.receive()
    assert (message["type"], message["id"]) == ("error", "1")
    [error] = message["payload"]
    assert error["message"] == "Internal error"
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["errorId"] in [getattr(record, "error_id", None) for record in caplog.records]


async def test_no_context_gives_error_for_the_operation(server: str) -> None:
    async with ready(server, x_viewer="nobody") as client:
        await client.subscribe("1", "{ hello }")
        message = await client.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"] == {"code": "UNAVAILABLE"}


async def test_each_operation_has_a_context_of_its_own(server: str, world: World) -> None:
    async with ready(server, x_viewer="bert") as client:
        for name in ("1", "2"):
            await client.subscribe(name, "{ viewer }")
            assert await client.next(name) == {"data": {"viewer": "bert"}}
            await client.receive()
    assert world.viewers == ["bert", "bert"]


async def test_an_id_in_use_closes_with_4409(server: str) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await client.subscribe("1", "{ hello }")
        assert await client.closed() == (4409, "Subscriber for 1 already exists")


async def test_complete_from_the_client_stops_the_operation_and_frees_its_id(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await _happens(world.started)
        await client.complete("1")
        await client.subscribe("1", "{ hello }")
        assert await client.next("1") == {"data": {"hello": "hello world"}}
        await _happens(world.stopped)


async def test_complete_stops_a_query_that_is_still_running(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "{ waits }")
        await _happens(world.started)
        await client.complete("1")
        await _happens(world.stopped)
        await client.quiet()


async def test_complete_for_an_unknown_id_is_ignored(server: str) -> None:
    async with ready(server) as client:
        await client.complete("nothing")
        await client.quiet()


async def test_operations_run_side_by_side(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("slow", "{ waits }")
        await client.subscribe("quick", "{ hello }")
        assert await client.next("quick") == {"data": {"hello": "hello world"}}
        assert await client.receive() == {"id": "quick", "type": "complete"}
        world.gate.set()
        assert await client.next("slow") == {"data": {"waits": "done"}}


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
        await _happens(world.started)
        client.socket.transport.pause_reading()
        for number in range(20):
            await client.subscribe(str(number), "{ big(size: 1000000) }")
        await _happens(world.stopped)
        client.socket.transport.resume_reading()
        assert (await client.closed())[0] == 1006
    assert "took nothing for 0.05 s" in caplog.text


async def test_a_socket_that_goes_away_stops_its_operations(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await _happens(world.started)
        client.socket.transport.abort()
    await _happens(world.stopped)


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
            await _happens(world.started)
            running.should_exit = True
            assert (await client.closed())[0] == 1012
        await _happens(world.stopped)


async def _happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(DEADLINE):
        await event.wait()
