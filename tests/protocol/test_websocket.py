"""The sentences of graphql-transport-ws's PROTOCOL.md about messages."""

from typing import Any

import pytest
from tests.protocol.client import opened, ready
from tests.protocol.streams import happens
from tests.protocol.world import World

HELLO = {"query": "{ hello }"}


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
        '{"type":"subscribe","id":"' + "x" * 1001 + '","payload":{"query":"{ hello }"}}',
        "[" * 100_000,
        '{"type":"ping","payload":' + '{"a":' * 1000 + "1" + "}" * 1000 + "}",
        '{"type":"subscribe","id":"1","payload":{"query":"subscription { steps }","variables":{"more":'
        + "[" * 300
        + "]" * 300
        + "}}}",
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


async def test_members_of_a_subscribe_payload_that_are_optional_may_be_null(server: str) -> None:
    payload = {**HELLO, "operationName": None, "variables": None, "extensions": None}
    async with ready(server) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": payload})
        assert await client.next("1") == {"data": {"hello": "hello world"}}


async def test_a_pong_may_come_unasked_and_at_any_time(server: str) -> None:
    async with opened(server) as client:
        await client.send({"type": "pong"})
        await client.init()
        await client.send({"type": "pong", "payload": None})
        await client.quiet()


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


async def test_errors_of_fields_come_with_the_data_in_next(server: str) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "{ hello missing }")
        result = await client.next("1")
        assert result["data"] == {"hello": "hello world", "missing": None}
        assert [error["extensions"]["code"] for error in result["errors"]] == ["NOT_FOUND"]
        assert await client.receive() == {"id": "1", "type": "complete"}


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


async def test_a_document_that_failed_before_fails_again_and_no_complete_follows(server: str) -> None:
    async with ready(server) as client:
        for query in ("{", "{ nothing }", "subscription { refused }") * 2:
            await client.subscribe("1", query)
            assert (await client.receive())["type"] == "error"
            await client.quiet()


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


@pytest.mark.parametrize("running", ["subscription { steps }", "{ waits }"])
async def test_an_id_in_use_closes_with_4409_whatever_the_operation(server: str, running: str) -> None:
    async with ready(server) as client:
        await client.subscribe("1", running)
        await client.subscribe("1", "{ hello }")
        assert await client.closed() == (4409, "Subscriber for 1 already exists")


async def test_complete_from_the_client_stops_the_operation_and_frees_its_id(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        await happens(world.started)
        await client.complete("1")
        await client.subscribe("1", "{ hello }")
        assert await client.next("1") == {"data": {"hello": "hello world"}}
        await happens(world.stopped)


async def test_complete_stops_a_query_that_is_still_running(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "{ waits }")
        await happens(world.started)
        await client.complete("1")
        await happens(world.stopped)
        await client.quiet()


async def test_complete_for_an_unknown_id_is_ignored(server: str) -> None:
    async with ready(server) as client:
        await client.complete("nothing")
        await client.quiet()


async def test_complete_from_both_sides_at_once_is_ignored(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("1", "subscription { steps }")
        world.steps.put_nowait(None)
        assert await client.receive() == {"id": "1", "type": "complete"}
        await client.complete("1")
        await client.quiet()


@pytest.mark.parametrize("query", ["{ waits }", "subscription { steps }"])
async def test_nothing_is_sent_for_an_operation_after_its_complete(server: str, world: World, query: str) -> None:
    async with ready(server) as client:
        await client.subscribe("1", query)
        await happens(world.started)
        await client.complete("1")
        await happens(world.stopped)
        world.gate.set()
        world.steps.put_nowait(1)
        await client.quiet()


async def test_operations_run_side_by_side(server: str, world: World) -> None:
    async with ready(server) as client:
        await client.subscribe("slow", "{ waits }")
        await client.subscribe("quick", "{ hello }")
        assert await client.next("quick") == {"data": {"hello": "hello world"}}
        assert await client.receive() == {"id": "quick", "type": "complete"}
        world.gate.set()
        assert await client.next("slow") == {"data": {"waits": "done"}}
