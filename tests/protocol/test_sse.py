"""GraphQL over Server-Sent Events, distinct connections mode: the sentences of graphql-sse's PROTOCOL.md."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from tests.protocol.client import DEADLINE, ready
from tests.protocol.streams import COMMENT, COMPLETE, EVENT_STREAM, MULTIPART, Event, asked, events, happens, parts
from tests.protocol.world import World, address, advanced, make_app, serve

from weft.resolvers.http_stream import StreamLimits
from weft.threads.events import Item, MessageRemoved, ThreadDeleted

EVENTS = """
subscription ($after: String) {
  events(threadId: 1, after: $after) {
    __typename
    ... on Advanced { cursor start end text }
    ... on Removed { cursor keys }
    ... on Resync { cursor reason }
    ... on Deleted { cursor }
  }
}
"""
MISSED = Event("next", {"data": {"events": {"__typename": "Removed", "cursor": "m", "keys": ["missed"]}}}, "m")
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


async def test_the_response_is_an_event_stream_that_nothing_on_the_way_may_hold_back(server: str) -> None:
    async with asked(server, "subscription { steps }", accept=EVENT_STREAM) as response:
        assert response.status_code == 200
        told = {name: response.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering", "vary")}
    assert told == {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "vary": "Accept",
    }


async def test_the_stream_begins_before_anything_has_happened(server: str, world: World) -> None:
    async with events(server, "subscription { steps }") as stream:
        assert await stream.any() == COMMENT
        await happens(world.started)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_query_gives_one_next_and_complete(server: str, method: str) -> None:
    query = "query ($n: String!) { hello(name: $n) }"
    async with events(server, query, variables={"n": "Wéft\n"}, method=method) as stream:
        assert await stream.ended() == [Event("next", {"data": {"hello": "hello Wéft\n"}}), COMPLETE]


async def test_a_mutation_gives_one_next_and_complete(server: str, world: World) -> None:
    async with events(server, "mutation { bump }") as stream:
        assert await stream.ended() == [Event("next", {"data": {"bump": 1}}), COMPLETE]
    assert world.bumps == 1


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_subscription_gives_next_for_each_event_and_complete_at_its_end(
    server: str, world: World, method: str
) -> None:
    async with events(server, "subscription { steps }", method=method) as stream:
        for step in (1, 2):
            world.steps.put_nowait(step)
            assert await stream.next() == {"data": {"steps": step}}
        world.steps.put_nowait(None)
        assert await stream.ended() == [COMPLETE]
    await happens(world.stopped)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello }", "operationName": "B"}, "BAD_USER_INPUT"),
        ({"query": "query ($n: String!) { hello(name: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { refused }"}, "BAD_USER_INPUT"),
        ({"query": "{ " + " ".join(f"a{n}: hello" for n in range(101)) + " }"}, "QUERY_TOO_COMPLEX"),
        ({"query": "{ self " * 15 + "{ hello }" + "}" * 15}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_what_refuses_an_operation_is_next_with_errors_through_an_accepted_stream(
    server: str, payload: dict[str, Any], code: str
) -> None:
    async with events(server, **payload) as stream:
        refused, complete = await stream.ended()
    assert (refused.name, list(refused.data)) == ("next", ["errors"])
    assert refused.data["errors"][0]["extensions"]["code"] == code
    assert complete == COMPLETE


async def test_a_context_that_cannot_be_made_is_next_with_errors(server: str) -> None:
    async with events(server, "{ hello }", headers={"x-viewer": "nobody"}) as stream:
        refused, _ = await stream.ended()
    assert refused.data["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}


@pytest.mark.parametrize("query", ["subscription { broken }", "subscription { steps }"])
async def test_an_unexpected_error_is_masked_and_the_last_next(server: str, world: World, query: str) -> None:
    world.steps.put_nowait(RuntimeError("the secret of this resolver"))
    async with events(server, query) as stream:
        broken, complete = await stream.ended()
    assert broken.data["errors"][0]["message"] == "Internal error"
    assert complete == COMPLETE


@pytest.mark.parametrize(
    ("method", "sent", "status"),
    [
        ("POST", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", {"json": []}, 400),
        ("POST", {"json": {"query": 5}}, 400),
        ("POST", {"content": b"query=x"}, 415),
        ("GET", {"params": {"query": "mutation { bump }"}}, 405),
        ("GET", {"params": {"query": "subscription { steps }"}, "headers": {"sec-fetch-site": "cross-site"}}, 403),
        ("PUT", {}, 405),
    ],
)
async def test_what_is_no_request_of_graphql_is_refused_as_http(
    server: str, world: World, method: str, sent: dict[str, Any], status: int
) -> None:
    headers = {"accept": EVENT_STREAM, **sent.pop("headers", {})}
    async with httpx2.AsyncClient(base_url=f"http://{server}", timeout=DEADLINE) as http:
        answer = await http.request(method, "/graphql", headers=headers, **sent)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["errors"]
    assert world.bumps == 0


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("{ hello }", URQL, "application/graphql-response+json; charset=utf-8"),
        ("{ hello }", f"{EVENT_STREAM}, */*", "application/json; charset=utf-8"),
        ("{ hello }", f"{EVENT_STREAM};q=0", "application/json; charset=utf-8"),
        ("{ hello }", f"{MULTIPART}, application/json", "application/json; charset=utf-8"),
        ("{ hello }", MULTIPART, "application/json; charset=utf-8"),
        ("{ hello }", f"{EVENT_STREAM}, application/json;q=0.9", EVENT_STREAM),
        ("{ nothing }", URQL, "application/graphql-response+json; charset=utf-8"),
        ("subscription { refused }", URQL, EVENT_STREAM),
        ("subscription { refused }", "text/event-stream, multipart/mixed", EVENT_STREAM),
        ("subscription { refused }", f"{EVENT_STREAM};q=0.1, {MULTIPART};q=0.2", MULTIPART),
        ("subscription { refused }", f"application/json, {EVENT_STREAM};q=0.1", EVENT_STREAM),
        ("subscription { refused }", f"{MULTIPART}, {EVENT_STREAM}", MULTIPART),
    ],
)
async def test_clients_that_accept_everything_get_streams_only_for_subscriptions(
    server: str, query: str, accept: str, media: str
) -> None:
    async with asked(server, query, accept=accept) as response:
        assert response.headers["content-type"] == media


@pytest.mark.parametrize("accept", ["*/*", "application/json", "multipart/mixed", f"{EVENT_STREAM};q=0"])
async def test_a_subscription_without_a_stream_is_refused_and_told_how(server: str, accept: str) -> None:
    async with asked(server, "subscription { steps }", accept=accept) as response:
        assert response.status_code == 400
        [error] = json.loads(await response.aread())["errors"]
    for way in ("graphql-transport-ws", "text/event-stream", "multipart/mixed;subscriptionSpec=1.0"):
        assert way in error["message"]


async def test_a_silent_stream_is_kept_alive_with_comments(world: World) -> None:
    app = make_app(world, streams=StreamLimits(event_stream_heartbeat=0.02))
    async with serve(app) as running, events(address(running), "subscription { steps }") as stream:
        assert [await stream.any() for _ in range(3)] == [COMMENT] * 3


async def test_each_event_has_its_cursor_as_id(server: str, world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with events(server, EVENTS) as stream:
        assert await stream.event() == MISSED
        world.happen(advanced(0))
        event = await stream.event()
        assert (event.id, event.data["data"]["events"]["cursor"]) == ("c0", "c0")


@pytest.mark.parametrize("variables", [{}, {"after": "older"}, {"after": None}])
async def test_last_event_id_takes_the_place_of_after(server: str, world: World, variables: dict[str, Any]) -> None:
    headers = {"last-event-id": "c41"}
    async with events(server, EVENTS, variables=variables, method="GET", headers=headers):
        await happens(world.somebody_reads)
    assert world.afters == ["c41"]


@pytest.mark.parametrize("after", ["", ', after: "older"'])
async def test_an_operation_without_a_variable_for_after_names_no_ids_and_reads_none(
    server: str, world: World, after: str
) -> None:
    document = f"subscription {{ events(threadId: 1{after}) {{ ... on Removed {{ keys }} }} }}"
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with events(server, document, headers={"last-event-id": "c41"}) as stream:
        assert await stream.event() == Event("next", {"data": {"events": {"keys": ["missed"]}}})
    assert world.afters == ["older" if after else None]


async def test_an_event_is_executed_once_for_viewers_on_every_transport(server: str, world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with ready(server) as socket, events(server, EVENTS) as stream, parts(server, EVENTS) as multipart:
        await socket.subscribe("1", EVENTS)
        missed = MISSED.data
        assert await socket.next("1") == missed
        assert await stream.next() == missed
        assert await multipart.piece() == ""
        assert json.loads((await multipart.piece()).partition("\r\n\r\n")[2]) == {"payload": missed}
        rendered = world.renders
        world.happen(advanced(0))
        event = await socket.next("1")
        assert await stream.next() == event
        assert json.loads((await multipart.piece()).partition("\r\n\r\n")[2]) == {"payload": event}
        assert world.renders == rendered + 1


async def test_after_the_last_event_of_a_topic_the_stream_is_complete(server: str, world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with events(server, EVENTS) as stream:
        assert await stream.event() == MISSED
        world.happen(ThreadDeleted("1"))
        deleted, complete = await stream.ended()
        assert deleted.data["data"]["events"]["__typename"] == "Deleted"
        assert complete == COMPLETE
    assert world.readers == 0


@pytest.mark.parametrize("query", [EVENTS, "subscription { steps }", "{ waits }"])
async def test_a_client_that_closes_the_connection_frees_everything_at_once(
    server: str, world: World, query: str
) -> None:
    before = asyncio.all_tasks()
    async with events(server, query):
        await happens(world.somebody_reads if query == EVENTS else world.started)
    await happens(world.nobody_reads if query == EVENTS else world.stopped)
    async with asyncio.timeout(DEADLINE):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)


async def test_a_connection_serves_more_requests_after_a_complete_stream(server: str) -> None:
    async with httpx2.AsyncClient(base_url=f"http://{server}", timeout=DEADLINE) as http:
        for _ in range(3):
            answer = await http.post("/graphql", json={"query": "{ hello }"}, headers={"accept": EVENT_STREAM})
            assert answer.text.endswith("event: complete\ndata:\n\n")
            taken = answer.extensions["network_stream"].get_extra_info("client_addr")
            assert taken == answer.extensions["network_stream"].get_extra_info("client_addr")


SENT = 300


async def test_a_slow_stream_gets_what_waited_as_one_and_holds_nobody_up(server: str, world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with events(server, EVENTS) as slow, events(server, EVENTS) as quick:
        for stream in (slow, quick):
            assert await stream.event() == MISSED
        for n in range(SENT):
            world.happen(advanced(n, "x" * 50_000))
            assert (await quick.next())["data"]["events"]["start"] == n
        place, received = 0, 0
        while place < SENT:
            delta = (await slow.next())["data"]["events"]
            assert delta["start"] == place
            place, received = delta["end"], received + 1
        assert received < SENT


async def test_a_stream_that_takes_nothing_for_too_long_is_cut(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(make_app(world, streams=StreamLimits(send=0.05))) as running:
        host, port = address(running).split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        body = json.dumps({"query": EVENTS}).encode()
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: {EVENT_STREAM}\r\ncontent-type: application/json\r\n"
        writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
        await happens(world.somebody_reads)
        for n in range(SENT):
            world.happen(advanced(n, "x" * 50_000))
        await happens(world.nobody_reads)
        received = b""
        async with asyncio.timeout(DEADLINE):
            with suppress(ConnectionError):
                while chunk := await reader.read(1_000_000):
                    received = chunk[-5:]
        writer.close()
        assert received != b"0\r\n\r\n"
    assert "took nothing for 0.05 s" in caplog.text


async def test_a_server_that_stops_ends_streams_without_complete(world: World) -> None:
    async with serve(make_app(world)) as running, events(address(running), EVENTS) as stream:
        await happens(world.somebody_reads)
        assert len(world.open_streams) == 1
        world.open_streams.end_all()
        assert await stream.ended() == []
        await happens(world.nobody_reads)
        assert len(world.open_streams) == 0
        async with events(address(running), "{ waits }") as late:
            assert await late.ended() == []
