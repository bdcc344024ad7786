"""Subscriptions over multipart responses, byte by byte as Apollo's clients read them."""

import json

import pytest
from tests.protocol.streams import MULTIPART, Stream, asked, happens, parts
from tests.protocol.world import World, address, advanced, make_app, serve

from weft.resolvers.http_stream import StreamLimits
from weft.threads.events import Item, MessageRemoved

STEPS = "subscription { steps }"
HEAD = "\r\ncontent-type: application/json\r\n\r\n"
EVENTS = "subscription ($after: String) { events(threadId: 1, after: $after) { ... on Advanced { start } } }"


async def part(stream: Stream) -> object:
    piece = await stream.piece()
    assert piece.startswith(HEAD)
    return json.loads(piece.removeprefix(HEAD))


async def test_the_response_names_its_boundary_and_version_and_is_not_stored(server: str) -> None:
    async with asked(server, STEPS, accept=MULTIPART) as response:
        assert response.headers["content-type"] == "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"
        assert response.headers["cache-control"] == "no-store, no-transform"
        assert response.headers["x-accel-buffering"] == "no"


async def test_each_part_is_ended_by_its_boundary_at_once_and_the_last_boundary_is_the_end(
    server: str, world: World
) -> None:
    for step in (1, 2, None):
        world.steps.put_nowait(step)
    async with asked(server, STEPS, accept=MULTIPART) as response:
        assert (await response.aread()).decode() == (
            "\r\n--graphql"
            '\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"steps":1}}}\r\n--graphql'
            '\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"steps":2}}}\r\n--graphql--\r\n'
        )


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
        "multipart/mixed;subscriptionSpec=1.0, application/json",
        f"application/graphql-response+json, application/json;q=0.9, {MULTIPART}",
    ],
)
async def test_a_client_asks_for_it_with_the_version_of_the_protocol(server: str, accept: str) -> None:
    async with parts(server, STEPS, accept=accept):
        pass


async def test_a_silent_stream_is_kept_alive_with_empty_parts(world: World) -> None:
    app = make_app(world, streams=StreamLimits(multipart_heartbeat=0.02))
    async with serve(app) as running, parts(address(running), STEPS) as stream:
        assert await stream.piece() == ""
        assert [await part(stream) for _ in range(2)] == [{}, {}]


async def test_what_refuses_a_subscription_is_a_payload_with_errors(server: str) -> None:
    async with parts(server, "subscription { refused }") as stream:
        assert await stream.piece() == ""
        [refused, end] = await stream.rest()
    payload = json.loads(refused.removeprefix(HEAD))["payload"]
    assert [error["extensions"]["code"] for error in payload["errors"]] == ["BAD_USER_INPUT"]
    assert "data" not in payload
    assert end == "--\r\n"


async def test_a_failure_on_the_way_is_a_payload_with_masked_errors(server: str, world: World) -> None:
    world.steps.put_nowait(1)
    world.steps.put_nowait(RuntimeError("the secret of this resolver"))
    async with parts(server, STEPS) as stream:
        assert await stream.piece() == ""
        assert await part(stream) == {"payload": {"data": {"steps": 1}}}
        [broken, end] = await stream.rest()
    assert json.loads(broken.removeprefix(HEAD))["payload"]["errors"][0]["message"] == "Internal error"
    assert end == "--\r\n"


async def test_a_document_that_cannot_be_read_is_answered_in_json(server: str) -> None:
    async with asked(server, "subscription { nothing }", accept=f"{MULTIPART}, application/json") as response:
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        [error] = json.loads(await response.aread())["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_live_events_arrive_as_they_happen_and_closing_frees_the_reader(server: str, world: World) -> None:
    world.missed = [Item(MessageRemoved(["missed"]), "m")]
    async with parts(server, EVENTS) as stream:
        assert await stream.piece() == ""
        assert await part(stream) == {"payload": {"data": {"events": {}}}}
        for start in range(3):
            world.happen(advanced(start))
            assert await part(stream) == {"payload": {"data": {"events": {"start": start}}}}
    await happens(world.nobody_reads)
    assert world.readers == 0
